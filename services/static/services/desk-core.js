// The desk: how its columns are fetched and put into the page. Links and forms also work without it.
window.Desk = (() => {
  "use strict";

  const root = document.getElementById("desk");
  const column = (name) => document.getElementById(`dk-${name}`);
  const opened = () => document.getElementById("dk-open");
  const asking = {}; // column -> AbortController of what is on its way

  function say(key, values = {}) {
    const text = root.dataset[`say${key[0].toUpperCase()}${key.slice(1)}`] || "";
    return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? values[name] : whole));
  }

  function toast(text, tone = "") {
    const note = document.createElement("p");
    note.className = `dk-toast ${tone && `dk-toast--${tone}`}`;
    note.textContent = text;
    column("toasts").append(note);
    setTimeout(() => note.remove(), tone === "bad" ? 9000 : 4500);
  }

  // What could not be sent is said until it is sent again or written on: that another answer came does not send it.
  let unsent = false;
  const unsentIs = (is) => (unsent = is);

  function offline(text) {
    const bar = column("offline");
    bar.textContent = text;
    bar.hidden = !text;
  }

  // What went wrong on the way; `reason` is a key of the words on the page.
  class Failed extends Error {
    constructor(reason) {
      super(reason);
      this.reason = reason;
    }
  }

  async function request(url, { body = null, signal, keepalive = false } = {}) {
    // Whoever logged in again in another tab has another token: the cookie's, not that of this page.
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    const token = cookie ? cookie[1] : root.querySelector("#dk-token [name=csrfmiddlewaretoken]").value;
    body?.delete("csrfmiddlewaretoken");
    const headers = { "X-Desk": "1", ...(body ? { "X-CSRFToken": token } : {}) };
    let response;
    try {
      response = await fetch(url, { method: body ? "POST" : "GET", body, headers, signal, keepalive, redirect: "manual", cache: "no-store" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Failed("offline");
    }
    if (response.type === "opaqueredirect") throw new Failed("loggedOut");
    if (response.status === 403) throw new Failed("forbidden");
    if (response.status >= 500) throw new Failed("broken");
    if (!unsent) offline("");
    return response;
  }

  // Says what went wrong; what was overtaken by a newer question is no fault.
  function complain(error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Failed)) throw error;
    if (error.reason === "offline" || error.reason === "loggedOut") offline(say(error.reason));
    else toast(say(error.reason), "bad");
  }

  function parse(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  async function fetched(name, url) {
    asking[name]?.abort();
    const controller = (asking[name] = new AbortController());
    const response = await request(url, { signal: controller.signal });
    return { status: response.status, html: await response.text() };
  }

  const show = (what) => (root.dataset.show = what);

  function address({ ticket, view = root.dataset.view, query = root.dataset.query } = {}) {
    const asked = new URLSearchParams({ view, ...(query ? { q: query } : {}), ...(ticket ? { ticket } : {}) });
    return `${root.dataset.url}?${asked}`;
  }

  function remember(ticket) {
    const url = address({ ticket });
    if (url !== location.pathname + location.search) history.pushState({ ticket, view: root.dataset.view, query: root.dataset.query }, "", url);
  }

  const key = () => opened()?.dataset.ticket || "";

  async function openTicket(ticket, { push = true, focus = false } = {}) {
    document.dispatchEvent(new Event("desk:leaving"));
    show("ticket");
    mark(ticket);
    column("ticket").setAttribute("aria-busy", "true");
    try {
      const { html } = await fetched("ticket", `${root.dataset.url}${ticket}/?view=${encodeURIComponent(root.dataset.view)}`);
      column("ticket").replaceChildren(parse(html));
      if (push) remember(ticket);
      document.dispatchEvent(new Event("desk:opened"));
      if (focus) column("ticket").focus({ preventScroll: true });
    } catch (error) {
      complain(error);
    } finally {
      column("ticket").removeAttribute("aria-busy");
    }
  }

  function closeTicket({ push = true } = {}) {
    show("list");
    if (push && matchMedia("(max-width: 700px)").matches) remember("");
  }

  function mark(ticket) {
    for (const row of column("list").querySelectorAll(".dk-row")) {
      const current = row.dataset.ticket === String(ticket);
      row.toggleAttribute("aria-current", current);
      if (current) {
        row.setAttribute("aria-current", "true");
        row.classList.remove("dk-row--unread");
      }
    }
  }

  async function openView(view, query = "", { push = true } = {}) {
    root.dataset.view = view;
    root.dataset.query = query;
    if (root.dataset.show === "views") show("list");
    for (const link of column("views").querySelectorAll(".dk-view")) {
      if (link.dataset.view === view && !query) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    await refreshList({ keepPages: false });
    if (push) remember(key());
  }

  // The list anew. While somebody searches, or has walked beyond the first page, only what stands there is kept.
  async function refreshList({ keepPages = true } = {}) {
    if (keepPages && (document.activeElement?.id === "dk-search" || root.querySelector("[data-further]"))) return;
    const asked = new URLSearchParams({ view: root.dataset.view, q: root.dataset.query, ticket: key() });
    try {
      const { html } = await fetched("list", `${root.dataset.url}list/?${asked}`);
      const body = column("list").querySelector(".dk-list__body");
      const scroll = keepPages && body ? body.scrollTop : 0;
      const chosen = document.activeElement?.closest?.(".dk-row")?.dataset.ticket;
      const unread = column("list").querySelector("[data-unread]")?.textContent || "";
      column("list").replaceChildren(parse(html));
      unreadIs(unread);
      column("list").querySelector(".dk-list__body").scrollTop = scroll;
      if (chosen) column("list").querySelector(`.dk-row[data-ticket="${chosen}"]`)?.focus({ preventScroll: true });
      document.dispatchEvent(new Event("desk:listed"));
    } catch (error) {
      complain(error);
    }
  }

  async function refreshViews() {
    try {
      const { html } = await fetched("views", `${root.dataset.url}views/?view=${encodeURIComponent(root.dataset.view)}`);
      const focused = document.activeElement?.closest?.(".dk-view")?.dataset.view;
      column("views").replaceChildren(parse(html));
      if (focused) column("views").querySelector(`.dk-view[data-view="${focused}"]`)?.focus();
    } catch (error) {
      complain(error);
    }
  }

  function unreadIs(count) {
    for (const node of document.querySelectorAll("[data-unread]")) node.textContent = count;
  }

  async function more(link) {
    try {
      const { html } = await fetched("more", link.href);
      const rows = parse(html);
      rows.querySelector("li")?.setAttribute("data-further", "");
      const first = rows.querySelector(".dk-row");
      link.closest("li").replaceWith(rows);
      mark(key());
      first?.focus();
    } catch (error) {
      complain(error);
    }
  }

  async function openDialog(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    if (id !== "dk-bell") return;
    try {
      document.getElementById("dk-bell-list").replaceChildren(parse((await fetched("bell", `${root.dataset.url}bell/`)).html));
    } catch (error) {
      complain(error);
    }
  }

  async function readAll() {
    try {
      const response = await request(`${root.dataset.url}bell/`, { body: new FormData() });
      document.getElementById("dk-bell-list").replaceChildren(parse(await response.text()));
      unreadIs("");
    } catch (error) {
      complain(error);
    }
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const node = event.target.closest("[data-ticket], [data-view], [data-more], [data-show], [data-open], [data-close], [data-read-all]");
    if (!node || !root.contains(node) || node === root || node.tagName === "ARTICLE") return;
    event.preventDefault();
    node.closest("dialog")?.close();
    if ("readAll" in node.dataset) readAll();
    else if ("more" in node.dataset) more(node);
    else if (node.dataset.show === "list") closeTicket();
    else if (node.dataset.show) show(node.dataset.show);
    else if (node.dataset.open) openDialog(node.dataset.open);
    else if (node.dataset.ticket) openTicket(node.dataset.ticket);
    else if (node.dataset.view) openView(node.dataset.view);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".dk-search");
    if (!form) return;
    event.preventDefault();
    openView(root.dataset.view, form.q.value.trim());
  });

  // The cross of a search field empties it: then the view comes back.
  document.addEventListener("search", (event) => {
    if (event.target.id === "dk-search" && !event.target.value && root.dataset.query) openView(root.dataset.view);
  });

  window.addEventListener("popstate", async () => {
    const asked = new URLSearchParams(location.search);
    const view = asked.get("view") || root.dataset.view;
    const query = asked.get("q") || "";
    if (view !== root.dataset.view || query !== root.dataset.query) await openView(view, query, { push: false });
    const ticket = asked.get("ticket");
    if (ticket && ticket !== key()) openTicket(ticket, { push: false });
    show(ticket ? "ticket" : "list");
  });

  // Only the list moves, and only as far as it must.
  function reveal() {
    const row = column("list").querySelector(".dk-row[aria-current]");
    const body = row?.closest(".dk-list__body");
    if (!body) return;
    const [place, window] = [row.getBoundingClientRect(), body.getBoundingClientRect()];
    if (place.top < window.top || place.bottom > window.bottom) body.scrollTop += place.top - window.top - (window.height - place.height) / 2;
  }

  if (key()) {
    mark(key());
    reveal();
  }

  return { root, column, opened, key, say, toast, unsentIs, request, complain, parse, fetched, openTicket, openView, refreshList, refreshViews, openDialog, unreadIs, show, address, Failed };
})();
