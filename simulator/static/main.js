// The page: one phone per person and group, tabs on a small screen, the panel.

import { el } from "./dom.js";
import { makePanel } from "./panel.js";
import { makePhone } from "./phone.js";
import { current, follow, subscribe } from "./store.js";

const phones = new Map();
const stage = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const panel = document.getElementById("panel");
const toggle = document.getElementById("panel-toggle");
let chosen = "";

const updatePanel = makePanel(panel);

function chats(data) {
  return [...data.users.map((user) => ({ id: user.id, name: user.name, group: false })), ...data.groups.map((group) => ({ id: group.id, name: group.name, group: true }))];
}

function order(data) {
  // Residents first, then groups, then those who sit in a group.
  const crew = new Set(data.groups.flatMap((group) => group.members));
  const rank = (chat) => (chat.group ? 1 : crew.has(chat.id) ? 2 : 0);
  return chats(data).sort((one, other) => rank(one) - rank(other));
}

function choose(id) {
  chosen = id;
  for (const [chat, phone] of phones) phone.node.classList.toggle("chosen", chat === id);
  if (phones.has(id)) phones.get(id).unread = 0;
  drawTabs(current());
}

function drawTabs(data) {
  const list = order(data).map((chat) => ({ ...chat, unread: chat.id === chosen ? 0 : phones.get(chat.id)?.unread ?? 0 }));
  const key = JSON.stringify([chosen, list]);
  if (tabs.dataset.key === key) return;
  tabs.dataset.key = key;
  const wanted = list.map(({ unread, ...chat }) => {
    const tab = el("button", { type: "button", class: "tab", "aria-pressed": String(chat.id === chosen), on: { click: () => pick(chat.id) } }, el("span", { text: chat.name }));
    if (unread) tab.append(el("span", { class: "tab-unread", "aria-label": `ใหม่ ${unread} ข้อความ`, text: unread }));
    return tab;
  });
  tabs.replaceChildren(...wanted);
}

/** Put the phones in order, moving no phone that stands right: a moved one would lose the focus of who types in it. */
function arrange(wanted) {
  wanted.forEach((node, index) => {
    if (stage.children[index] !== node) stage.insertBefore(node, stage.children[index] ?? null);
  });
}

subscribe((data) => {
  const list = order(data);
  for (const chat of list) {
    if (!phones.has(chat.id)) phones.set(chat.id, makePhone(chat));
    const phone = phones.get(chat.id);
    phone.update(data);
    if (chat.id === chosen) phone.unread = 0;
  }
  arrange(list.map((chat) => phones.get(chat.id).node));
  if (!phones.has(chosen) && list.length) choose(list[0].id);
  drawTabs(data);
  updatePanel(data);
  const most = data.switches.quota;
  document.getElementById("quota").textContent = most === null ? `ใช้ไป ${data.used} ข้อความ` : `โควตา ${data.used}/${most}`;
});

function showPanel(open) {
  panel.hidden = !open;
  toggle.setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("with-panel", open);
  if (open && current()) updatePanel(current());
}

/** A tab was tapped: tabs exist on small screens only, where the panel would cover the phone. */
function pick(id) {
  showPanel(false);
  choose(id);
}

toggle.addEventListener("click", () => showPanel(panel.hidden));

follow((connected) => {
  const words = document.getElementById("connection");
  words.textContent = connected ? "" : "ขาดการเชื่อมต่อ กำลังลองใหม่…";
});
