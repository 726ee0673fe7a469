// The page of a customer: values are copied at a press, other customers found while somebody types.
// Listens on the document, so that it also serves what htmx brings in later.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    copy(button.dataset.copy).then(() => {
      const sign = button.querySelector(".material-symbols-outlined");
      button.classList.add("cp-copied");
      sign.textContent = "check";
      setTimeout(() => {
        button.classList.remove("cp-copied");
        sign.textContent = "content_copy";
      }, 1500);
    });
  });

  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea"); // plain http has no clipboard
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  // A lookup is an input (what is typed), a hidden input (the key that is chosen) and a list.
  const WAIT = 180;
  const asked = new WeakMap(); // lookup -> { timer, controller }

  const lookupOf = (node) => node.closest && node.closest("[data-lookup]");
  const partsOf = (lookup) => ({
    input: lookup.querySelector("[role=combobox]"),
    key: lookup.querySelector("input[type=hidden]"),
    list: lookup.querySelector("[role=listbox]"),
  });

  document.addEventListener("input", (event) => {
    const lookup = lookupOf(event.target);
    if (!lookup || event.target.getAttribute("role") !== "combobox") return;
    partsOf(lookup).key.value = "";
    lookup.classList.remove("cp-lookup--chosen");
    const before = asked.get(lookup) || {};
    clearTimeout(before.timer);
    if (before.controller) before.controller.abort();
    const controller = new AbortController();
    asked.set(lookup, { controller, timer: setTimeout(() => ask(lookup, controller.signal), WAIT) });
  });

  async function ask(lookup, signal) {
    const { input, list } = partsOf(lookup);
    const other = document.getElementById(lookup.dataset.lookupWith);
    const query = new URLSearchParams({ q: input.value, phrase: other ? other.value : "" });
    if (!input.value.trim()) return close(lookup);
    try {
      const response = await fetch(`${lookup.dataset.lookup}?${query}`, { signal });
      const { results } = await response.json();
      list.replaceChildren(...results.map((row, number) => option(row, `${list.id}-${number}`)));
      if (!results.length) list.append(nothing(lookup));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      input.removeAttribute("aria-activedescendant");
    } catch (error) {
      if (error.name !== "AbortError") close(lookup);
    }
  }

  function option(row, id) {
    const item = document.createElement("li");
    const what = document.createElement("small");
    item.id = id;
    item.setAttribute("role", "option");
    item.dataset.key = row.id;
    item.dataset.name = row.name;
    item.textContent = row.name;
    what.textContent = row.what;
    item.append(what);
    return item;
  }

  function nothing(lookup) {
    const item = document.createElement("li");
    item.setAttribute("aria-disabled", "true");
    item.textContent = lookup.dataset.nothing;
    return item;
  }

  function close(lookup) {
    const { input, list } = partsOf(lookup);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(lookup, item) {
    if (!item || !item.dataset.key) return;
    const { input, key } = partsOf(lookup);
    input.value = item.dataset.name;
    key.value = item.dataset.key;
    lookup.classList.add("cp-lookup--chosen");
    close(lookup);
  }

  document.addEventListener("mousedown", (event) => {
    const item = event.target.closest("[data-lookup] [role=option]");
    if (item) {
      event.preventDefault(); // the field keeps the focus
      choose(lookupOf(item), item);
    }
  });

  document.addEventListener("keydown", (event) => {
    const lookup = lookupOf(event.target);
    if (!lookup || event.target.getAttribute("role") !== "combobox") return;
    const { input, list } = partsOf(lookup);
    if (list.hidden) return;
    const options = [...list.querySelectorAll("[role=option]")];
    const here = options.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && options.length) {
      event.preventDefault();
      const there = (here + steps[event.key] + options.length) % options.length;
      options.forEach((item, number) => item.setAttribute("aria-selected", String(number === there)));
      options[there].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[there].id);
    } else if (event.key === "Enter") {
      event.preventDefault(); // an open list is answered first, the form later
      choose(lookup, options[here >= 0 ? here : 0]);
    } else if (event.key === "Escape") {
      close(lookup);
    }
  });

  document.addEventListener("focusout", (event) => {
    const lookup = lookupOf(event.target);
    if (lookup) close(lookup);
  });
})();
