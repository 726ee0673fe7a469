// What unfold leaves to the mouse, by keyboard too. What is clicked on and is no control gets the focus and answers to Enter
// and Space. A menu, drawer or calendar that opens takes the focus; Escape closes it, and the focus goes back.
(() => {
  "use strict";

  const NATIVE = "a[href], button, input, select, textarea, summary";
  const FOCUS = "a[href], button:not(:disabled), input:not([type=hidden], :disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";
  const CALENDAR = ".calendarbox, .clockbox";
  const OPENS = /^\s*(\w+) = (?:!\1|true)\s*(?:;|$)/; // what unfold writes to open something
  const CLICK = "x-on:click";
  const PATIENCE = 30; // pictures, until what opens is drawn

  const mended = new WeakSet();
  const layers = []; // what is open, the newest last: { box, origin, close }

  const set = (node, attribute, value) => value && !node.hasAttribute(attribute) && node.setAttribute(attribute, value);
  const isSeen = (node) => node.checkVisibility({ visibilityProperty: true });
  const inside = (box) => [...box.querySelectorAll(FOCUS)].filter(isSeen);
  const isOver = (box) => getComputedStyle(box).position === "fixed" || box.querySelector("#modal-content") !== null;
  const top = () => layers.at(-1);

  // What lies open
  function opened(box, origin, close) {
    if (layers.some((layer) => layer.box === box)) return;
    layers.push({ box, origin, close });
    if (box.contains(document.activeElement)) return;
    (box.querySelector("td.selected a, td.today a, input[type=search]") ?? inside(box)[0])?.focus();
  }

  function closed(box) {
    const place = layers.findIndex((layer) => layer.box === box);
    if (place < 0) return;
    const [{ origin }] = layers.splice(place, 1);
    const here = document.activeElement;
    if (here === document.body || box.contains(here)) origin?.focus();
  }

  // The part that a word of Alpine's shows: of several of one name the one that is seen.
  function boxOf(word) {
    if (word === "sidebarMobileOpen") return document.getElementById("nav-sidebar");
    return [...document.querySelectorAll(`[x-show="${word}"]`)].find((box) => isSeen(box) && inside(box).length);
  }

  function whenDrawn(word, then, patience = PATIENCE) {
    const box = boxOf(word);
    if (box && isSeen(box)) then(box);
    else if (patience) requestAnimationFrame(() => whenDrawn(word, then, patience - 1));
  }

  // Follow a word of Alpine's, as the place `node` sees it.
  function follow(node, word, isOpener) {
    let was = Boolean(Alpine.$data(node)[word]);
    let box = null;
    let origin = null;
    Alpine.effect(() => {
      const is = Boolean(Alpine.$data(node)[word]);
      if (isOpener) node.setAttribute("aria-expanded", String(is));
      if (is === was) return;
      was = is;
      if (!is) return box && closed(box);
      const here = document.activeElement;
      origin = here === document.body ? node : here;
      if (word === "sidebarDesktopOpen") return; // it lies beside the page, not over it
      whenDrawn(word, (found) => {
        box = found;
        if (was) opened(box, origin, () => (word === "openCommandResults" ? Alpine.$data(node).handleOutsideClick() : (Alpine.$data(node)[word] = false)));
      });
    });
  }

  function name(node) {
    const pictures = node.matches(".material-symbols-outlined") ? [node] : [...node.querySelectorAll(".material-symbols-outlined")];
    const words = document.getElementById("cd-words")?.dataset ?? {};
    const picture = pictures.map((one) => one.textContent.trim()).find((text) => words[text]);
    for (const one of pictures) if (one !== node) one.setAttribute("aria-hidden", "true");
    const isNamed = pictures[0] !== node && [...node.childNodes].some((child) => !pictures.includes(child) && child.textContent.trim());
    if (!isNamed && picture) set(node, "aria-label", words[picture]);
  }

  function press(node) {
    node.tabIndex = 0;
    node.setAttribute("role", "button");
    name(node);
  }

  function mend() {
    for (const node of document.querySelectorAll(`[${CSS.escape(CLICK)}]`)) {
      if (mended.has(node) || !node.childNodes.length) continue; // nothing in it: the ground that a drawer lies on
      mended.add(node);
      const word = OPENS.exec(node.getAttribute(CLICK))?.[1];
      if (word) follow(node, word, true);
      if (node.matches(NATIVE)) continue;
      press(node);
    }
    for (const node of document.querySelectorAll(".delete-template")) {
      if (mended.has(node)) continue;
      mended.add(node);
      press(node);
      set(node, "aria-label", node.closest("[data-label]")?.dataset.label);
      node.addEventListener("click", () => node.closest(".formset")?.querySelector(".add-row")?.focus(), { capture: true });
    }
    for (const node of document.querySelectorAll("input.delete")) set(node, "aria-label", node.closest("[data-label]")?.dataset.label);
    for (const node of document.querySelectorAll(".datetimeshortcuts a:has(> [title])")) set(node, "aria-label", node.firstElementChild.title);
    for (const box of document.querySelectorAll(CALENDAR)) {
      if (mended.has(box)) continue;
      mended.add(box);
      const leave = () => box.querySelector(".calendar-cancel a")?.click();
      new MutationObserver(() => (isSeen(box) ? opened(box, document.activeElement, leave) : closed(box))).observe(box, { attributeFilter: ["style"] });
    }
  }

  // Keys
  function step(list, by) {
    const here = list.indexOf(document.activeElement);
    list[(here + by + list.length) % list.length]?.focus();
  }

  const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const LINES = { ArrowUp: -1, ArrowDown: 1 };

  function walks(event, { box }) {
    const isCalendar = box.matches(".calendarbox");
    const by = (isCalendar ? DAYS : LINES)[event.key];
    if (!by || isOver(box) || event.target.matches("input, select, textarea")) return false;
    const days = isCalendar ? [...box.querySelectorAll("td a")] : inside(box);
    const place = days.indexOf(event.target) + by;
    if (isCalendar && (place < 0 || place >= days.length)) return true; // the month ends here
    step(days, by);
    return true;
  }

  // Over the page the focus goes round in what is open; a menu closes behind it, and the focus goes on from its button.
  function leaves(event, { box, origin, close }) {
    const list = inside(box);
    const isEnd = document.activeElement === (event.shiftKey ? list[0] : list.at(-1)) || !box.contains(document.activeElement);
    if (!isEnd) return false;
    if (isOver(box)) {
      list.at(event.shiftKey ? -1 : 0)?.focus();
      return true;
    }
    close();
    origin?.focus();
    return event.shiftKey;
  }

  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if ((key === "Enter" || key === " ") && mended.has(target) && !target.matches(NATIVE)) {
      event.preventDefault();
      return target.click();
    }
    const layer = top();
    if (!layer || target.closest?.(".select2-container, .select2-dropdown, dialog")) return;
    const hasFocus = layer.box.contains(target) || target === document.body || target === layer.origin;
    if (!hasFocus) return;
    if (key === "Escape" && target.id !== "search-input-command") {
      event.preventDefault();
      layer.close();
    } else if ((key === "Tab" && leaves(event, layer)) || walks(event, layer)) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.id !== "cd-skip") return;
    event.preventDefault(); // the part behind # is the tab that is open
    const content = document.getElementById("content");
    content.tabIndex = -1;
    content.focus();
    content.scrollIntoView();
  });

  document.addEventListener("alpine:initialized", () => {
    mend();
    for (const [word, place] of [["openModal", "#modal-overlay"], ["openCommandResults", "[x-show=openCommandResults]"]]) {
      const node = document.querySelector(place);
      if (node) follow(node, word, false);
    }
    new MutationObserver(mend).observe(document.body, { childList: true, subtree: true }); // rows that are added
  });
})();
