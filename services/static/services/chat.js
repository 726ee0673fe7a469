// The page of the chat: shows what the conversation (chat-talk.js) tells, and takes what the visitor does.
(() => {
  "use strict";

  const talk = window.Talk;
  const { say, node, locale, time, sizeOf, bubble } = window.Lines;
  const root = document.getElementById("chat");
  const part = (id) => document.getElementById(id);
  const [lines, scroller, box, who] = [part("lines"), part("talk"), part("text"), part("who")];
  const isFramed = window.parent !== window;
  const isPreview = "preview" in root.dataset;
  let isOpen = !isFramed || isPreview;
  let attached = [];
  let unread = 0;
  let read = ""; // until when the agent has read
  let told = 0; // the last line that the server was told to be shown
  let typedAt = 0;
  let saidTyping = false;
  let isRunning = false;

  const hears = (message) => isFramed && window.parent.postMessage({ candid: "chat", ...message }, "*"); // nothing in it is secret

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  const toEnd = () => (scroller.scrollTop = scroller.scrollHeight);

  function status(item) {
    const when = item.querySelector(".said__when");
    const { at, state } = item.dataset;
    const words = { waits: say("sending"), retries: say("waits"), refused: say("refused"), sent: read && at <= read ? say("read") : say("sent") };
    when.textContent = [state === "waits" || state === "refused" ? "" : time(at), words[state]].filter(Boolean).join(" · ");
    item.classList.toggle("said--refused", state === "refused");
  }

  talk.events.addEventListener("waits", ({ detail: message }) => {
    if (lines.querySelector(`[data-key="${message.key}"]`)) return;
    const item = bubble({ theirs: true, text: message.text || message.files.join(", "), files: [] });
    Object.assign(item.dataset, { key: message.key, at: message.at, state: "waits" });
    lines.append(item);
    status(item);
    toEnd();
  });

  talk.events.addEventListener("retries", ({ detail: message }) => mark(message.key, "retries"));

  talk.events.addEventListener("refused", ({ detail: message }) => {
    const item = mark(message.key, "refused");
    const isAddress = message.field === "email";
    if (isAddress) part("who-problem").textContent = message.detail;
    else part("problem").textContent = message.detail;
    part(isAddress ? "who-problem" : "problem").hidden = false;
    if (isAddress || !box.value) {
      item?.remove(); // back into the box, to be sent again
      box.value = message.text;
    }
    if (isAddress) {
      who.hidden = false;
      who.elements.email.focus();
    }
    grow();
  });

  function mark(key, state) {
    const item = lines.querySelector(`[data-key="${key}"]`);
    if (!item) return null;
    item.dataset.state = state;
    status(item);
    return item;
  }

  talk.events.addEventListener("line", ({ detail: line }) => {
    if (lines.querySelector(`[data-line="${line.id}"]`)) return;
    const wasAtEnd = atEnd();
    const item = bubble(line);
    Object.assign(item.dataset, { line: line.id, at: line.at, state: line.theirs ? "sent" : "" });
    if (line.key) item.dataset.key = line.key;
    for (const waits of line.key ? lines.querySelectorAll(`[data-key="${line.key}"]:not([data-line])`) : []) waits.remove();
    const after = [...lines.querySelectorAll("[data-line]")].filter((each) => Number(each.dataset.line) < line.id).pop();
    if (after) after.after(item);
    else lines.prepend(item);
    if (line.theirs) status(item);
    else item.querySelector(".said__when").textContent = time(line.at);
    who.hidden = true;
    if (!line.theirs && !isShown()) unread++;
    if (wasAtEnd || line.theirs) toEnd();
    shown();
  });

  talk.events.addEventListener("state", ({ detail: state }) => {
    const wasAtEnd = atEnd();
    part("types").textContent = say("types");
    part("types").hidden = !state.types;
    read = state.read;
    for (const item of lines.querySelectorAll(".said--yours[data-line]")) status(item);
    part("end").hidden = state.ended || !lines.children.length;
    part("ended").hidden = !state.ended;
    part("ended").firstElementChild.textContent = [say("ended"), state.number && say("number", { number: state.number })].filter(Boolean).join(" ");
    part("write").hidden = state.ended;
    rating(state.rating);
    hears({ going: !state.ended && talk.isBegun() });
    if (wasAtEnd) toEnd();
  });

  talk.events.addEventListener("offline", ({ detail: is }) => {
    part("offline").hidden = !is;
    part("offline").textContent = is ? say("offline") : "";
  });

  talk.events.addEventListener("gone", ({ detail: code }) => {
    if (code === 401 && talk.waiting().length) talk.flush();
    else hears({ going: false });
  });

  // What was shown: told to the server, which counts it as arrived.
  const isShown = () => isOpen && !document.hidden;

  async function shown() {
    if (!isShown()) return hears({ unread });
    unread = 0;
    hears({ unread });
    const last = talk.last();
    if (last <= told || isPreview) return;
    told = last;
    try {
      const response = await talk.send("seen", { line: String(last) });
      if (!response.ok) told = 0;
    } catch {
      told = 0; // said again with the next one
    }
  }

  document.addEventListener("visibilitychange", shown);
  setInterval(() => told < talk.last() && shown(), 5000);

  // Writing
  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 140)}px`;
  }

  function wrong(text) {
    part("problem").textContent = text;
    part("problem").hidden = !text;
  }

  function submit() {
    const text = box.value.trim();
    if (!text && !attached.length) return;
    wrong("");
    part("who-problem").hidden = true;
    if (isPreview) return wrong(say("preview"));
    talk.is({ name: who.elements.name.value, email: who.elements.email.value });
    if (talk.isBegun() && !who.hidden && who.elements.email.value) talk.start().catch(() => {});
    talk.write(text, attached);
    typedAt = 0;
    saidTyping = false;
    attached = [];
    box.value = "";
    grow();
    listFiles();
  }

  part("write").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  who.addEventListener("submit", (event) => {
    event.preventDefault();
    box.focus();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      submit();
    }
  });
  box.addEventListener("input", () => {
    grow();
    typedAt = box.value ? Date.now() : 0;
    typing();
  });

  // That they type is said when it begins, and anew every few seconds; that they stopped, once.
  let typingSaidAt = 0;
  function typing() {
    if (isPreview || !talk.isBegun() || !lines.children.length) return;
    const types = Date.now() - typedAt < 5000;
    if (types === saidTyping && (!types || Date.now() - typingSaidAt < 4000)) return;
    saidTyping = types;
    typingSaidAt = Date.now();
    talk.send("typing", { types: types ? "yes" : "no" }).catch(() => {});
  }
  setInterval(() => saidTyping && typing(), 1000);

  // Files
  part("file").addEventListener("change", (event) => {
    const most = Number(root.dataset.mostFiles);
    const large = [...event.target.files].some((file) => file.size > root.dataset.largestMb * 1024 * 1024);
    const chosen = [...attached, ...[...event.target.files].filter((file) => file.size <= root.dataset.largestMb * 1024 * 1024)];
    attached = chosen.slice(0, most);
    wrong(large ? say("large", { most: root.dataset.largestMb }) : chosen.length > most ? say("many", { most }) : "");
    event.target.value = "";
    listFiles();
    box.focus();
  });

  function listFiles() {
    part("files").hidden = !attached.length;
    part("files").replaceChildren(
      ...attached.map((file) => {
        const item = node("li", "", `${file.name} · ${sizeOf(file.size)}`);
        const remove = node("button", "link", "×");
        remove.type = "button";
        remove.setAttribute("aria-label", say("remove", { name: file.name }));
        remove.addEventListener("click", () => {
          attached = attached.filter((each) => each !== file);
          listFiles();
        });
        item.append(remove);
        return item;
      }),
    );
  }

  // The end, and how it was
  part("end").addEventListener("click", async () => {
    const response = await talk.send("end", {}).catch(() => null);
    if (response?.ok) talk.events.dispatchEvent(new CustomEvent("state", { detail: (await response.json()).state }));
  });
  part("again").addEventListener("click", () => {
    talk.anew();
    told = unread = 0;
    lines.replaceChildren();
    for (const id of ["ended", "rating", "types", "end"]) part(id).hidden = true;
    part("write").hidden = who.hidden = false;
    hears({ going: false, unread });
    box.focus();
  });

  function rating(asked) {
    const wasHidden = part("rating").hidden;
    part("rating").hidden = !asked;
    for (const button of part("rating").querySelectorAll("[data-value]")) button.setAttribute("aria-pressed", String(Number(button.dataset.value) === asked?.value));
    part("rated").hidden = !asked?.value;
    part("rated").textContent = say("thanks");
    if (asked && wasHidden) toEnd();
  }

  part("rating").addEventListener("click", async (event) => {
    const button = event.target.closest("[data-value]");
    if (!button) return;
    const response = await talk.send("rate", { value: button.dataset.value }).catch(() => null);
    if (response?.ok) rating((await response.json()).state.rating);
  });

  // The frame around it
  part("close").hidden = !isFramed || isPreview;
  part("close").addEventListener("click", () => hears({ close: true }));
  addEventListener("message", (event) => {
    if (!isFramed || event.source !== window.parent || event.data?.candid !== "chat") return;
    if (talk.isRefused && typeof event.data.kept === "string" && !isRunning) {
      talk.restore(event.data.kept);
      begin();
    }
    if (typeof event.data.page === "string") talk.is({ page: event.data.page.slice(0, 2000) });
    if (typeof event.data.open === "boolean") {
      isOpen = event.data.open;
      if (isOpen) {
        toEnd();
        if (!who.contains(document.activeElement)) box.focus(); // whoever writes their name already goes on doing so
        shown();
      }
    }
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && isFramed && hears({ close: true }));

  const away = part("away");
  if (away && root.dataset.back) {
    const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    away.textContent = say("back", { day: day.format(new Date(root.dataset.back)) });
  }
  function begin() {
    if (isRunning) return;
    isRunning = true;
    if (talk.isBegun()) talk.listen();
    for (const message of talk.waiting()) talk.events.dispatchEvent(new CustomEvent("waits", { detail: message }));
    talk.flush();
  }

  // Until all of the above listens, nobody can write: the browser would send the form by itself.
  for (const field of root.querySelectorAll("[data-wakes]")) field.disabled = false;

  if (isPreview) return;
  hears({ ready: true });
  if (talk.isRefused) setTimeout(begin, 2000); // the page around it does not answer
  else begin();
  grow();
})();
