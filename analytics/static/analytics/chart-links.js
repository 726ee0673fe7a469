// A click on a step of a chart opens what lies behind it: data-links holds an address for each label.
document.addEventListener("click", (event) => {
  const canvas = event.target.closest("canvas[data-links]");
  const chart = canvas && window.Chart && window.Chart.getChart(canvas);
  if (!chart) return;
  const [step] = chart.getElementsAtEventForMode(event, "index", { intersect: false }, true);
  const link = step && JSON.parse(canvas.dataset.links)[step.index];
  if (link) window.location.assign(link);
});
