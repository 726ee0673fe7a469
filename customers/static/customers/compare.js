// Keys and small comforts of the page on which two customers are compared. It works without.
"use strict";

(() => {
  const form = document.querySelector(".dup-form");
  const touched = new Set();

  const lines = () => {
    const inputs = [...form.querySelectorAll("input[name^='pick:']")];
    return [...new Set(inputs.map((input) => input.name))].map((name) => inputs.filter((input) => input.name === name));
  };

  // Whoever is kept keeps its values, but for the empty ones and those that somebody picked by hand.
  const follow = (key) => {
    for (const inputs of lines()) {
      const theirs = inputs.find((input) => input.value === key);
      if (!touched.has(theirs.name)) {
        const other = inputs.find((input) => input !== theirs);
        (theirs.dataset.empty === undefined ? theirs : other).checked = true;
      }
    }
  };

  const takeAll = (key) => {
    for (const inputs of lines()) {
      const theirs = inputs.find((input) => input.value === key);
      theirs.checked = true;
      touched.add(theirs.name);
    }
  };

  if (form) {
    form.addEventListener("change", ({ target }) => {
      if (target.name === "kept") follow(target.value);
      else if (target.name.startsWith("pick:")) touched.add(target.name);
    });
    form.querySelectorAll("[data-take]").forEach((button, place) => {
      button.hidden = false;
      button.dataset.key = "[]"[place];
      button.addEventListener("click", () => takeAll(button.dataset.take));
    });
  }

  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const types = target.matches("textarea, select, [contenteditable], input:not([type=radio])");
    if (types || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const found = document.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`);
    if (found) {
      event.preventDefault();
      found.click();
    }
  });
})();
