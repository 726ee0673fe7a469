/* The link named an answer: press its button, once somebody looks at the page. Without this script they press it. */
(() => {
  const form = document.querySelector("form[data-sends]");
  if (!form) return;
  const send = () => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", send);
    form.requestSubmit(form.querySelector(`.face[value="${form.dataset.sends}"]`));
  };
  document.addEventListener("visibilitychange", send);
  send();
})();
