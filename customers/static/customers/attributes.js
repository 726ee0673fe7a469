// Shows the custom attributes of the chosen kind of customer. Those of the other kind are hidden and not sent.
"use strict";

window.addEventListener("DOMContentLoaded", () => {
  const kind = document.getElementById("id_kind");
  if (!kind) return;

  const fields = [...document.querySelectorAll("[data-of-kind]")];
  const show = () => {
    const boxes = new Map();
    for (const field of fields) {
      const fits = !field.dataset.ofKind || field.dataset.ofKind === kind.value;
      field.disabled = !fits;
      const line = field.closest(".field-line");
      if (line) line.hidden = !fits;
      const box = field.closest("fieldset");
      if (box) boxes.set(box, boxes.get(box) || fits);
    }
    for (const [box, isUsed] of boxes) box.hidden = !isUsed;
  };

  kind.addEventListener("change", show);
  show();
});
