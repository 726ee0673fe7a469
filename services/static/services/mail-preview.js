// The preview of a mail template: asks how what is typed reads, and shows the placeholders of the chosen event.
(() => {
  const QUIET_MS = 600;

  const start = (box) => {
    const form = document.querySelector("#mailtemplate_form");
    if (!form) return;
    const field = (name) => form.elements[name];
    const shown = box.querySelector("[data-mail-shown]");
    const ticket = box.querySelector("[data-mail-ticket]");
    let waiting = 0;
    let asked = 0;

    const showKnown = () => {
      for (const one of box.querySelectorAll("[data-event]")) one.hidden = one.dataset.event !== field("event")?.value;
    };
    const look = async () => {
      const mine = ++asked;
      const data = new FormData();
      for (const name of ["event", "language", "subject", "body"]) data.append(name, field(name)?.value ?? "");
      data.append("ticket", ticket.value);
      data.append("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
      const response = await fetch(box.dataset.mailPreview, { method: "POST", body: data, credentials: "same-origin" });
      if (mine === asked) shown.innerHTML = await response.text(); // of our own templates, escaped there
    };
    const later = () => {
      showKnown();
      if (!shown) return;
      clearTimeout(waiting);
      waiting = setTimeout(look, QUIET_MS);
    };

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    ticket?.addEventListener("input", later);
    box.querySelector("[data-mail-look]")?.addEventListener("click", look);
    later();
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-mail-preview]").forEach(start));
})();
