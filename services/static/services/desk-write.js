// What is being written: drafts that save themselves, sending, files by picking, dropping and pasting.
(() => {
  "use strict";

  const { say, toast, request, complain, parse, unsentIs } = window.Desk;
  const WAIT = 800; // ms after the last key
  const pending = new Map(); // form -> { timer, controller }

  const boxes = () => [...document.querySelectorAll(".dk-box")];
  const draftOf = (form) => {
    const data = new FormData();
    data.set("kind", form.dataset.kind);
    data.set("body", form.elements.body.value);
    return data;
  };
  const addressOf = (form, name) => form.closest(".dk-write").dataset[name];
  const saved = (form) => form.querySelector("[data-saved]");

  function grow(area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, innerHeight * 0.4)}px`;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest(".dk-box");
    if (!form || event.target.name !== "body") return;
    grow(event.target);
    unsentIs(false);
    saved(form).textContent = say("unsaved");
    later(form);
  });

  function later(form, wait = WAIT) {
    const before = pending.get(form);
    clearTimeout(before?.timer);
    before?.controller?.abort(); // what is on its way is older than what comes
    pending.set(form, { timer: setTimeout(() => save(form), wait) });
  }

  async function save(form, { keepalive = false } = {}) {
    const controller = new AbortController();
    pending.set(form, { controller });
    saved(form).textContent = say("saving");
    try {
      const response = await request(addressOf(form, "draft"), { body: draftOf(form), signal: controller.signal, keepalive });
      const told = response.status === 404 ? { said: say("gone") } : await response.json();
      if (pending.get(form)?.controller !== controller) return;
      pending.delete(form);
      saved(form).textContent = told.said;
    } catch (error) {
      if (error.name === "AbortError") return;
      saved(form).textContent = say("unsaved");
      complain(error);
      if (form.isConnected && pending.get(form)?.controller === controller) later(form, 5000); // until the network is back
    }
  }

  // Nothing of a draft may arrive after the message that it became.
  function stop(form) {
    const before = pending.get(form);
    clearTimeout(before?.timer);
    before?.controller?.abort();
    pending.delete(form);
  }

  function flush() {
    for (const [form, state] of [...pending]) {
      if (!state.timer || !form.closest(".dk-write")) continue;
      clearTimeout(state.timer);
      save(form, { keepalive: true });
    }
  }

  document.addEventListener("desk:leaving", () => {
    unsentIs(false);
    flush();
  });
  addEventListener("pagehide", flush);

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest(".dk-box");
    if (!form) return;
    event.preventDefault();
    if (form.hasAttribute("aria-busy") || !form.elements.body.value.trim()) return form.elements.body.focus();
    const data = new FormData(form, event.submitter?.name ? event.submitter : null);
    form.setAttribute("aria-busy", "true");
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
    stop(form);
    const done = await window.Desk.post(form.action, data);
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = false;
    if (!form.isConnected) return;
    if (done) clear(form);
    else later(form, 0);
    form.elements.body.focus();
  });

  function clear(form) {
    form.elements.body.value = "";
    form.querySelector("[data-files]").replaceChildren();
    saved(form).textContent = "";
    grow(form.elements.body);
    window.Desk.seen();
  }

  // Puts a text into the box of a kind, after what stands there.
  function insert(kind, text) {
    choose(kind);
    const area = document.querySelector(`.dk-box--${kind} textarea`);
    if (!area) return;
    area.value = area.value.trim() ? `${area.value.trimEnd()}\n\n${text}` : text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  function choose(kind) {
    const tab = document.querySelector(`[name=dk-kind][value=${kind}]`);
    if (!tab) return false;
    tab.checked = true;
    const area = document.querySelector(`.dk-box--${kind} textarea`);
    grow(area);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    return true;
  }

  document.addEventListener("change", (event) => {
    if (event.target.name === "dk-kind") choose(event.target.value);
  });

  // Before unfold, which looks for a text field beside every file field.
  document.addEventListener(
    "change",
    (event) => {
      if (!event.target.matches("[data-pick]")) return;
      event.stopPropagation();
      attach(event.target.closest(".dk-box"), [...event.target.files]);
      event.target.value = "";
    },
    true,
  );

  document.addEventListener("focus-box", (event) => choose(event.target.value));

  async function attach(form, files) {
    for (const file of files) {
      const data = new FormData();
      data.set("kind", form.dataset.kind);
      data.set("file", file, file.name || "image.png");
      saved(form).textContent = say("uploading", { name: file.name });
      try {
        const response = await request(addressOf(form, "attach"), { body: data });
        if (response.ok) form.querySelector("[data-files]").append(parse(await response.text()));
        else toast((await response.json()).said, "bad");
        saved(form).textContent = "";
      } catch (error) {
        saved(form).textContent = "";
        complain(error);
        return;
      }
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-detach]");
    if (!button) return;
    try {
      await request(button.dataset.detach, { body: new FormData() });
      button.closest("[data-file]").remove();
    } catch (error) {
      complain(error);
    }
  });

  const filesOf = (event) => [...(event.dataTransfer || event.clipboardData)?.files ?? []];
  const boxOf = (event) => event.target.closest?.(".dk-box");

  document.addEventListener("dragover", (event) => {
    const form = boxOf(event);
    if (!form || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("dk-box--over");
  });
  document.addEventListener("dragleave", (event) => boxOf(event)?.classList.remove("dk-box--over"));
  document.addEventListener("drop", (event) => {
    const form = boxOf(event);
    if (!form || !filesOf(event).length) return;
    event.preventDefault();
    form.classList.remove("dk-box--over");
    attach(form, filesOf(event));
  });
  document.addEventListener("paste", (event) => {
    const form = boxOf(event);
    if (!form || !filesOf(event).length) return;
    event.preventDefault();
    attach(form, filesOf(event));
  });

  // Leaving with something unsaved asks first.
  addEventListener("beforeunload", (event) => {
    if ([...pending.values()].some((state) => state.timer)) flush();
    if (!document.getElementById("dk-offline").hidden && boxes().some((form) => form.elements.body.value.trim())) event.preventDefault();
  });

  // On a phone the box is small until somebody writes, and stays open until they turn to something else.
  const shut = (is) => document.querySelector(".dk-write")?.toggleAttribute("data-shut", is);
  document.addEventListener("focusin", (event) => event.target.closest(".dk-box") && shut(false));
  document.addEventListener("pointerdown", (event) => event.target.closest(".dk-foot, dialog") || shut(true));

  function begin() {
    boxes().forEach((form) => grow(form.elements.body));
    shut(true);
  }
  document.addEventListener("desk:opened", begin);
  begin();

  Object.assign(window.Desk, { insert, choose, flush });
})();
