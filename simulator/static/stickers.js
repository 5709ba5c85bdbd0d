// A few stickers of our own (LINE's cannot be shown), drawn as faces with a word.

import { el, shape } from "./dom.js";

/** The stickers that can be sent: ids as LINE would give them, a word, the keywords of the event, and how the face looks. */
export const STICKERS = [
  { package: "446", sticker: "1988", word: "สวัสดี", keywords: ["hello", "hi"], colour: "#ffd34d", mouth: "M18 38q14 14 28 0" },
  { package: "446", sticker: "1989", word: "ขอบคุณ", keywords: ["thanks", "thank you"], colour: "#ffb3c7", mouth: "M20 40q12 10 24 0" },
  { package: "446", sticker: "1990", word: "โอเค", keywords: ["ok", "good"], colour: "#a8e08f", mouth: "M20 38q12 8 24 0z" },
  { package: "446", sticker: "1991", word: "ช่วยด้วย", keywords: ["help", "sos"], colour: "#a9d4ff", mouth: "M24 44q8-10 16 0" },
  { package: "446", sticker: "1992", word: "โมโหแล้ว", keywords: ["angry"], colour: "#ff9a84", mouth: "M22 44h20" },
  { package: "446", sticker: "1993", word: "สู้ ๆ", keywords: ["cheer", "fight"], colour: "#d9c2ff", mouth: "M20 36q12 18 24 0z" },
];

/** A sticker as a picture; an unknown one shows its number. */
export function sticker(packageId, stickerId) {
  const known = STICKERS.find((one) => one.package === String(packageId) && one.sticker === String(stickerId));
  const look = known ?? { word: `สติกเกอร์ ${stickerId}`, colour: "#d7dbe2", mouth: "M22 41h20" };
  const face = shape("svg", { viewBox: "0 0 64 64", class: "sticker-face", "aria-hidden": "true" },
    shape("circle", { cx: 32, cy: 32, r: 28, fill: look.colour, stroke: "#3b3b3b", "stroke-width": 2 }),
    shape("circle", { cx: 23, cy: 27, r: 3, fill: "#222" }),
    shape("circle", { cx: 41, cy: 27, r: 3, fill: "#222" }),
    shape("path", { d: look.mouth, fill: look.mouth.endsWith("z") ? "#7a1f1f" : "none", stroke: "#222", "stroke-width": 3, "stroke-linecap": "round" }));
  return el("span", { class: "sticker" }, face, el("span", { class: "sticker-word", text: look.word }));
}
