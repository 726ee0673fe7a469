// Articles beside the ticket: found by words, put into the box by a press.
(() => {
  "use strict";

  const { complain, parse } = window.Desk;
  const WAIT = 250;
  let timer;

  async function find(field) {
    const list = field.parentElement.querySelector("[data-articles]");
    const url = list.dataset.later.split("?")[0];
    // Asked again with the same words when the ticket changes.
    list.dataset.later = field.value.trim() ? `${url}?${new URLSearchParams({ q: field.value.trim() })}` : url;
    try {
      const { status, html } = await window.Desk.fetched("articles", list.dataset.later);
      if (status === 200 && list.isConnected) list.replaceChildren(parse(html));
    } catch (error) {
      complain(error);
    }
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-articles-search]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => find(event.target), WAIT);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-put]");
    if (button) window.Desk.insert(button.dataset.put, button.dataset.text);
  });
})();
