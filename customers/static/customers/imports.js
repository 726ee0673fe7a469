// The wizard of imports: files that are dropped, and the box in which a column's target is chosen.
(() => {
  "use strict";

  // Files: what was chosen, how large it is, and how far the upload is.
  const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

  function show(form) {
    const files = [...form.querySelector("input[type=file]").files];
    const list = form.querySelector(".im-files");
    list.replaceChildren(
      ...files.map((file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name} · ${size(file.size)}`;
        return line;
      }),
    );
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const isTooLarge = total > Number(form.dataset.most);
    if (isTooLarge) {
      const line = document.createElement("li");
      line.className = "cd-bad";
      line.textContent = form.dataset.tooLarge;
      list.append(line);
    }
    form.querySelector("input[type=file]").setCustomValidity(isTooLarge ? form.dataset.tooLarge : "");
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest(".im-upload");
    if (form && event.target.type === "file") show(form);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const area = event.target.closest && event.target.closest(".im-drop");
      if (!area) return;
      event.preventDefault();
      area.classList.toggle("im-over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        area.querySelector("input[type=file]").files = event.dataTransfer.files;
        show(area.closest(".im-upload"));
      }
    });
  }
  // A name under which a mapping is kept changes nothing of it.
  document.addEventListener("change", (event) => { if (event.target.name === "keep_as") event.stopPropagation(); }, true);

  document.addEventListener("submit", (event) => {
    const bar = event.target.querySelector && event.target.querySelector(".im-sending");
    if (!bar) return;
    bar.hidden = false;
    bar.removeAttribute("value");
    event.target.querySelector("button[type=submit]").disabled = true;
  });

  // What was unfolded stays so when the mapping is drawn anew.
  const unfolded = new Set();
  document.addEventListener("toggle", (event) => {
    const { id, open: isOpen } = event.target;
    if (id && event.target.matches(".im-preview, .im-fold")) unfolded[isOpen ? "add" : "delete"](id);
  }, true);
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
  });

  // The box of targets: searched by typing, walked by the arrow keys.
  let button = null;

  const box = () => document.getElementById("im-box");
  const search = () => box().querySelector("input");
  const options = () => [...box().querySelectorAll("[role=option]:not([hidden])")];

  function open(picked) {
    const cell = picked.closest(".im-target");
    const list = box().querySelector("ul");
    const template = document.querySelector(`template[data-vocabulary="${cell.dataset.vocabulary}"]`);
    list.replaceChildren(template.content.cloneNode(true));
    if (cell.dataset.new) {
      const line = document.createElement("li");
      line.setAttribute("role", "option");
      line.dataset.code = cell.dataset.new;
      line.textContent = cell.dataset.newLabel;
      list.prepend(line);
    }
    list.querySelectorAll("[role=option]").forEach((line, number) => { line.id = `im-option-${number}`; });
    button = picked;
    button.setAttribute("aria-expanded", "true");
    box().hidden = false;
    place();
    search().value = "";
    filter();
    const chosen = options().find((line) => line.dataset.code === cell.querySelector("input").value.split("=")[0]);
    mark(chosen || options()[0]);
    search().focus({ preventScroll: true });
  }

  function place() {
    const around = button.getBoundingClientRect();
    const below = window.innerHeight - around.bottom;
    const height = Math.min(384, Math.max(below, around.top) - 16);
    const top = below >= height + 8 ? around.bottom + 4 : around.top - height - 4;
    Object.assign(box().style, {
      left: `${Math.max(8, Math.min(around.left, window.innerWidth - 328))}px`,
      top: `${Math.max(8, top)}px`,
      maxHeight: `${height}px`,
    });
  }

  function close(isDone) {
    if (!button) return;
    button.setAttribute("aria-expanded", "false");
    box().hidden = true;
    if (isDone) button.focus();
    button = null;
  }

  function filter() {
    const words = search().value.toLowerCase().split(/\s+/).filter(Boolean);
    let group = null;
    let isShown = false;
    for (const line of box().querySelectorAll("li")) {
      if (line.classList.contains("im-group")) {
        if (group) group.hidden = !isShown;
        group = line;
        isShown = false;
        continue;
      }
      const text = `${group ? group.textContent : ""} ${line.textContent}`.toLowerCase();
      line.hidden = !words.every((word) => text.includes(word));
      isShown = isShown || !line.hidden;
    }
    if (group) group.hidden = !isShown;
    box().querySelector(".im-none").hidden = options().length > 0;
    mark(options()[0]);
  }

  function mark(line) {
    box().querySelectorAll("[aria-selected]").forEach((other) => other.removeAttribute("aria-selected"));
    if (!line) return search().removeAttribute("aria-activedescendant");
    line.setAttribute("aria-selected", "true");
    search().setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
  }

  function choose(line) {
    const input = button.closest(".im-target").querySelector("input");
    const isOther = input.value !== line.dataset.code;
    input.value = line.dataset.code;
    button.querySelector("span").textContent = line.textContent;
    close(true);
    if (isOther) input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const picked = event.target.closest(".im-pick");
    if (picked) return button === picked ? close(true) : (close(false), open(picked));
    const line = button && event.target.closest("#im-box [role=option]");
    if (line) return choose(line);
    if (button && !event.target.closest("#im-box")) close(false);
    return undefined;
  });
  document.addEventListener("input", (event) => { if (button && event.target === search()) filter(); });
  document.addEventListener("keydown", (event) => {
    if (!button) return;
    const shown = options();
    const at = shown.findIndex((line) => line.hasAttribute("aria-selected"));
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      mark(shown[Math.max(0, Math.min(shown.length - 1, at + step))]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown[at]) choose(shown[at]);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close(true);
    }
  });
  for (const name of ["resize", "scroll"]) window.addEventListener(name, () => { if (button) place(); }, true);
})();
