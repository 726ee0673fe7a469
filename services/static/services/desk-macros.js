// Macros: found by a few letters, looked at, changed, applied.
(() => {
  "use strict";

  const { complain, parse, opened } = window.Desk;
  const dialog = document.getElementById("dk-macros");
  const search = document.getElementById("dk-macro-search");
  const list = document.getElementById("dk-macro-list");
  const preview = document.getElementById("dk-macro-preview");
  const nothing = preview.innerHTML;
  const WAIT = 150;
  let timer;

  const rows = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function open() {
    const button = document.querySelector("[data-macros]");
    if (!button || dialog.open) return;
    search.value = "";
    preview.innerHTML = nothing;
    dialog.showModal();
    search.focus();
    find(button.dataset.macros);
  }

  async function find(url = document.querySelector("[data-macros]").dataset.macros) {
    try {
      const { html } = await window.Desk.fetched("macros", `${url}?${new URLSearchParams({ q: search.value })}`);
      list.replaceChildren(parse(html));
      const first = rows()[0];
      if (first && search.value.trim()) choose(first);
      else preview.innerHTML = nothing;
    } catch (error) {
      complain(error);
    }
  }

  async function choose(row) {
    rows().forEach((one) => one.setAttribute("aria-selected", String(one === row)));
    search.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
    try {
      const { status, html } = await window.Desk.fetched("preview", row.dataset.preview);
      if (status === 200) preview.replaceChildren(parse(html));
    } catch (error) {
      complain(error);
    }
  }

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, WAIT);
  });

  search.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = rows();
    if (step && all.length) {
      event.preventDefault();
      choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault(); // a press too much must not send anything: first the text, then its button
      preview.querySelector("textarea, button[type=submit]")?.focus();
    }
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) preview.querySelector("form")?.requestSubmit();
  });

  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) choose(row);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-macros]")) open();
    if (event.target.closest("[data-insert]")) {
      const form = event.target.closest("form");
      dialog.close();
      window.Desk.insert(form.dataset.kind, form.elements.body.value);
    }
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-apply]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    const data = new FormData(form);
    data.set("version", opened().dataset.version);
    data.set("seen_event", opened().dataset.seen);
    const done = await window.Desk.post(form.action, data);
    button.disabled = false;
    if (done === null) return; // the network failed: the dialog stays with its text
    dialog.close();
    if (done === false && form.elements.body) window.Desk.insert(form.dataset.kind, form.elements.body.value);
  });

  Object.assign(window.Desk, { openMacros: open });
})();
