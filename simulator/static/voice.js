// Voice messages: recorded where the browser allows it, else the built-in tone.

import { act } from "./api.js";
import { toast } from "./dom.js";
import { choices, sendFiles } from "./sheets.js";

const KINDS = ["audio/mp4", "audio/webm;codecs=opus", "audio/webm"];

/** Offer to record or to send the sample. */
export function askVoice(who) {
  const offers = [["ส่งเสียงตัวอย่าง (3 วินาที)", () => act({ act: "voice", ...who, seconds: 3 })]];
  if (navigator.mediaDevices && window.MediaRecorder) offers.unshift(["บันทึกเสียงจากไมโครโฟน", () => record(who)]);
  choices("ส่งข้อความเสียง", offers);
}

async function record(who) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    toast("ใช้ไมโครโฟนไม่ได้ ลองส่งเสียงตัวอย่างแทน");
    return;
  }
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
  const parts = [];
  const started = performance.now();
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    for (const track of stream.getTracks()) track.stop();
    const type = recorder.mimeType.split(";")[0];
    sendFiles(who, "voice", [new File(parts, "voice", { type })], (performance.now() - started) / 1000);
  });
  recorder.start();
  choices("กำลังบันทึกเสียง… แตะเพื่อหยุดและส่ง", [["หยุดและส่ง", () => recorder.stop()]]);
}
