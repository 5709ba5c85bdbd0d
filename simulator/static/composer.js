// Where a person writes: text, photos, voice, place, sticker, file.

import { act } from "./api.js";
import { button, el, icon } from "./dom.js";
import { askFile, askPhotos, askPlace, askSticker } from "./sheets.js";
import { askVoice } from "./voice.js";

/** A composer; `who()` says who writes and where, `begins()` is told when typing begins (the menu gives way). Has `node` and `fillIn(text)`. */
export function composer(who, begins) {
  const box = el("textarea", { rows: "1", placeholder: "พิมพ์ข้อความ", "aria-label": "พิมพ์ข้อความ", maxlength: "10000", enterkeyhint: "send" });
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 120)}px`;
    send.hidden = !box.value.trim();
    mic.hidden = !send.hidden;
  };
  const say = () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    grow();
    act({ act: "say", ...who(), text });
  };
  const send = button("ส่ง", say, { class: "tool tool-send", hidden: true }, icon("send"));
  const mic = button("ส่งเสียง", () => askVoice(who()), { class: "tool" }, icon("mic"));
  box.addEventListener("input", () => {
    begins();
    grow();
  });
  box.addEventListener("keydown", (event) => {
    // While Thai is being composed by an input method, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say();
  });
  const tools = el("div", { class: "tools", hidden: true },
    button("ส่งตำแหน่งที่ตั้ง", () => askPlace(who()), { class: "tool-wide" }, icon("pin"), el("span", { text: "ตำแหน่ง" })),
    button("ส่งสติกเกอร์", () => askSticker(who()), { class: "tool-wide" }, icon("smile"), el("span", { text: "สติกเกอร์" })),
    button("ส่งไฟล์", () => askFile(who()), { class: "tool-wide" }, icon("file"), el("span", { text: "ไฟล์" })));
  const more = button("เพิ่มเติม", () => {
    tools.hidden = !tools.hidden;
    more.setAttribute("aria-expanded", String(!tools.hidden));
  }, { class: "tool", "aria-expanded": "false" }, icon("plus"));
  tools.addEventListener("click", () => {
    tools.hidden = true;
    more.setAttribute("aria-expanded", "false");
  });
  const photo = button("ส่งรูป", () => askPhotos(who()), { class: "tool" }, icon("photo"));
  const node = el("div", { class: "composer" }, el("div", { class: "composer-row" }, more, photo, box, send, mic), tools);
  return {
    node,
    fillIn(text) {
      box.value = text;
      grow();
      box.focus();
    },
  };
}
