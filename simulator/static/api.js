// Talking to the control API.

import { toast } from "./dom.js";

/** Send JSON; returns the answer, or null after telling the person why it failed. */
export async function post(path, body) {
  return answer(fetch(`/sim/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

/** Send files (a FormData). */
export async function postForm(path, form) {
  return answer(fetch(`/sim/${path}`, { method: "POST", body: form }));
}

async function answer(request) {
  try {
    const response = await request;
    const body = await response.json();
    if (response.ok) return body;
    toast(`ทำไม่ได้: ${body.error ?? response.status}`);
  } catch {
    toast("ติดต่อตัวจำลองไม่ได้");
  }
  return null;
}

/** Ask for everything that changed after a revision; waits up to `timeout` seconds. Throws when the server is away. */
export async function state(after, epoch, timeout) {
  const response = await fetch(`/sim/state?after=${after}&epoch=${epoch}&timeout=${timeout}`);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

const REASONS = {
  could_not_connect: "ติดต่อบอตไม่ได้",
  request_timeout: "บอตไม่ตอบภายในเวลา",
  error_status_code: "บอตตอบว่าผิดพลาด",
  webhook_off: "ปิด webhook อยู่",
};

/** Do something as a person; tells when the bot did not take it. */
export async function act(body) {
  return told(await post("act", body));
}

/** Tell the person when the bot did not take an event. */
export function told(done) {
  if (done && REASONS[done.reason]) toast(`${REASONS[done.reason]}${done.status ? ` (${done.status})` : ""}`);
  return done;
}
