// What happens when somebody taps something that the bot has put on the screen.

import { act, post, told } from "./api.js";
import { toast } from "./dom.js";
import { tappable } from "./safe.js";
import { askMoment, askPhotos, askPlace } from "./sheets.js";

/** Words for a button without a label: for screen readers and for rich menu areas. */
export function nameOf(action) {
  return action.label || action.text || action.displayText || action.uri || action.data || action.type;
}

/** Do an action as `who` ({who, group}); `where` says what was tapped: quick, flex, template, imagemap or menu. */
export async function perform(who, action, where, phone) {
  switch (action.type) {
    case "uri":
      return open(action.uri);
    case "clipboard":
      return copy(action.clipboardText);
    case "camera":
    case "cameraRoll":
      return askPhotos(who);
    case "location":
      return askPlace(who);
    case "datetimepicker": {
      const params = await askMoment(action);
      if (params) told(await post("tap", { ...who, action, where, params }));
      return undefined;
    }
    case "postback":
      inputOption(action, phone);
      told(await post("tap", { ...who, action, where }));
      return undefined;
    case "message":
    case "richmenuswitch":
      told(await post("tap", { ...who, action, where }));
      return undefined;
    default:
      return toast(`ไม่รู้จักปุ่มชนิด ${action.type}`);
  }
}

function inputOption(action, phone) {
  if (!phone) return;
  if (action.inputOption === "openKeyboard") phone.fillIn(action.fillInText ?? "");
  if (action.inputOption === "closeRichMenu") phone.showMenu(false);
  if (action.inputOption === "openRichMenu") phone.showMenu(true);
}

/** Follow an address if it is a harmless one. */
export function open(text) {
  const url = tappable(text);
  if (!url) return toast("ที่อยู่นี้เปิดไม่ได้");
  if (url.protocol === "tel:") return toast(`โทร ${decodeURIComponent(url.pathname)}`);
  if (url.protocol === "line:") return toast(`เปิดใน LINE: ${url.href}`);
  window.open(url.href, "_blank", "noopener,noreferrer");
  return undefined;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("คัดลอกแล้ว");
  } catch {
    toast(`คัดลอกไม่ได้: ${text}`);
  }
}

export { act };
