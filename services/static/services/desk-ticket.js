// The open ticket: parts that are replaced, verbs, the customer beside it.
(() => {
  "use strict";

  const { root, column, opened, key, say, toast, request, complain, parse } = window.Desk;
  const PARTS = ["head", "talk", "refusal", "here", "send"];

  const isTyping = () => [...document.querySelectorAll(".dk-box textarea")].some((area) => area.value.trim());

  // An answer that was asked for before one's own change may come after it: the page does not go back in time.
  const isOlder = (next, now) => ["version", "seen"].some((name) => Number(next.dataset[name]) < Number(now.dataset[name]));

  // Puts what the server sent in the place of what stands there. What is being written stays; so does a part that
  // somebody is in, unless they asked for the change themselves. `told`: what is new has been read.
  function swap(html, { own = false, told = own } = {}) {
    const fresh = parse(html);
    const next = fresh.querySelector("#dk-open");
    const now = opened();
    if (!next || !now || next.dataset.ticket !== now.dataset.ticket) {
      if (now && !next) column("ticket").replaceChildren(fresh);
      return;
    }
    if (!own && isOlder(next, now)) return;
    const talk = now.querySelector("[data-scroll]");
    const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
    for (const name of PARTS) {
      const old = now.querySelector(`[data-part="${name}"]`);
      const part = next.querySelector(`[data-part="${name}"]`);
      if (!old || !part || (!own && name === "head" && old.contains(document.activeElement) && document.activeElement.tagName === "SELECT")) continue;
      if (name === "refusal" && !told && isTyping() && !part.textContent.trim()) continue;
      if (old.innerHTML !== part.innerHTML) old.replaceChildren(...part.childNodes);
    }
    const box = now.querySelector("[data-part=write]");
    const nextBox = next.querySelector("[data-part=write]");
    if (Boolean(box) !== Boolean(nextBox) && !isTyping()) {
      now.querySelector(".dk-foot").replaceWith(next.querySelector(".dk-foot"));
    }
    now.dataset.version = next.dataset.version;
    now.dataset.seen = next.dataset.seen;
    if (told || !isTyping()) seen();
    if (atEnd || own) talk.scrollTop = talk.scrollHeight;
    document.dispatchEvent(new Event("desk:changed"));
  }

  // What is being written now answers to what the page shows.
  function seen() {
    const now = opened();
    for (const form of now.querySelectorAll(".dk-box")) {
      form.elements.version.value = now.dataset.version;
      form.elements.seen_event.value = now.dataset.seen;
    }
  }

  // Posts a form of the ticket. Returns whether it was done; a refusal is shown and keeps what was typed.
  async function post(url, data, { told = true } = {}) {
    const ticket = key();
    window.Desk.unsentIs(false);
    try {
      const response = await request(url, { body: data });
      const html = await response.text();
      if (key() !== ticket) return response.ok;
      if (response.status === 404) {
        toast(say("gone"), "bad");
        return false;
      }
      swap(html, { own: true, told });
      const said = response.headers.get("X-Desk-Said");
      if (said) toast(decodeURIComponent(said));
      window.Desk.refreshList();
      window.Desk.refreshViews();
      return response.ok;
    } catch (error) {
      window.Desk.unsentIs(true);
      complain(error);
      return null;
    }
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-verb]");
    if (!form) return;
    event.preventDefault();
    const begun = opened().querySelector(".dk-box")?.elements.version.value;
    const wasCurrent = !begun || begun === opened().dataset.version;
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    await post(form.action, new FormData(form), { told: wasCurrent }); // one's own change is no news to oneself
    if (button?.isConnected) button.disabled = false;
  });

  document.addEventListener("change", (event) => {
    event.target.closest("form[data-on-change]")?.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-seen-it]")) {
      seen();
      event.target.closest("[data-part]").replaceChildren();
      opened().querySelector(".dk-write [name=dk-kind]:checked")?.dispatchEvent(new Event("focus-box", { bubbles: true }));
    }
    if (event.target.closest("[data-side]")) side();
  });

  function side() {
    const is = root.toggleAttribute("data-side-open");
    if (is) document.getElementById("dk-side")?.querySelector("a, button")?.focus();
  }

  async function loadSide() {
    const panel = document.getElementById("dk-side");
    if (!panel) return;
    try {
      const response = await request(panel.dataset.load);
      if (!response.ok || !panel.isConnected) return;
      panel.replaceChildren(parse(await response.text()));
      await loadLater();
    } catch (error) {
      complain(error);
    }
  }

  // What is suggested comes last, and anew when the ticket has changed.
  async function loadLater() {
    for (const part of document.querySelectorAll("#dk-side [data-later]")) {
      const response = await request(part.dataset.later);
      if (response.ok && part.isConnected) part.replaceChildren(parse(await response.text()));
    }
  }

  function begin() {
    const talk = opened()?.querySelector("[data-scroll]");
    if (talk) talk.scrollTop = talk.scrollHeight;
    loadSide();
  }

  document.addEventListener("desk:opened", begin);
  document.addEventListener("desk:changed", () => loadLater().catch(complain));
  begin();

  Object.assign(window.Desk, { swap, post, seen, isTyping, side });
})();
