// The conversation with the server: who this is, what waits to be sent, what has come. Knows nothing of the page.
// What was written is kept until the server says that it has it, and sent again under its own key until then; what was
// said to the visitor is asked for from the last line that came. So neither is lost, and neither comes twice.
window.Talk = (() => {
  "use strict";

  const root = document.getElementById("chat");
  const KEPT = `candid-chat:${root.dataset.key}`;
  const POLL = 3000;
  const SLOWEST = 15000;
  // Browsers that refuse a frame of another site a storage of its own: there the page around it keeps what is kept here,
  // in its storage. It is one of the widget's web sites: browsers show this page in no other.
  const isRefused = (() => {
    try {
      localStorage.getItem(KEPT);
      return false;
    } catch {
      return window.parent !== window;
    }
  })();
  let memory = {};

  function load() {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) || {};
    } catch {
      return memory;
    }
  }

  function keep(changes) {
    memory = { ...load(), ...changes };
    try {
      localStorage.setItem(KEPT, JSON.stringify(memory));
    } catch {
      if (isRefused) window.parent.postMessage({ candid: "chat", keep: JSON.stringify(memory) }, location.ancestorOrigins?.[0] || "*");
    }
  }

  // What the page around kept.
  function restore(text) {
    try {
      memory = { ...JSON.parse(text), ...memory };
    } catch {
      // nothing was kept
    }
  }

  function random(bytes) {
    return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return [...bytes].map((byte, place) => ([4, 6, 8, 10].includes(place) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
  }

  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const files = new Map(); // key of a message -> its files: they outlive no reload
  const events = new EventTarget();
  const tell = (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail }));
  let last = 0; // the newest line that came
  let who = {}; // name, email, page
  let sending = false;
  let run = 0; // which conversation is listened to; another one ends the one before
  let hurry = null;

  const secret = () => load().secret || "";
  const waiting = () => load().waiting || [];
  const isBegun = () => Boolean(load().begun);

  async function ask(path, { method = "GET", body, signal } = {}) {
    const headers = { "X-Chat-Secret": secret() };
    try {
      const response = await fetch(root.dataset.url + path, { method, body, headers, signal, cache: "no-store", credentials: "omit" });
      tell("offline", false);
      return response;
    } catch (error) {
      tell("offline", true);
      throw error;
    }
  }

  const send = (path, values) => ask(path, { method: "POST", body: JSON.stringify(values) });

  async function start(more = {}) {
    who = { ...who, ...more };
    if (!secret()) keep({ secret: random(32) });
    const response = await send("start", { ...who, language: document.documentElement.lang });
    if (response.ok) keep({ begun: true });
    return response;
  }

  // The first that waits is sent until the server has it; then the next one.
  function write(text, attached = []) {
    const message = { key: newKey(), text, files: attached.map((file) => file.name), at: new Date().toISOString() };
    if (attached.length) files.set(message.key, attached);
    keep({ waiting: [...waiting(), message] });
    tell("waits", message);
    flush();
    return message.key;
  }

  const settled = (key) => {
    keep({ waiting: waiting().filter((message) => message.key !== key) });
    files.delete(key);
  };

  // Files that another page of this browser is sending are its affair, unless it is long gone.
  const next = () => waiting().find((message) => !message.files.length || files.has(message.key) || Date.now() - Date.parse(message.at) > 600000);

  async function flush() {
    if (sending) return;
    sending = true;
    let pause = 1000;
    for (let message; (message = next()); ) {
      try {
        if (!isBegun() && !(await begun(message))) break;
        const outcome = await attempt(message);
        if (outcome === "stop") break;
        if (outcome === "again") throw new Error("again");
        pause = 1000;
      } catch {
        tell("retries", message);
        await Promise.race([wait(pause), new Promise((done) => (hurry = done))]);
        pause = Math.min(2 * pause, SLOWEST);
      }
    }
    sending = false;
  }

  async function begun(message) {
    const response = await start();
    if (response.ok) {
      listen();
      return true;
    }
    if (response.status >= 500 || response.status === 429) throw new Error("again");
    const { detail, field } = await response.json();
    settled(message.key);
    tell("refused", { ...message, detail, field });
    return false;
  }

  async function attempt(message) {
    const attached = files.get(message.key) || [];
    if (message.files.length && !attached.length) {
      settled(message.key);
      tell("refused", { ...message, detail: root.dataset.sayLost });
      return "next";
    }
    const body = new FormData();
    body.set("key", message.key);
    body.set("text", message.text);
    for (const file of attached) body.append("file", file);
    const response = await ask("messages", { method: "POST", body });
    if (response.ok) {
      settled(message.key);
      tell("line", (await response.json()).line);
      return "next";
    }
    if (response.status === 401) {
      keep({ begun: false }); // it was forgotten: the same secret begins anew
      return "again";
    }
    if (response.status >= 500 || response.status === 429 || response.status === 408) return "again";
    const { detail } = await response.json().catch(() => ({ detail: root.dataset.sayRefused }));
    settled(message.key);
    tell("refused", { ...message, detail });
    return "next";
  }

  // What is said to us: by the stream; where there is no room for one, by asking every few seconds.
  async function listen() {
    const mine = ++run;
    let pause = 500;
    while (mine === run) {
      try {
        const outcome = await hear(mine);
        if (outcome === "gone") return;
        pause = 500;
        if (outcome === "full") {
          await poll(mine);
          await wait(POLL);
        }
      } catch {
        if (mine !== run) return;
        tell("offline", true);
        await Promise.race([wait(pause), new Promise((done) => (hurry = done))]);
        pause = Math.min(2 * pause, SLOWEST);
      }
    }
  }

  async function hear(mine) {
    const leaving = new AbortController();
    const response = await ask(`stream?after=${last}`, { signal: leaving.signal });
    if (response.status === 401 || response.status === 404) return gone(response.status);
    if (response.status === 503 || response.status === 429) return "full";
    if (!response.ok) throw new Error("again");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (mine !== run) {
        leaving.abort();
        return "gone";
      }
      if (done) return "over";
      text += value;
      const blocks = text.split("\n\n");
      text = blocks.pop();
      blocks.forEach(take);
    }
  }

  function take(block) {
    const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]));
    if (fields.event === "line") came(JSON.parse(fields.data));
    if (fields.event === "state") tell("state", JSON.parse(fields.data));
  }

  function came(line) {
    last = Math.max(last, line.id);
    if (line.key) settled(line.key);
    tell("line", line);
  }

  async function poll(mine) {
    for (let more = true; more; ) {
      const response = await ask(`messages?after=${last}`);
      if (mine !== run || response.status === 401) return;
      if (!response.ok) throw new Error("again");
      const told = await response.json();
      told.lines.forEach(came);
      tell("state", told.state);
      more = told.more;
    }
  }

  function gone(status) {
    if (status === 401) keep({ begun: false });
    tell("gone", status);
    return "gone";
  }

  // A new conversation: what was said in the old one stays with the ticket.
  function anew() {
    run++;
    last = 0;
    keep({ secret: random(32), begun: false, waiting: [] });
  }

  async function file(key) {
    const response = await ask(`files/${key}`);
    return response.ok ? response.blob() : null;
  }

  addEventListener("online", () => hurry?.());

  return { events, isRefused, restore, isBegun, waiting, start, write, flush, listen, anew, send, file, hurry: () => hurry?.(), last: () => last, is: (values) => (who = { ...who, ...values }) };
})();
