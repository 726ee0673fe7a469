// How what is said in a chat looks: words, times, bubbles with their links and files.
window.Lines = (() => {
  "use strict";

  const root = document.getElementById("chat");
  const talk = window.Talk;

  function say(key, values = {}) {
    const text = root.dataset[`say${key[0].toUpperCase()}${key.slice(1)}`] || "";
    return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? values[name] : whole));
  }

  function node(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const language = document.documentElement.lang;
  // As the visitor writes times, where they speak the language of the page.
  const locale = navigator.languages.find((one) => one.slice(0, 2) === language.slice(0, 2)) || language;
  const time = (at) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
  // Addresses in a text become links; all else stays text.
  function spoken(text) {
    const place = node("p", "said__text");
    let from = 0;
    for (const found of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]，。；：！？）]/g)) {
      const link = node("a", "", found[0]);
      Object.assign(link, { href: found[0], target: "_blank", rel: "noopener noreferrer nofollow" });
      place.append(text.slice(from, found.index), link);
      from = found.index + found[0].length;
    }
    place.append(text.slice(from));
    return place;
  }

  function sizeOf(bytes) {
    return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  }

  async function save(file) {
    const blob = await talk.file(file.key).catch(() => null);
    if (!blob) return;
    const link = node("a");
    link.href = URL.createObjectURL(blob);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function bubble({ theirs, name, text, files }) {
    const item = node("li", `said said--${theirs ? "yours" : "ours"}`);
    if (!theirs) item.append(node("p", "said__who", name || say("us")));
    else item.append(node("p", "unseen", say("you")));
    item.append(spoken(text));
    for (const file of files || []) {
      const button = node("button", "said__file", `${file.name} · ${sizeOf(file.size)}`);
      button.type = "button";
      button.addEventListener("click", () => save(file));
      item.append(button);
    }
    item.append(node("p", "said__when"));
    return item;
  }

  return { say, node, locale, time, sizeOf, bubble };
})();
