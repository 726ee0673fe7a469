// The keyboard: one letter each, never while somebody types.
(() => {
  "use strict";

  const { root, column, opened, key } = window.Desk;
  const GO = 1500; // ms between g and the letter
  let goes = 0;

  const rows = () => [...column("list").querySelectorAll(".dk-row")];
  const FIELD = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
  // A dialog that was just closed keeps the focus until the browser paints again: nobody types in it any more.
  const isField = (node) => Boolean(node?.matches?.(FIELD) && !node.closest("dialog:not([open])"));

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const focused = all.indexOf(document.activeElement?.closest?.(".dk-row"));
    const here = focused >= 0 ? focused : all.findIndex((row) => row.dataset.ticket === key());
    const there = Math.min(Math.max(here + by, 0), all.length - 1);
    all[there].focus();
    all[there].scrollIntoView({ block: "nearest" });
    if (there === all.length - 1 && by > 0 && here === there) column("list").querySelector("[data-more]")?.click();
  }

  function press(name) {
    const button = opened()?.querySelector(`[data-key="${name}"]`);
    button?.click();
    return Boolean(button);
  }

  function go(letter) {
    const views = [...column("views").querySelectorAll(".dk-view")];
    const other = views.filter((link) => !link.dataset.letter);
    const link = /[1-9]/.test(letter) ? other[Number(letter) - 1] : views.find((one) => one.dataset.letter === letter);
    link?.click();
  }

  function search() {
    if (root.dataset.show !== "list") window.Desk.show(matchMedia("(max-width: 700px)").matches ? "list" : root.dataset.show);
    const field = document.getElementById("dk-search");
    field.focus();
    field.select();
  }

  function escape(event) {
    const field = isField(document.activeElement) ? document.activeElement : null;
    if (field) field.blur();
    else if (root.hasAttribute("data-side-open")) root.removeAttribute("data-side-open");
    else if (opened()) column("list").querySelector(".dk-row[aria-current]")?.focus();
    event.preventDefault();
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    r: () => window.Desk.choose("reply"),
    n: () => window.Desk.choose("note"),
    m: () => window.Desk.openMacros(),
    a: () => press("a"),
    s: () => press("s"),
    c: () => window.Desk.side(),
    "/": search,
    "?": () => window.Desk.openDialog("dk-help"),
    g: () => (goes = Date.now()),
  };

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const box = event.target.closest?.(".dk-box");
    if (box && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.requestSubmit(box.querySelector("[data-default]") || box.querySelector("button[type=submit]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return escape(event);
    if (isField(event.target)) return;
    if (Date.now() - goes < GO && event.key !== "g") {
      goes = 0;
      event.preventDefault();
      return go(event.key.toLowerCase());
    }
    if (event.key === "Enter" && event.target === document.body) return rows()[0]?.click();
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, true);
})();
