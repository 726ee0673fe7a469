(function candidChat(widget) {
  "use strict";

  const script = document.currentScript;
  const page = script ? new URL("./", script.src) : new URL(widget.url);
  const language = script?.dataset.language || widget.language;
  if (window.candidChats?.has(widget.key)) return; // the script stands twice in the page
  (window.candidChats ??= new Set()).add(widget.key);
  if (!widget.origins.includes(location.origin) && location.origin !== page.origin) {
    console.warn(widget.refused); // the frame would be refused by the browser
    return;
  }

  const KEPT = `candid-chat:${widget.key}`; // whether a conversation goes on: then its answers are waited for
  const memory = (name, value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(`${KEPT}:${name}`) || localStorage.getItem(`${KEPT}:${name}`);
      (name === "open" ? sessionStorage : localStorage).setItem(`${KEPT}:${name}`, value);
    } catch {
      // storage is off: the button alone is there after a reload
    }
    return null;
  };

  const host = document.createElement("div");
  host.style.cssText = "position:fixed;inset:auto 0 0 auto;z-index:2147483000;";
  const root = host.attachShadow({ mode: "open" });
  const narrow = matchMedia("(max-width: 480px)");
  let frame = null;
  let isOpen = false;
  let isReady = false; // the page in the frame listens

  function styled(node, style) {
    for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value);
    return node;
  }

  const button = styled(document.createElement("button"), {
    all: "initial", position: "fixed", right: "20px", bottom: "20px", width: "56px", height: "56px", "border-radius": "50%",
    background: widget.colour, color: "#fff", cursor: "pointer", "box-shadow": "0 4px 16px rgba(0,0,0,.28)", display: "grid", "place-items": "center",
  });
  button.type = "button";
  button.addEventListener("focus", () => button.matches(":focus-visible") && styled(button, { outline: "3px solid #fff", "outline-offset": "-6px" }));
  button.addEventListener("blur", () => styled(button, { outline: "none" }));
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "28", height: "28", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linejoin": "round", "stroke-linecap": "round", "aria-hidden": "true" })) drawing.setAttribute(name, value);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawing.append(line);
  const count = styled(document.createElement("span"), {
    position: "absolute", top: "-2px", right: "-2px", "min-width": "20px", height: "20px", "border-radius": "10px", background: "#b3261e", color: "#fff",
    font: "600 12px/20px system-ui, sans-serif", "text-align": "center", padding: "0 5px", "box-sizing": "border-box",
  });
  count.hidden = true;
  styled(count, { display: "none" });
  button.append(drawing, count);
  root.append(button);

  function look() {
    line.setAttribute("d", isOpen ? "M6 6l12 12M18 6L6 18" : "M4 5h16v11H9l-5 4z");
    button.setAttribute("aria-label", isOpen ? widget.close : widget.open);
    button.setAttribute("aria-expanded", String(isOpen));
    button.title = isOpen ? widget.close : widget.open;
    if (!frame) return;
    const small = narrow.matches;
    styled(frame, {
      display: isOpen ? "block" : "none",
      right: small ? "0" : "20px", bottom: small ? "0" : "88px", width: small ? "100vw" : "380px", height: small ? "100dvh" : "min(600px, calc(100vh - 108px))",
      "border-radius": small ? "0" : "14px",
    });
    styled(button, { display: isOpen && small ? "none" : "grid" }); // the frame has a cross of its own
  }

  function tell(message) {
    if (isReady) frame.contentWindow?.postMessage({ candid: "chat", ...message }, page.origin);
  }

  function load() {
    if (frame) return;
    frame = styled(document.createElement("iframe"), {
      position: "fixed", border: "0", background: "transparent", "box-shadow": "0 12px 40px rgba(0,0,0,.28)", "color-scheme": "light dark",
    });
    const asked = new URL(page);
    asked.searchParams.set("language", language);
    asked.searchParams.set("framed", "1");
    frame.src = asked.href;
    frame.title = widget.open;
    frame.allow = "";
    root.append(frame);
  }

  function show(open) {
    isOpen = open;
    if (open) load();
    memory("open", open ? "1" : "");
    look();
    tell({ open });
    if (!open) button.focus({ preventScroll: true });
  }

  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== page.origin || event.data?.candid !== "chat") return;
    const { ready, close, unread, going, keep } = event.data;
    if (ready) {
      isReady = true;
      tell({ open: isOpen, page: location.href, kept: memory("kept") || "" });
    }
    if (close) show(false);
    if (keep !== undefined) memory("kept", String(keep)); // where the browser lets the frame keep nothing
    if (going !== undefined) memory("going", going ? "1" : "");
    if (unread !== undefined) {
      count.textContent = unread > 9 ? "9+" : String(unread);
      styled(count, { display: unread ? "block" : "none" });
    }
  });
  button.addEventListener("click", () => show(!isOpen));
  narrow.addEventListener("change", look);

  function begin() {
    document.body.append(host);
    if (memory("going")) load();
    look();
    if (memory("open")) {
      show(true);
      button.blur();
    }
  }
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})
