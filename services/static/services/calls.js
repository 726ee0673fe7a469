// A card for each call that rings for whoever looks at a page of the admin: who calls, and the way to them.
addEventListener("DOMContentLoaded", () => {
  "use strict";

  const EVERY = 5000;
  const desk = document.querySelector("#desk");
  const entry = document.querySelector('a[href$="/admin/desk/"]'); // only who works at the desk has it in the sidebar
  if (!entry) return;
  const url = new URL(entry.href).pathname;
  const shown = new Map(); // key of the notification -> card
  const away = new Set(); // put away here; the server hears of it
  let seen = "";

  const place = document.createElement("div");
  place.className = "sv-calls";
  place.setAttribute("role", "status");
  place.setAttribute("aria-live", "assertive");
  document.body.append(place);

  function line(tag, className, text) {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  }

  function link(className, text, href) {
    const node = line("a", className, text);
    node.href = href;
    return node;
  }

  function card(call) {
    const node = document.createElement("article");
    node.className = "sv-call";
    const icon = line("span", "material-symbols-outlined sv-call__icon", call.icon || "call");
    icon.setAttribute("aria-hidden", "true");
    const words = document.createElement("div");
    words.append(line("p", "sv-call__state", call.state), link("sv-call__title", call.title, call.url), line("p", "sv-call__text", call.text));
    const close = line("button", "sv-call__close material-symbols-outlined", "close");
    close.type = "button";
    close.setAttribute("aria-label", call.close_label);
    close.addEventListener("click", () => putAway(call.id));
    const doing = document.createElement("p");
    doing.className = "sv-call__do";
    doing.append(link("cd-button cd-button--small cd-button--primary", call.label, call.url));
    if (call.log) doing.append(link("cd-button cd-button--small", call.log_label, call.log));
    words.append(doing);
    node.append(icon, words, close);
    return node;
  }

  function show(calls) {
    const now = new Set(calls.map((call) => call.id));
    for (const [key, node] of shown) {
      if (!now.has(key)) {
        node.remove();
        shown.delete(key);
      }
    }
    for (const call of calls) {
      if (away.has(call.id)) continue;
      const node = card(call);
      if (shown.has(call.id)) shown.get(call.id).replaceWith(node);
      else place.prepend(node);
      shown.set(call.id, node);
    }
  }

  function putAway(key) {
    away.add(key);
    shown.get(key)?.remove();
    shown.delete(key);
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    const token = cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
    fetch(`${url}calls/${key}/seen/`, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {}); // it is shown again
  }

  async function ask() {
    if (!document.hidden) {
      try {
        const response = await fetch(`${url}pulse/?${new URLSearchParams({ seen })}`, { redirect: "manual", cache: "no-store" });
        if (response.type === "opaqueredirect" || response.status === 403) return; // logged out: nothing more is asked
        if (response.status === 200) {
          const now = await response.json();
          seen = now.seen;
          show(now.calls);
        }
      } catch {
        // no connection: the next time
      }
    }
    setTimeout(ask, EVERY);
  }

  if (desk) document.addEventListener("desk:pulse", (event) => show(event.detail.calls)); // it asks already
  else ask();
});
