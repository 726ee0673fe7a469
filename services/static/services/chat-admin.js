// Copies the line for a web site.
addEventListener("DOMContentLoaded", () => {
  "use strict";

  const field = document.querySelector(".ch-copy input");
  const button = document.querySelector(".ch-copy button");
  if (!field) return;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // without https there is no clipboard
    }
    button.textContent = field.dataset.copied;
  });
});
