// Puts a form of Candid where this script stands, in a frame that is as high as the form.
(function () {
  var script = document.currentScript;
  if (!script) return;
  var address = new URL(script.src);
  var page = new URL("./", address);
  page.searchParams.set("embedded", "1");
  var language = script.dataset.language || "";
  if (language) page.searchParams.set("language", language);
  if (script.dataset.theme === "auto") page.searchParams.set("theme", "auto");
  var frame = document.createElement("iframe");
  frame.src = page.href;
  frame.title = script.dataset.title || "Contact";
  frame.style.cssText = "width:100%;border:0;min-height:34rem;color-scheme:" + (script.dataset.theme === "auto" ? "light dark" : "light");
  frame.setAttribute("loading", "lazy");
  script.parentNode.insertBefore(frame, script);
  addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    var height = Number(event.data && event.data.candidFormHeight);
    if (height > 0 && height < 20000) frame.style.height = height + "px";
  });
})();
