/* Behaviour reports: charts that came after the page, and clicks on bars and points. */
"use strict";

(() => {
  const draw = (place) => {
    for (const canvas of place.querySelectorAll("canvas.chart")) {
      if (!Chart.getChart(canvas)) {
        new Chart(canvas.getContext("2d"), {
          type: canvas.dataset.type,
          data: JSON.parse(canvas.dataset.value),
          options: JSON.parse(canvas.dataset.options),
        });
      }
    }
  };

  // The address behind what was clicked on, or nothing.
  const behind = (canvas, event) => {
    const chart = Chart.getChart(canvas);
    const [hit] = chart ? chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false) : [];
    const links = hit ? JSON.parse(canvas.dataset.links || "[]") : [];
    return (hit && chart.data.datasets[hit.datasetIndex].data[hit.index] && links[hit.datasetIndex]?.[hit.index]) || "";
  };

  document.addEventListener("click", (event) => {
    if (event.target.matches?.("canvas[data-links]")) {
      const address = behind(event.target, event);
      if (address) {
        window.location.assign(address);
      }
    }
  });
  document.addEventListener("mousemove", (event) => {
    if (event.target.matches?.("canvas[data-links]")) {
      event.target.style.cursor = behind(event.target, event) ? "pointer" : "";
    }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    for (const canvas of event.target.querySelectorAll?.("canvas.chart") ?? []) {
      Chart.getChart(canvas)?.destroy();
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "behaviour-result") {
      draw(event.target);
    }
  });
})();
