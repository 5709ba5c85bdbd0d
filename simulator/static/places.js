// A plain grid with a pin: picks a latitude and longitude without any map server.

import { button, el, icon } from "./dom.js";

const SPAN = 0.02; // degrees from the middle to each edge: about 2.2 km

/** `places`: [{title, address, latitude, longitude}], the first being the middle. Gives `node` and `value()`. */
export function placeGrid(places) {
  const middle = places[0];
  let chosen = { ...middle };
  const pin = el("button", { type: "button", class: "grid-pin" }, icon("pin"));
  const marks = places.map((one) => el("span", { class: "grid-mark", text: one.title }));
  const grid = el("div", { class: "grid" }, ...marks, pin);
  const words = el("p", { class: "grid-words", role: "status" });
  const title = el("input", { type: "text", maxlength: "100", "aria-label": "ชื่อสถานที่" });
  const address = el("input", { type: "text", maxlength: "100", "aria-label": "ที่อยู่" });

  const put = (node, place) => {
    node.style.left = `${50 + ((place.longitude - middle.longitude) / SPAN) * 50}%`;
    node.style.top = `${50 - ((place.latitude - middle.latitude) / SPAN) * 50}%`;
  };
  const show = () => {
    put(pin, chosen);
    const degrees = `${chosen.latitude.toFixed(5)}, ${chosen.longitude.toFixed(5)}`;
    words.textContent = degrees;
    pin.setAttribute("aria-label", `หมุดที่ ${degrees} เลื่อนด้วยปุ่มลูกศร`);
  };
  const choose = (place) => {
    chosen = { ...place };
    title.value = place.title ?? "";
    address.value = place.address ?? "";
    show();
  };
  const move = (longitude, latitude) => {
    const near = (value, around) => Math.min(around + SPAN, Math.max(around - SPAN, value));
    chosen = { longitude: near(longitude, middle.longitude), latitude: near(latitude, middle.latitude) };
    title.value = "";
    address.value = "";
    show();
  };
  dragging(grid, pin, (x, y) => move(middle.longitude + (x - 0.5) * 2 * SPAN, middle.latitude - (y - 0.5) * 2 * SPAN));
  pin.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    move(chosen.longitude + step[0] * 0.0005, chosen.latitude + step[1] * 0.0005);
  });
  places.forEach((one, index) => put(marks[index], one));
  const presets = el("div", { class: "presets" }, ...places.map((one) => button(one.title, () => choose(one), { class: "preset" })));
  const fields = el("div", { class: "grid-fields" }, el("label", { class: "field" }, el("span", { text: "ชื่อสถานที่" }), title), el("label", { class: "field" }, el("span", { text: "ที่อยู่" }), address));
  choose(middle);
  return {
    node: el("div", {}, presets, grid, words, fields),
    value: () => ({ latitude: chosen.latitude, longitude: chosen.longitude, title: title.value, address: address.value }),
  };
}

function dragging(grid, pin, moved) {
  let held = false;
  const follow = (event) => {
    const area = grid.getBoundingClientRect();
    moved((event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
  };
  grid.addEventListener("pointerdown", (event) => {
    held = true;
    grid.setPointerCapture(event.pointerId);
    follow(event);
    pin.focus();
  });
  grid.addEventListener("pointermove", (event) => held && follow(event));
  for (const kind of ["pointerup", "pointercancel"]) grid.addEventListener(kind, () => (held = false));
}
