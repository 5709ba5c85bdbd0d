// Template messages and imagemaps.

import { nameOf } from "./actions.js";
import { el, pressable } from "./dom.js";
import { media } from "./safe.js";

/** A template message's `template`. */
export function templateMessage(template, tap) {
  if (template.type === "carousel") return row(template.columns.map((column) => card(column, template, tap)));
  if (template.type === "image_carousel") return row(template.columns.map((column) => pictureCard(column, tap)));
  return card(template, template, tap);
}

function row(cards) {
  return el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": "เลื่อนดูการ์ด" }, ...cards);
}

function card(part, looks, tap) {
  const node = el("div", { class: `template template-${looks.type}` });
  if (part.thumbnailImageUrl) {
    const square = looks.imageAspectRatio === "square";
    node.append(el("img", { class: "template-image", src: media(part.thumbnailImageUrl), alt: "", loading: "lazy", style: { aspectRatio: square ? "1 / 1" : "1.51 / 1", objectFit: looks.imageSize ?? "cover", backgroundColor: part.imageBackgroundColor ?? "" } }));
  }
  const words = el("div", { class: "template-words" });
  if (part.title) words.append(el("p", { class: "template-title", text: part.title }));
  words.append(el("p", { class: "template-text", text: part.text }));
  node.append(part.defaultAction ? pressable(words, "", () => tap(part.defaultAction)) : words);
  const actions = part.actions.map((action) => el("button", { type: "button", class: "template-button", text: action.label, on: { click: () => tap(action) } }));
  node.append(el("div", { class: "template-actions" }, ...actions));
  return node;
}

function pictureCard(column, tap) {
  const node = el("div", { class: "template template-picture" }, el("img", { src: media(column.imageUrl), alt: "", loading: "lazy" }));
  if (column.action.label) node.append(el("span", { class: "template-picture-label", text: column.action.label }));
  return pressable(node, nameOf(column.action), () => tap(column.action));
}

/** An imagemap: its picture with invisible buttons where its actions are. */
export function imagemap(message, tap) {
  const { width, height } = message.baseSize;
  const node = el("div", { class: "imagemap", style: { aspectRatio: `${width} / ${height}` } }, el("img", { src: media(`${message.baseUrl}/1040`), alt: message.altText }));
  for (const action of message.actions) {
    node.append(areaButton(action.area, width, height, action.label || action.text || action.linkUri || "", () => tap(action.linkUri ? { type: "uri", uri: action.linkUri } : action)));
  }
  return node;
}

/** A see-through button over a part of a picture. */
export function areaButton(bounds, width, height, label, press) {
  return el("button", { type: "button", class: "area", "aria-label": label, title: label, on: { click: press }, style: { left: `${(bounds.x / width) * 100}%`, top: `${(bounds.y / height) * 100}%`, width: `${(bounds.width / width) * 100}%`, height: `${(bounds.height / height) * 100}%` } });
}
