// The control panel: switches, the month's quota, new people, and what happened on the wire.

import { post } from "./api.js";
import { button, clock, el } from "./dom.js";
import { take } from "./store.js";

const FAULTS = { 429: "429 เรียกถี่เกินไป", 500: "500 ระบบ LINE ล่ม", drop_before: "สายหลุดก่อนมีผล", drop_after: "สายหลุดหลังมีผลแล้ว" };
const DELAYS = { 0: "ไม่หน่วง", 300: "0.3 วินาที", 1500: "1.5 วินาที", 5000: "5 วินาที" };
const PATHS = { "": "ทุกคำสั่ง", "/reply": "เฉพาะ reply", "/push": "เฉพาะ push", "/content": "เฉพาะดึงไฟล์" };

async function turn(wanted) {
  const data = await post("switches", wanted);
  if (data) take(data);
}

function select(label, options, on) {
  const node = el("select", { "aria-label": label }, ...Object.entries(options).map(([value, text]) => el("option", { value, text })));
  if (on) node.addEventListener("change", () => on(node.value));
  return node;
}

function check(label, name) {
  const input = el("input", { type: "checkbox", on: { change: () => turn({ [name]: input.checked }) } });
  return { input, node: el("label", { class: "row" }, input, el("span", { text: label })) };
}

function numberField(label, on) {
  const input = el("input", { type: "number", min: "0", on: { change: () => on(input.value) } });
  return { input, node: el("label", { class: "row" }, el("span", { text: label }), input) };
}

const set = (input, value) => {
  if (document.activeElement !== input) input.value = value;
};

function faultRow() {
  const kind = select("แบบที่ล้มเหลว", FAULTS);
  const only = select("คำสั่งใด", PATHS);
  const times = el("input", { type: "number", min: "1", value: "1", "aria-label": "กี่ครั้ง" });
  const go = button("ให้ล้มเหลว", () => turn({ fault: { kind: kind.value, times: Number(times.value), only: only.value } }), { class: "primary" });
  const waiting = el("p", { class: "panel-note" });
  const clear = button("ยกเลิกที่ตั้งไว้", () => turn({ clear_faults: true }), { class: "plain" });
  return { waiting, node: el("fieldset", {}, el("legend", { text: "ให้คำสั่งถัดไปล้มเหลว" }), kind, only, el("div", { class: "row" }, times, el("span", { text: "ครั้ง" }), go), waiting, clear) };
}

function peopleRow() {
  const name = el("input", { type: "text", "aria-label": "ชื่อผู้ใช้ใหม่", placeholder: "ชื่อ" });
  const add = button("เพิ่มผู้ใช้", async () => {
    if (!name.value.trim()) return;
    await post("users", { name: name.value.trim(), friend: false });
    name.value = "";
  }, { class: "primary" });
  return el("fieldset", {}, el("legend", { text: "ผู้ใช้ใหม่" }), el("div", { class: "row" }, name, add));
}

/** Fill the aside; returns `update(data)`. */
export function makePanel(aside) {
  const meter = el("meter", { min: "0", "aria-label": "ข้อความที่ใช้ไปในเดือนนี้" });
  const meterWords = el("p", { class: "panel-note" });
  const quota = numberField("โควตาต่อเดือน (ว่าง = ไม่จำกัด)", (value) => turn({ quota: value === "" ? null : Number(value) }));
  const used = numberField("ใช้ไปแล้ว", (value) => turn({ used: Number(value) }));
  const delay = select("ความช้าของ LINE", DELAYS, (value) => turn({ delay_ms: Number(value) }));
  const reply = numberField("อายุ reply token (วินาที)", (value) => turn({ reply_seconds: Number(value) }));
  const pending = numberField("ไฟล์ใหม่ตอบ 202 ก่อนกี่ครั้ง", (value) => turn({ content_pending: Number(value) }));
  const batch = numberField("เหตุการณ์ต่อ webhook สูงสุด", (value) => turn({ batch: Number(value) }));
  const redelivery = check("ส่งซ้ำเมื่อบอตไม่รับ (redelivery)", "redelivery");
  const webhook = check("เปิดใช้ webhook", "webhook");
  const faults = faultRow();
  const log = el("ol", { class: "log", tabindex: "0", "aria-label": "บันทึกเหตุการณ์" });
  aside.append(
    el("h2", { text: "แผงควบคุม" }),
    el("fieldset", {}, el("legend", { text: "โควตาข้อความของเดือนนี้" }), meter, meterWords, quota.node, used.node),
    el("fieldset", {}, el("legend", { text: "สวิตช์" }), el("label", { class: "row" }, el("span", { text: "LINE ตอบช้าลง" }), delay), webhook.node, redelivery.node, reply.node, pending.node, batch.node),
    faults.node,
    peopleRow(),
    el("div", { class: "row" }, button("ส่ง webhook ล่าสุดซ้ำ", () => post("redeliver", {}), { class: "plain" }), button("ล้างแชตทั้งหมด", () => confirm("ล้างแชตทุกเครื่อง?") && post("reset", {}), { class: "plain" })),
    el("h3", { text: "บันทึก (ล่าสุดอยู่บน)" }),
    log,
  );
  return (data) => {
    const most = data.switches.quota;
    meter.max = most ?? Math.max(data.used, 1);
    meter.value = data.used;
    meterWords.textContent = most === null ? `ใช้ไป ${data.used} (ไม่จำกัด)` : `ใช้ไป ${data.used} จาก ${most} ข้อความ`;
    set(quota.input, most ?? "");
    set(used.input, data.used);
    set(delay, data.switches.delay_ms);
    set(reply.input, data.switches.reply_seconds);
    set(pending.input, data.switches.content_pending);
    set(batch.input, data.switches.batch);
    redelivery.input.checked = data.switches.redelivery;
    webhook.input.checked = data.switches.webhook;
    faults.waiting.textContent = data.switches.faults.map((one) => `รออยู่: ${FAULTS[one.kind] ?? one.kind} × ${one.left} ${one.only}`).join("; ");
    if (!aside.hidden) drawLog(log, data);
  };
}

function drawLog(log, data) {
  const calls = data.calls.map((one) => ({ at: one.at, good: one.status < 400 && !one.reason, head: `${one.method} ${one.path.replace("/v2/bot", "")}`, tail: `${one.status} · ${one.ms} ms${one.reason ? ` · ${one.reason}` : ""}` }));
  const hooks = data.hooks.map((one) => ({ at: one.at, good: !one.reason, head: `⇢ webhook ${one.events.join(", ") || "(ว่าง)"}${one.redelivery ? " (ซ้ำ)" : ""}`, tail: `${one.status || "–"} · ${one.ms} ms${one.reason ? ` · ${one.reason}` : ""}` }));
  const rows = [...calls, ...hooks].sort((one, other) => other.at - one.at).slice(0, 60);
  log.replaceChildren(...rows.map((row) => el("li", { class: row.good ? "" : "bad" }, el("time", { text: clock(row.at * 1000) }), el("code", { text: row.head }), el("span", { text: row.tail }))));
}
