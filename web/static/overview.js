// Charts drawn from the tables beside them (so that both say the same), and pictures and tables to take along.

const INK = "#16283a", LINE = "#d3dce4";
const COLOURS = ["#0f4c5c", "#c8781e"];
const PAPER = {
  id: "paper", // a picture that is pasted into a letter must not be transparent
  beforeDraw({ctx, width, height}) { ctx.save(); ctx.fillStyle = "#fff"; ctx.fillRect(0, 0, width, height); ctx.restore(); },
};

function read(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].slice(0, table.dataset.chart === "bar" ? 15 : undefined);
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    series: table.dataset.drawn.split(" ").map(Number).map((column) => ({
      label: heads[column],
      data: rows.map((row) => (row.cells[column].dataset.value === "" ? null : Number(row.cells[column].dataset.value))),
    })),
  };
}

function draw(place) {
  const table = document.getElementById(place.dataset.for);
  const {labels, series} = read(table);
  const lying = table.dataset.chart === "bar";
  if (lying && labels.length > 8) place.classList.add("tall");
  place.hidden = false;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 15;
  Chart.defaults.color = INK;
  const title = document.getElementById(table.id.replace("table-", "f-")).textContent;
  const sets = series.map((each, index) => ({
    ...each, borderColor: COLOURS[index], backgroundColor: COLOURS[index], borderWidth: lying ? 0 : 3,
    borderDash: index && !lying ? [8, 5] : [], pointStyle: index ? "rect" : "circle", pointRadius: labels.length > 40 ? 0 : 4, maxBarThickness: 30, tension: 0.2,
  }));
  return new Chart(place.querySelector("canvas"), {
    type: table.dataset.chart,
    data: {labels, datasets: sets},
    plugins: [PAPER],
    options: {
      indexAxis: lying ? "y" : "x", responsive: true, maintainAspectRatio: false, animation: false, layout: {padding: 8},
      scales: {x: {grid: {color: LINE}, beginAtZero: true, ticks: {precision: 0, maxRotation: 60, autoSkipPadding: 12}}, y: {grid: {color: LINE}, beginAtZero: true, ticks: {precision: 0, autoSkip: !lying}}},
      plugins: {legend: {display: sets.length > 1, labels: {usePointStyle: true}}, title: {display: true, text: `${title}${sets.length > 1 ? "" : ` · ${sets[0].label}`}`, font: {size: 16}}},
    },
  });
}

async function ofMap(figure) {
  const svg = figure.querySelector("svg");
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], {type: "image/svg+xml"}));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1200, 840];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 1200, 840);
  pen.drawImage(image, 0, 0, 1200, 840);
  URL.revokeObjectURL(image.src);
  return canvas;
}

const picture = (canvas) => new Promise((done) => { canvas.toBlob(done, "image/png"); });

function say(button) {
  const before = button.innerHTML;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.innerHTML = before; }, 2500);
  document.getElementById("told").textContent = button.dataset.done;
}

function offer(line, canvasOf) {
  line.hidden = false;
  const copy = line.querySelector("[data-copy-picture]"), save = line.querySelector("[data-save-picture]");
  if (!navigator.clipboard || !window.ClipboardItem) copy.hidden = true;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.write([new ClipboardItem({"image/png": canvasOf().then(picture)})]);
    say(copy);
  });
  save.addEventListener("click", async (event) => {
    if (save.href.startsWith("blob:")) return;
    event.preventDefault();
    save.href = URL.createObjectURL(await picture(await canvasOf()));
    save.click();
    setTimeout(() => { URL.revokeObjectURL(save.href); save.href = "#"; }, 1000);
  });
}

await document.fonts.ready;
for (const place of window.Chart ? document.querySelectorAll(".drawing") : []) {
  const chart = draw(place);
  offer(document.querySelector(`[data-picture-of="${place.dataset.for}"]`), async () => chart.canvas);
}
for (const figure of document.querySelectorAll("figure.villages")) {
  offer(document.querySelector(`[data-picture-of="${figure.id}"]`), () => ofMap(figure));
}

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy-table]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const table = document.getElementById(button.dataset.copyTable);
    const lines = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/^[=+\-@]/, "'$&")).join("\t"));
    await navigator.clipboard.writeText(lines.join("\n"));
    say(button);
  });
}
document.body.dataset.drawn = "";
