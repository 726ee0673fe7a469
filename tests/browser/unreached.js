// What can be operated with a mouse and not with a keyboard. Gives [what is wrong, where] for each place. Looks at what is
// hidden too: it is shown when a menu opens, or in a window of another width.
(canFocus) => {
  const wrong = [];
  const NATIVE = "a[href], area[href], button, input:not([type=hidden]), select, textarea, details > summary:first-of-type, iframe, audio[controls], video[controls], [contenteditable=true]";
  const ROLES = "[role=button], [role=tab], [role=option], [role=switch], [role=menuitem], [role=checkbox], [role=radio]";
  // What our scripts listen for on the document (closest("[data-…]")).
  const HOOKS = "[data-copy], [data-pick], [data-put], [data-insert], [data-detach], [data-seen-it], [data-ticket], [data-more], [data-open], [data-close], [data-read-all], [data-macros]";

  const tell = (what, node) => wrong.push([what, node.cloneNode(false).outerHTML.slice(0, 200) + " " + node.textContent.trim().replace(/\s+/g, " ").slice(0, 40)]);
  const holds = (node) => node.matches(NATIVE) || Number(node.getAttribute("tabindex") ?? -1) >= 0;
  // Keys of select2 do what these do: Delete empties the field, Backspace takes off the last.
  const isSelect2 = (node) => node.closest(".select2-results, .select2-selection__clear, .select2-selection__choice__remove") !== null;

  // An option of a list is reached by the arrow keys of the field, or of the list, that has the focus.
  function isOption(node) {
    const list = node.closest("[role=listbox], [role=tablist], [role=menu], [role=radiogroup]");
    if (!list) return false;
    if (holds(list) || [...list.querySelectorAll(ROLES)].some(holds)) return true;
    return [...document.querySelectorAll("[role=combobox]")].some((field) => holds(field) && [field.getAttribute("aria-controls"), field.getAttribute("aria-owns")].includes(list.id));
  }

  const clicks = (node) => [...node.attributes].some(({ name }) => /^(x-on:|@)(click|mousedown)(\.(?!outside|away)|$)/.test(name) || name === "onclick");

  // A control that is hidden where its label is not never has the focus: the label is the mouse's alone.
  function isDrawn(control, label) {
    for (let one = control; one && one !== label && !one.contains(label); one = one.parentElement) {
      if (getComputedStyle(one).display === "none") return false;
    }
    return getComputedStyle(control).visibility === getComputedStyle(label).visibility;
  }
  function* ancestors(node) { for (let one = node; one; one = one.parentElement) yield one; }

  function isReached(node) {
    if (holds(node) || [...node.querySelectorAll(`${NATIVE}, [tabindex]`)].some((one) => holds(one) && isDrawn(one, node))) return true;
    if (clicks(node)) return isSelect2(node); // a key presses the control around it, not what is in that
    if (node.closest(NATIVE) || [...ancestors(node)].some((one) => one.matches(ROLES) && holds(one))) return true;
    const label = node.closest("label");
    if (label?.control && isDrawn(label.control, label)) return true;
    return isOption(node) || isSelect2(node);
  }

  const isShut = (node) => node.matches(":disabled, [aria-disabled=true]") || node.closest("[inert], :disabled");

  for (const node of document.body.querySelectorAll("*")) {
    if (node.tabIndex > 0 || Number(node.getAttribute("tabindex")) > 0) tell("a positive tabindex", node);
    if (isShut(node)) continue;
    const isDragged = node.getAttribute("draggable") === "true";
    const points = getComputedStyle(node).cursor === "pointer" && getComputedStyle(node.parentElement).cursor !== "pointer";
    const isPressed = clicks(node) || points || node.matches(ROLES) || node.matches(HOOKS) || node.localName === "summary";
    if (isPressed && node.childNodes.length && !isReached(node)) tell("no key presses it", node);
    if (clicks(node) && !node.matches(NATIVE) && holds(node) && !node.matches("[role]")) tell("it has the focus and no role", node);
    if (isDragged && !node.parentElement.querySelector("button, a[href]")) tell("it is dragged, and no button beside it does the same", node);
    if (node.matches("[aria-hidden=true]") && [...node.querySelectorAll("*")].some((one) => holds(one) && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }))) tell("the focus can go into what is hidden from readers", node);
  }

  // A chart that is clicked on: each address behind it is a link as well.
  const there = new Set([...document.querySelectorAll("a[href]")].map((link) => link.href));
  for (const canvas of document.querySelectorAll("canvas[data-links]")) {
    const behind = JSON.parse(canvas.dataset.links || "[]").flat(Infinity).filter(Boolean);
    const lost = behind.filter((address) => !there.has(new URL(address, document.baseURI).href));
    if (lost.length) wrong.push([`a chart leads where no link does (${lost.length} of ${behind.length})`, lost[0]]);
  }

  // What is shown while the mouse is over it is shown to the focus too.
  const rules = [];
  const walk = (list) => {
    for (const rule of list) {
      if (rule.selectorText) rules.push(rule);
      else if (rule.cssRules) walk(rule.cssRules);
    }
  };
  for (const sheet of document.styleSheets) {
    try { walk(sheet.cssRules); } catch { continue; } // of another host
  }
  const shows = ({ style }) => (style.display && style.display !== "none") || style.visibility === "visible" || Number(style.opacity) > 0;
  const isHidden = (node) => { const { display, visibility, opacity } = getComputedStyle(node); return display === "none" || visibility === "hidden" || opacity === "0"; };
  const bare = (selector) => selector.replace(/:(hover|focus-within|focus-visible|focus)\b/g, "");
  const byFocus = new Set(rules.filter((rule) => /:focus/.test(rule.selectorText) && shows(rule)).flatMap((rule) => rule.selectorText.split(/,(?![^(]*\))/).filter((one) => /:focus/.test(one)).map((one) => bare(one.trim()))));
  for (const rule of rules) {
    if (!/:hover/.test(rule.selectorText) || !shows(rule)) continue;
    for (const one of rule.selectorText.split(/,(?![^(]*\))/).map((part) => part.trim())) {
      if (!/:hover/.test(one) || byFocus.has(bare(one))) continue;
      let found = [];
      try { found = [...document.querySelectorAll(bare(one))]; } catch { continue; }
      const hidden = found.find((node) => node.textContent.trim() && isHidden(node));
      if (hidden) tell(`only the mouse shows it (${one})`, hidden);
    }
  }

  // The focus is seen: the first of each kind looks another way with it than without. (The field within a select2 has none of
  // its own, and its box keeps that of the last focus for a moment.)
  if (canFocus) {
    const before = document.activeElement;
    const LOOKS = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderTopWidth", "backgroundColor", "textDecorationLine"];
    const around = (node) => [node, node.parentElement, node.nextElementSibling, node.closest(".select2-container, label")].filter(Boolean);
    const look = (node) => around(node).map((one) => LOOKS.map((name) => getComputedStyle(one)[name]).join()).join("|");
    const seen = new Set();
    for (const node of document.querySelectorAll(`${NATIVE}, [tabindex='0']`)) {
      const kind = `${node.localName} ${node.type ?? ""} ${node.className}`;
      if (seen.has(kind) || node.localName === "iframe" || node.matches(".select2-search__field") || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || isShut(node)) continue;
      seen.add(kind);
      node.blur();
      const without = look(node);
      node.focus({ preventScroll: true });
      if (document.activeElement === node && look(node) === without) tell("the focus is not seen", node);
      node.blur();
    }
    before?.focus?.({ preventScroll: true });
  }
  return wrong;
}
