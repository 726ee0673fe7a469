/* Dashboards: charts of tiles that came after the page, dragging, and the keyboard that stays on its button. */
"use strict";

(() => {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (document.readyState !== "complete") return; // unfold draws all that is there when the page is loaded
    for (const canvas of event.target.querySelectorAll?.(".board-chart canvas.chart") ?? []) {
      if (!Chart.getChart(canvas)) {
        new Chart(canvas.getContext("2d"), {
          type: canvas.dataset.type,
          data: JSON.parse(canvas.dataset.value),
          options: JSON.parse(canvas.dataset.options),
        });
      }
    }
  });

  // A tile that did not come says so, and the others are not touched.
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      const place = event.target.closest?.(".board-content[data-failed]");
      if (place) {
        place.textContent = place.dataset.failed;
      }
    });
  }

  // After a button was pressed its page comes anew: the same button has the focus, or another of its tile.
  const pressed = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (pressed && pressed.matches(".board-icon")) {
    (pressed.disabled ? pressed.form.querySelector(".board-icon:not(:disabled)") : pressed)?.focus();
  }

  const board = document.querySelector(".board[data-arrange]");
  if (!board) {
    return;
  }
  let dragged = null;
  const over = (event) => event.target.closest?.(".board-tile");
  const clear = () => board.querySelectorAll(".is-over").forEach((tile) => tile.classList.remove("is-over"));

  board.addEventListener("dragstart", (event) => {
    if (!event.target.closest?.(".board-handle")) {
      return;
    }
    dragged = over(event);
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.tile);
    event.dataTransfer.setDragImage(dragged, 20, 20);
  });
  board.addEventListener("dragover", (event) => {
    if (dragged) {
      event.preventDefault();
      clear();
      const tile = over(event);
      if (tile && tile !== dragged) {
        tile.classList.add("is-over");
      }
    }
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    clear();
    dragged = null;
  });
  board.addEventListener("drop", (event) => {
    const tile = over(event);
    if (!dragged || !tile || tile === dragged) {
      return;
    }
    event.preventDefault();
    const tiles = [...board.querySelectorAll(".board-tile")];
    const isLater = tiles.indexOf(tile) > tiles.indexOf(dragged);
    tile[isLater ? "after" : "before"](dragged);
    const order = [...board.querySelectorAll(".board-tile")].map((one) => one.dataset.tile).join(",");
    const form = dragged.querySelector("form.board-tools");
    for (const [name, value] of [["do", "order"], ["order", order]]) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    form.submit();
  });
})();
