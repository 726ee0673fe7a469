// What happens by itself: clocks tick, others are seen, changes come in.
(() => {
  "use strict";

  const { root, opened, key, say, request, complain, toast } = window.Desk;
  const EVERY = 5000;
  const LIVE_EVERY = 1500; // while the visitor of the open chat is there
  let live = false;
  let read = null; // what the visitor of the open chat has read: {ticket, line}
  let isReadShown = true; // whether the page says so
  const SAY_AGAIN = 20000; // the server forgets after a minute
  const LISTS_EVERY = 12000; // lists and counts are dearer than the pulse
  const TYPES = 8000; // so long after the last key somebody still types
  let seen = "";
  let desk = null;
  let listedAt = 0;
  let stale = false;
  let typedAt = 0;
  let said = { mode: "", at: 0 };

  // Clocks
  function span(seconds) {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (seconds < 60) return say("seconds", { seconds: Math.floor(seconds) });
    if (minutes < 60) return say("minutes", { minutes });
    if (hours < 48) return say("hours", { hours, minutes: minutes % 60 });
    return say("days", { days: Math.floor(hours / 24), hours: hours % 24 });
  }

  function tick() {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const left = (Date.parse(clock.dataset.moment) - Date.now()) / 1000;
      if (clock.dataset.clock === "due" && left <= 0) {
        clock.dataset.clock = "late";
        clock.classList.remove("cd-fair", "cd-warn");
        clock.classList.add("cd-bad");
      }
      const time = span(Math.abs(left));
      const text = clock.dataset.clock === "late" ? say("late", { time }) : say("due", { time });
      if (clock.textContent !== text) clock.textContent = text;
    }
  }

  // Who is there
  document.addEventListener("input", (event) => {
    if (event.target.closest(".dk-box")) {
      typedAt = Date.now();
      presence();
    }
  });

  async function presence() {
    const ticket = key();
    if (!ticket || document.hidden) return;
    const mode = Date.now() - typedAt < TYPES ? "typing" : "viewing";
    if (said.ticket === ticket && said.mode === mode && Date.now() - said.at < SAY_AGAIN) return;
    said = { ticket, mode, at: Date.now() };
    const body = new FormData();
    body.set("mode", mode);
    try {
      await request(`${root.dataset.url}${ticket}/presence/`, { body });
    } catch (error) {
      said.at = 0;
      complain(error);
    }
  }

  function leave() {
    const ticket = key();
    if (!ticket) return;
    const body = new FormData();
    body.set("mode", "gone");
    said = { mode: "", at: 0 };
    request(`${root.dataset.url}${ticket}/presence/`, { body, keepalive: true }).catch(() => {}); // it is forgotten anyway
  }

  // What has changed
  async function pulse() {
    if (document.hidden) return;
    const ticket = key();
    const asked = new URLSearchParams({ seen, ...(ticket ? { ticket } : {}) });
    try {
      const response = await request(`${root.dataset.url}pulse/?${asked}`);
      if (response.status === 200 && ticket === key()) await take(await response.json());
      if (!isReadShown && opened() && !document.querySelector(".dk-box[aria-busy]")) await renew(opened(), { quietly: true });
      if (stale && Date.now() - listedAt > LISTS_EVERY) {
        stale = false;
        listedAt = Date.now();
        await Promise.all([window.Desk.refreshList(), window.Desk.refreshViews()]);
      }
    } catch (error) {
      complain(error);
    }
  }

  async function take(now) {
    seen = now.seen;
    live = now.live;
    window.Desk.unreadIs(now.unread);
    document.dispatchEvent(new CustomEvent("desk:pulse", { detail: now }));
    if (desk !== null && now.desk !== desk) stale = true;
    desk = now.desk;
    const open = opened();
    if (!open) return;
    hereIs(now.here);
    if (read?.ticket === open.dataset.ticket && now.read > read.line) isReadShown = false;
    read = { ticket: open.dataset.ticket, line: now.read };
    if (now.ticket && now.ticket !== open.dataset.version && !document.querySelector(".dk-box[aria-busy]")) await renew(open);
  }

  function hereIs(names) {
    const place = opened().querySelector("[data-part=here]");
    const shown = [...place.children].map((line) => line.lastChild.textContent);
    if (shown.join("|") === names.join("|")) return;
    place.replaceChildren(
      ...names.map((name) => {
        const line = document.createElement("span");
        const sign = document.createElement("span");
        sign.className = "material-symbols-outlined";
        sign.setAttribute("aria-hidden", "true");
        sign.textContent = "visibility";
        line.append(sign, name);
        return line;
      }),
    );
  }

  async function renew(open, { quietly = false } = {}) {
    isReadShown = true;
    const asked = new URLSearchParams({ view: root.dataset.view });
    const box = open.querySelector(".dk-box");
    if (window.Desk.isTyping() && box) asked.set("seen", box.elements.seen_event.value);
    const { html } = await window.Desk.fetched("live", `${root.dataset.url}${open.dataset.ticket}/?${asked}`);
    const before = open.dataset.version;
    window.Desk.swap(html);
    if (!quietly && open.dataset.version !== before && !document.hidden && opened() === open) toast(say("news"));
  }

  async function beat() {
    await pulse();
    presence();
    setTimeout(beat, live && key() ? LIVE_EVERY : EVERY);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leave();
    else {
      pulse();
      presence();
    }
  });
  addEventListener("pagehide", leave);
  addEventListener("online", pulse);
  document.addEventListener("desk:leaving", leave);
  document.addEventListener("desk:opened", () => {
    seen = "";
    typedAt = 0;
    tick();
    presence();
    pulse();
  });
  document.addEventListener("desk:changed", tick);
  document.addEventListener("desk:listed", tick);

  setInterval(tick, 1000);
  tick();
  listedAt = Date.now();
  beat();
})();
