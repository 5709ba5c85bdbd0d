// Sheets that come up over the page: enlarged pictures, photos to choose, a place to pick, a sticker, a date, small menus.

import { act, postForm, told } from "./api.js";
import { button, el, icon } from "./dom.js";
import { placeGrid } from "./places.js";
import { sticker, STICKERS } from "./stickers.js";
import { current } from "./store.js";

/** Open a modal sheet; it is removed when it closes. Returns the dialog. */
export function sheet(title, ...content) {
  const dialog = el("dialog", { class: "sheet", "aria-label": title });
  const close = button("ปิด", () => dialog.close(), { class: "sheet-close" }, icon("close"));
  dialog.append(el("header", { class: "sheet-head" }, el("h2", { text: title }), close), ...content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Show a picture large. */
export function enlarge(source, label) {
  sheet(label, el("img", { class: "enlarged", src: source, alt: label }));
}

/** Choose photos: built-in ones, or files of this machine; several make one image set. */
export function askPhotos(who) {
  const chosen = new Set();
  const samples = Object.entries(current().photos).map(([name, label]) => {
    const tile = button(label, () => {
      if (!chosen.delete(name)) chosen.add(name);
      tile.setAttribute("aria-pressed", String(chosen.has(name)));
      send.disabled = chosen.size === 0;
    }, { class: "tile", "aria-pressed": "false" }, el("img", { src: `/sim/samples/${name}`, alt: "" }), el("span", { text: label }));
    return tile;
  });
  const files = el("input", { type: "file", accept: "image/jpeg,image/png", multiple: true, "aria-label": "เลือกรูปจากเครื่องนี้" });
  files.addEventListener("change", () => {
    if (!files.files.length) return;
    dialog.close();
    sendFiles(who, "photo", [...files.files]);
  });
  const send = button("ส่งรูปที่เลือก", async () => {
    dialog.close();
    const blobs = await Promise.all([...chosen].map(async (name) => (await fetch(`/sim/samples/${name}`)).blob()));
    sendFiles(who, "photo", blobs);
  }, { class: "primary", disabled: true });
  const dialog = sheet("ส่งรูป", el("p", { text: "รูปตัวอย่าง (เลือกได้หลายรูป)" }), el("div", { class: "tiles" }, ...samples), send, el("label", { class: "file-choice" }, icon("photo"), el("span", { text: "หรือเลือกรูปจากเครื่องนี้" }), files));
  return undefined;
}

/** Send files as photo, voice, video or file. */
export async function sendFiles(who, kind, blobs, seconds = 3) {
  const form = new FormData();
  form.set("who", who.who);
  if (who.group) form.set("group", who.group);
  form.set("kind", kind);
  form.set("seconds", String(seconds));
  for (const blob of blobs) form.append("data", blob, blob.name ?? `${kind}`);
  const done = await postForm("media", form);
  for (const one of done?.sent ?? []) told(one);
}

/** Choose any file. */
export function askFile(who) {
  const input = el("input", { type: "file" });
  input.addEventListener("change", () => {
    const kind = input.files[0]?.type.startsWith("video/") ? "video" : "file";
    if (input.files.length) sendFiles(who, kind, [input.files[0]]);
  });
  input.click();
}

/** Pick a place: one of the presets, or a pin on a plain grid. */
export function askPlace(who) {
  const grid = placeGrid(current().places);
  const send = button("ส่งตำแหน่งนี้", () => {
    dialog.close();
    act({ act: "location", ...who, ...grid.value() });
  }, { class: "primary" });
  const dialog = sheet("ส่งตำแหน่งที่ตั้ง", grid.node, send);
}

/** Choose a sticker. */
export function askSticker(who) {
  const tiles = STICKERS.map((one) => button(one.word, () => {
    dialog.close();
    act({ act: "sticker", ...who, package: one.package, sticker: one.sticker, keywords: one.keywords });
  }, { class: "tile" }, sticker(one.package, one.sticker)));
  const dialog = sheet("ส่งสติกเกอร์", el("div", { class: "tiles" }, ...tiles));
}

/** Ask for a date, a time or both; resolves to the postback's params, or null when closed. */
export function askMoment(action) {
  const kind = { date: "date", time: "time", datetime: "datetime-local" }[action.mode];
  const tidy = (value) => value?.replace("t", "T");
  const input = el("input", { type: kind, value: tidy(action.initial), min: tidy(action.min), max: tidy(action.max), "aria-label": action.label ?? "เลือกวันเวลา" });
  return new Promise((resolve) => {
    const choose = button("ตกลง", () => {
      if (!input.value || !input.reportValidity()) return;
      resolve({ [action.mode]: input.value });
      dialog.close();
    }, { class: "primary" });
    const dialog = sheet(action.label ?? "เลือกวันเวลา", el("label", { class: "field" }, input), choose);
    dialog.addEventListener("close", () => resolve(null));
  });
}

/** A small list of things to do. `choices`: [label, function] pairs. */
export function choices(title, pairs) {
  const rows = pairs.map(([label, run]) => button(label, () => {
    dialog.close();
    run();
  }, { class: "choice" }));
  const dialog = sheet(title, el("div", { class: "choices" }, ...rows));
}

/** Ask for one line of text; resolves to it, or null. */
export function askText(title, initial = "") {
  const input = el("textarea", { rows: "3", "aria-label": title });
  input.value = initial;
  return new Promise((resolve) => {
    const ok = button("ตกลง", () => {
      resolve(input.value.trim() || null);
      dialog.close();
    }, { class: "primary" });
    const dialog = sheet(title, el("label", { class: "field" }, input), ok);
    dialog.addEventListener("close", () => resolve(null));
  });
}
