// One photo: larger, smaller, turned; rectangles over what the public must not see. They are sent as parts of the picture.

const stage = document.querySelector("[data-stage]");
const frame = document.querySelector("[data-frame]");
const photo = document.querySelector("[data-photo]");
const form = document.querySelector("[data-boxes-form]");
const boxes = [];
let zoom = 1;
let turned = 0;

for (const tools of document.querySelectorAll("[data-tools]")) tools.hidden = false;

/** Show it so large and so turned. At zoom 1 it fits the window. */
function show() {
  stage.classList.toggle("zoomed", zoom > 1);
  photo.style.width = zoom > 1 ? `${Math.round(stage.clientWidth * zoom)}px` : "";
  photo.style.height = zoom > 1 ? "auto" : "";
  frame.style.transform = turned ? `rotate(${turned}deg)` : "";
}

for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    zoom = Math.min(6, Math.max(1, zoom + Number(button.dataset.zoom) * 0.5));
    show();
  });
}
document.querySelector("[data-turn]").addEventListener("click", () => {
  turned = (turned + 90) % 360;
  show();
});

/** The rectangles as the form sends them, and as words. */
function tell() {
  form.querySelector("[data-boxes]").value = boxes.map((box) => box.at.map((part) => part.toFixed(5)).join(",")).join(";");
  const count = form.querySelector("[data-box-count]");
  count.textContent = count.dataset.words.replace("{n}", boxes.length);
}

function place(box) {
  const [left, top, width, height] = box.at;
  Object.assign(box.shown.style, { left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });
}

function add(at) {
  const box = { at, shown: document.createElement("div") };
  box.shown.className = "cover-box";
  const away = document.createElement("button");
  away.type = "button";
  away.textContent = "×";
  away.setAttribute("aria-label", document.querySelector("[data-box-undo]").textContent.trim());
  away.addEventListener("click", () => remove(box));
  box.shown.append(away);
  frame.append(box.shown);
  boxes.push(box);
  place(box);
  tell();
  return box;
}

function remove(box) {
  boxes.splice(boxes.indexOf(box), 1);
  box.shown.remove();
  tell();
}

const within = (value) => Math.min(1, Math.max(0, value));

/** Where the pointer is, in parts of the picture, whatever its zoom and turn. */
function spot(event) {
  const around = frame.getBoundingClientRect();
  const x = (event.clientX - around.left) / around.width;
  const y = (event.clientY - around.top) / around.height;
  const back = { 0: [x, y], 90: [y, 1 - x], 180: [1 - x, 1 - y], 270: [1 - y, x] }[turned];
  return back.map(within);
}

function draw(event) {
  if (event.button !== 0 || event.target.closest("button")) return;
  event.preventDefault();
  const from = spot(event);
  const box = add([...from, 0.001, 0.001]);
  const drag = (moved) => {
    const to = spot(moved);
    box.at = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
    place(box);
  };
  const end = () => {
    frame.removeEventListener("pointermove", drag);
    if (box.at[2] < 0.01 || box.at[3] < 0.01) remove(box);
    tell();
  };
  frame.setPointerCapture(event.pointerId);
  frame.addEventListener("pointermove", drag);
  frame.addEventListener("pointerup", end, { once: true });
  frame.addEventListener("pointercancel", end, { once: true });
}

if (form) {
  frame.classList.add("drawing");
  frame.addEventListener("pointerdown", draw);
  document.querySelector("[data-box-add]").addEventListener("click", () => add([0.4, 0.4, 0.2, 0.2]));
  document.querySelector("[data-box-undo]").addEventListener("click", () => boxes.length && remove(boxes.at(-1)));
  tell();
}
