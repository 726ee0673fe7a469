// The preview of an article: asks how the text of each language reads, while somebody types.
(() => {
  "use strict";

  const QUIET_MS = 500;

  const start = (box) => {
    const form = document.querySelector("#knowledgearticle_form");
    if (!form) return;
    for (const body of form.querySelectorAll("[data-article-body]")) {
      const code = body.dataset.articleBody;
      const title = form.elements[body.name.replace("body_", "title_")];
      const shown = box.querySelector(`[data-article-shown="${code}"]`);
      let waiting = 0;
      let asked = 0;

      const look = async () => {
        const mine = ++asked;
        const data = new FormData();
        data.append("body", body.value);
        data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        try {
          const response = await fetch(box.dataset.articlePreview, { method: "POST", body: data, credentials: "same-origin" });
          if (mine === asked && (response.ok || response.status === 422)) shown.innerHTML = await response.text(); // cleaned by the server
        } catch {
          // No connection: what was shown stays, and the next key asks again.
        }
      };
      const name = () => {
        box.querySelector(`[data-article-title="${code}"]`).textContent = title.value;
      };
      body.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(look, QUIET_MS);
      });
      title.addEventListener("input", name);
      name();
      look();
    }
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-article-preview]").forEach(start));
})();
