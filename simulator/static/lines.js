// One line of a chat: whoever wrote it, of whatever kind.

import { el, avatar, button, clock, icon, pressable } from "./dom.js";
import { flexMessage } from "./flex.js";
import { open } from "./actions.js";
import { linkified, media } from "./safe.js";
import { enlarge } from "./sheets.js";
import { sticker } from "./stickers.js";
import { imagemap, templateMessage } from "./templates.js";

/** The element of a line. `side` has: own (bool), name, isBot, tap(action, where), choose(line, node) for the line's menu. */
export function lineElement(line, side) {
  if (line.sender === "system") return el("p", { class: "note", text: line.message.text });
  if (line.unsent) return el("p", { class: "note", text: `${side.own ? "คุณ" : side.name}ยกเลิกข้อความ` });
  const body = draw(line, side);
  const time = el("span", { class: "time", text: `${line.edited ? "แก้ไขแล้ว " : ""}${clock(line.time)}` });
  const content = el("div", { class: `said said-${line.message.type}` }, body, time);
  if (side.own) return ownLine(line, side, content);
  const name = el("span", { class: "speaker", text: line.message.sender?.name ?? side.name });
  const face = avatar(side.name, side.isBot);
  if (line.message.sender?.iconUrl) face.src = media(line.message.sender.iconUrl);
  return el("div", { class: "line line-other" }, face, el("div", { class: "column" }, name, content));
}

function ownLine(line, side, content) {
  const menu = button("เมนูของข้อความนี้", () => side.choose(line, menu), { class: "line-menu" }, icon("more"));
  let held;
  content.addEventListener("pointerdown", () => {
    held = setTimeout(() => side.choose(line, menu), 600);
  });
  for (const kind of ["pointerup", "pointerleave", "pointercancel"]) content.addEventListener(kind, () => clearTimeout(held));
  return el("div", { class: "line line-own" }, menu, content);
}

function draw(line, side) {
  const message = line.message;
  const kind = DRAW[message.type];
  return kind ? kind(message, line, side) : el("div", { class: "balloon", text: `[${message.type}]` });
}

function picture(source, large, label) {
  const node = el("img", { class: "picture", src: source, alt: label, loading: "lazy" });
  return pressable(node, `${label} แตะเพื่อขยาย`, () => enlarge(large, label));
}

function place(message) {
  const where = `${message.latitude.toFixed(5)}, ${message.longitude.toFixed(5)}`;
  const card = el("div", { class: "place" },
    el("div", { class: "place-map" }, icon("pin")),
    el("div", { class: "place-words" },
      el("strong", { text: message.title || "ตำแหน่งที่ตั้ง" }),
      el("span", { text: message.address || "" }),
      el("span", { class: "place-degrees", text: where })));
  const query = encodeURIComponent(`${message.latitude},${message.longitude}`);
  return pressable(card, `ตำแหน่ง ${message.title || ""} ${where}`, () => open(`https://www.google.com/maps/search/?api=1&query=${query}`));
}

function sound(source, duration) {
  return el("div", { class: "balloon sound" }, el("audio", { controls: true, preload: "none", src: source, "aria-label": "ข้อความเสียง" }), el("span", { class: "sound-length", text: `${(duration / 1000).toFixed(0)} วินาที` }));
}

function file(message, line) {
  const link = el("a", { class: "file-link", href: `/sim/content/${line.id}`, download: message.fileName }, icon("file"), el("span", { text: message.fileName }));
  return el("div", { class: "balloon file" }, link, el("span", { class: "file-size", text: `${Math.ceil(message.fileSize / 1024).toLocaleString("th-TH")} KB` }));
}

const content = (line) => `/sim/content/${line.id}`;

const DRAW = {
  text: (message) => el("div", { class: "balloon" }, ...linkified(message.text)),
  textV2: (message) => el("div", { class: "balloon" }, ...linkified(message.text.replaceAll("{{", "{").replaceAll("}}", "}"))),
  sticker: (message) => sticker(message.packageId, message.stickerId),
  image: (message, line) => message.originalContentUrl
    ? picture(media(message.previewImageUrl), media(message.originalContentUrl), "รูปจากบอต")
    : picture(`${content(line)}?preview=1`, content(line), "รูปภาพ"),
  video: (message, line) => el("video", { class: "picture", controls: true, preload: "none", src: message.originalContentUrl ? media(message.originalContentUrl) : content(line), poster: message.previewImageUrl ? media(message.previewImageUrl) : undefined }),
  audio: (message, line) => sound(message.originalContentUrl ? media(message.originalContentUrl) : content(line), message.duration),
  file,
  location: place,
  flex: (message, line, side) => flexMessage(message.contents, (action) => side.tap(action, "flex")),
  template: (message, line, side) => templateMessage(message.template, (action) => side.tap(action, "template")),
  imagemap: (message, line, side) => imagemap(message, (action) => side.tap(action, "imagemap")),
};
