// One phone: a person's chat with the bot, or a group with a choice of who speaks.

import { perform } from "./actions.js";
import { act } from "./api.js";
import { composer } from "./composer.js";
import { avatar, button, day, el, icon } from "./dom.js";
import { lineElement } from "./lines.js";
import { menuPanel } from "./menu.js";
import { askText, choices } from "./sheets.js";
import { linesOf, userOf } from "./store.js";

/** Make the phone of a chat ({id, group: bool}). It has `node` and `update(data)`. */
export function makePhone(chat) {
  const phone = { chat, shown: new Map(), speaker: chat.group ? "" : chat.id, unread: 0, lastSeq: 0 };
  phone.title = el("span", { class: "phone-name" });
  phone.sub = el("span", { class: "phone-sub" });
  phone.list = el("div", { class: "lines", role: "log", "aria-live": "polite", tabindex: "0" });
  phone.quick = el("div", { class: "quick", role: "group", "aria-label": "ปุ่มตอบด่วน" });
  phone.picker = chat.group ? speakerPicker(phone) : null;
  phone.menu = menuPanel((action) => tap(phone, action, "menu"));
  phone.composer = composer(() => who(phone), () => phone.menu.show(false));
  phone.fillIn = (text) => phone.composer.fillIn(text);
  phone.showMenu = (open) => phone.menu.show(open);
  phone.gate = el("div", { class: "gate", hidden: true });
  const head = el("header", { class: "phone-head" }, icon("back"), el("div", { class: "phone-names" }, phone.title, phone.sub), button("เมนูของแชตนี้", () => chatMenu(phone), { class: "phone-more" }, icon("more")));
  stayAtEnd(phone);
  phone.node = el("section", { class: `phone ${chat.group ? "phone-group" : ""}`, data: { chat: chat.id } }, head, phone.list, phone.quick, phone.gate, phone.picker?.node, phone.composer.node, phone.menu.node);
  phone.update = (data) => update(phone, data);
  return phone;
}

function who(phone) {
  return phone.chat.group ? { who: phone.speaker, group: phone.chat.id } : { who: phone.chat.id };
}

function tap(phone, action, where) {
  return perform(who(phone), action, where, phone);
}

function speakerPicker(phone) {
  const select = el("select", { "aria-label": "พูดในนามของ", on: { change: () => {
    phone.speaker = select.value;
    phone.shown.clear();
    phone.list.replaceChildren();
    draw(phone, phone.data);
  } } });
  return { node: el("label", { class: "speaker-picker" }, el("span", { text: "พูดในนาม" }), select), select };
}

function update(phone, data) {
  phone.data = data;
  if (phone.chat.group) updateGroup(phone, data);
  else updateUser(phone, data);
  draw(phone, data);
}

function updateUser(phone, data) {
  const user = data.users.find((one) => one.id === phone.chat.id);
  phone.name = user.name;
  phone.title.textContent = data.bot.name;
  phone.sub.textContent = `โทรศัพท์ของ${user.name}`;
  phone.node.setAttribute("aria-label", `โทรศัพท์ของ${user.name}`);
  phone.menu.update(user.friend && !user.blocked ? user.menu : null);
  const away = user.blocked || !user.friend;
  phone.composer.node.hidden = away;
  gate(phone, away, user.blocked ? "เลิกบล็อกบัญชีทางการ" : "เพิ่มเพื่อน", () => act({ act: "follow", who: user.id }));
}

function updateGroup(phone, data) {
  const group = data.groups.find((one) => one.id === phone.chat.id);
  phone.name = group.name;
  phone.title.textContent = `${group.name} (${group.members.length + (group.joined ? 1 : 0)})`;
  phone.sub.textContent = group.members.map((id) => userOf(id)?.name ?? "?").join(", ");
  phone.node.setAttribute("aria-label", `กลุ่ม ${group.name}`);
  const { select } = phone.picker;
  const wanted = JSON.stringify(group.members);
  if (select.dataset.members !== wanted) {
    select.dataset.members = wanted;
    select.replaceChildren(...group.members.map((id) => el("option", { value: id, text: userOf(id)?.name ?? id })));
    if (!group.members.includes(phone.speaker)) phone.speaker = group.members[0] ?? "";
    select.value = phone.speaker;
  }
  gate(phone, !group.joined, "เชิญบอตเข้ากลุ่ม", () => act({ act: "join", group: group.id }));
}

function gate(phone, shut, label, press) {
  phone.gate.hidden = !shut;
  const key = shut ? label : "";
  if (phone.gate.dataset.label === key) return;
  phone.gate.dataset.label = key;
  phone.gate.replaceChildren(...(shut ? [button(label, press, { class: "primary" })] : []));
}

function draw(phone, data) {
  const lines = linesOf(phone.chat.id);
  const gone = [...phone.shown.keys()].filter((seq) => !lines.some((line) => line.seq === seq));
  if (gone.length) {
    phone.shown.clear();
    phone.list.replaceChildren();
  }
  phone.typing?.remove();
  let added = false;
  lines.forEach((line, index) => {
    const old = phone.shown.get(line.seq);
    if (old?.rev === line.rev) return;
    const node = lineElement(line, sideOf(phone, line, data));
    if (old) old.node.replaceWith(node);
    else {
      if (index === 0 || new Date(lines[index - 1].time).toDateString() !== new Date(line.time).toDateString()) phone.list.append(el("p", { class: "day", text: day(line.time) }));
      phone.list.append(node);
      added = true;
    }
    phone.shown.set(line.seq, { rev: line.rev, node });
  });
  typing(phone, data, lines.at(-1));
  drawQuick(phone, lines.at(-1));
  const newest = lines.at(-1)?.seq ?? 0;
  if (newest > phone.lastSeq && phone.lastSeq) phone.unread += lines.filter((line) => line.seq > phone.lastSeq && line.sender === "bot").length;
  phone.lastSeq = Math.max(newest, phone.lastSeq || 1);
  if (added && (phone.atEnd || lines.at(-1)?.sender === phone.speaker)) toEnd(phone);
}

/** Keep the last line in sight when the list or its pictures change size, unless the person has scrolled up. */
function stayAtEnd(phone) {
  phone.atEnd = true;
  phone.list.addEventListener("scroll", () => {
    if (phone.list.clientHeight) phone.atEnd = phone.list.scrollHeight - phone.list.scrollTop - phone.list.clientHeight < 80;
  });
  new ResizeObserver(() => phone.atEnd && toEnd(phone)).observe(phone.list);
  phone.list.addEventListener("load", () => phone.atEnd && toEnd(phone), { capture: true });
}

function toEnd(phone) {
  phone.atEnd = true;
  phone.list.scrollTop = phone.list.scrollHeight;
  requestAnimationFrame(() => (phone.list.scrollTop = phone.list.scrollHeight));
}

function typing(phone, data, last) {
  const until = Math.max(0, ...data.loading.filter((one) => one.chat === phone.chat.id).map((one) => one.until));
  const waiting = until > data.now && (!last || last.sender !== "bot" || last.time < data.now - 1000);
  phone.typing = waiting && last?.sender !== "bot" ? el("div", { class: "line line-other typing" }, avatar(data.bot.name, true), el("div", { class: "balloon", "aria-label": "กำลังเตรียมคำตอบ" }, el("i"), el("i"), el("i"))) : null;
  if (!phone.typing) return;
  const shown = phone.typing;
  phone.list.append(shown);
  setTimeout(() => shown.remove(), until - data.now);
}

function sideOf(phone, line, data) {
  const isBot = line.sender === "bot";
  return {
    own: line.sender === phone.speaker,
    isBot,
    name: isBot ? data.bot.name : userOf(line.sender)?.name ?? "ไม่ทราบชื่อ",
    tap: (action, where) => tap(phone, action, where),
    choose: (own) => lineMenu(phone, own),
  };
}

function lineMenu(phone, line) {
  const pairs = [["ยกเลิกข้อความ (unsend)", () => act({ act: "unsend", ...who(phone), message: line.id })]];
  if (phone.chat.group && line.message.type === "text") {
    pairs.push(["แก้ไขข้อความ", async () => {
      const text = await askText("แก้ไขข้อความ", line.message.text);
      if (text) act({ act: "edit", ...who(phone), text, message: line.id });
    }]);
  }
  choices("ข้อความนี้", pairs);
}

function chatMenu(phone) {
  if (!phone.chat.group) {
    const user = userOf(phone.chat.id);
    choices(user.name, user.blocked || !user.friend ? [["เพิ่มเพื่อน / เลิกบล็อก", () => act({ act: "follow", who: user.id })]] : [["บล็อกบัญชีทางการ", () => act({ act: "block", who: user.id })], ["เพิ่มเพื่อนอีกครั้ง (ส่ง follow)", () => act({ act: "follow", who: user.id })]]);
    return;
  }
  const group = phone.data.groups.find((one) => one.id === phone.chat.id);
  const outside = phone.data.users.filter((user) => !group.members.includes(user.id));
  choices(group.name, [
    group.joined ? ["นำบอตออกจากกลุ่ม", () => act({ act: "remove_bot", group: group.id })] : ["เชิญบอตเข้ากลุ่ม", () => act({ act: "join", group: group.id })],
    ...outside.map((user) => [`เชิญ${user.name}เข้ากลุ่ม`, () => act({ act: "member_joins", group: group.id, who: user.id })]),
    ...group.members.map((id) => [`${userOf(id)?.name}ออกจากกลุ่ม`, () => act({ act: "member_leaves", group: group.id, who: id })]),
  ]);
}

function drawQuick(phone, last) {
  const items = last?.sender === "bot" && !last.quick_gone ? last.message.quickReply?.items ?? [] : [];
  const key = items.length ? `${last.seq}` : "";
  if (phone.quick.dataset.seq === key) return;
  phone.quick.dataset.seq = key;
  phone.quick.replaceChildren(...items.map((item) => button(item.action.label, () => tap(phone, item.action, "quick"), { class: "quick-button" }, item.action.type === "location" ? icon("pin") : item.action.type.startsWith("camera") ? icon("camera") : null, el("span", { text: item.action.label }))));
}
