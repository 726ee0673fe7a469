// What the widgets of others leave unsaid for who cannot see: the name of a select2 is that of the field that it stands
// for, that of a field in a table is the head of its column; parts of select2 and Django's hints get roles that fit.
(() => {
  "use strict";

  function nameOf(select) {
    const label = select.labels?.[0];
    return (label?.textContent || select.getAttribute("aria-label") || select.name).replace(/[\s:*]+$/, "").trim();
  }

  const set = (node, name, value) => node.hasAttribute(name) || node.setAttribute(name, value);

  function mend() {
    for (const box of document.querySelectorAll("select + .select2-container")) {
      const name = nameOf(box.previousElementSibling);
      for (const part of box.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox], [role=listbox]")) set(part, "aria-label", name);
      for (const part of box.querySelectorAll("ul.select2-selection__rendered, ul.select2-selection__rendered > li")) set(part, "role", "none");
    }
    for (const field of document.querySelectorAll("td :is(input:not([type=hidden]), select, textarea)")) {
      if (field.labels?.length || field.matches("[aria-label], [aria-labelledby]")) continue;
      const cell = field.closest("td");
      const head = cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
      if (head?.textContent.trim()) field.setAttribute("aria-label", head.textContent.trim());
    }
    for (const hint of document.querySelectorAll(".help-tooltip[aria-label]")) set(hint, "role", "img");
  }

  addEventListener("load", () => {
    mend();
    new MutationObserver(mend).observe(document.body, { childList: true, subtree: true }); // rows that are added
  });
})();
