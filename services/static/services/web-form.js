// A form works without this. It suggests articles while a subject is typed, keeps a second click from sending twice, and
// tells the page around it how high it is.
(() => {
  const form = document.querySelector("form.web-form");
  if (form) {
    let isSent = false;
    form.addEventListener("submit", (event) => {
      if (isSent) event.preventDefault();
      isSent = true;
    });
    addEventListener("pageshow", () => { isSent = false; });
  }

  const box = document.querySelector(".suggested");
  const subject = document.querySelector("#id_subject") || document.querySelector("#id_body");
  if (form && box && subject && form.dataset.suggest) {
    let timer = 0;
    let asked = "";
    const show = (found) => {
      const list = box.querySelector("ul");
      list.replaceChildren(...found.slice(0, 4).map((article) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = article.url;
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = article.title;
        item.append(link);
        return item;
      }));
      box.hidden = !found.length;
      tell();
    };
    const ask = async () => {
      const words = subject.value.trim().slice(0, 200);
      if (words === asked) return;
      asked = words;
      if (words.length < 2) return show([]);
      try {
        const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(words)}&language=${document.documentElement.lang}`, { credentials: "omit" });
        const found = answer.ok ? await answer.json() : [];
        if (asked === words) show(Array.isArray(found) ? found : []);
      } catch { /* a suggestion less */ }
    };
    subject.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 350);
    });
  }

  function tell() {
    if (parent !== window) parent.postMessage({ candidFormHeight: document.documentElement.offsetHeight }, "*");
  }
  if (parent !== window) {
    new ResizeObserver(tell).observe(document.documentElement);
    addEventListener("load", tell);
  }
})();
