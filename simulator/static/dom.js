// Building elements without ever parsing HTML: text goes in as text, styles through the CSSOM (the CSP allows no others).

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `props`: class, text, on (listeners), style (CSSOM names), data, and plain attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [kind, listener] of Object.entries(value)) node.addEventListener(kind, listener);
    else if (name === "style") Object.assign(node.style, value);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A push button with a readable name. */
export function button(label, press, props = {}, ...children) {
  const named = children.length ? { "aria-label": label, title: label } : { text: label };
  return el("button", { type: "button", ...named, ...props, on: { click: press, ...(props.on || {}) } }, ...children);
}

/** Make any element act as a button for mouse and keyboard alike. */
export function pressable(node, label, press) {
  node.classList.add("pressable");
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    press();
  });
  node.addEventListener("keydown", (event) => {
    if (event.target !== node || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    press();
  });
  return node;
}

const PATHS = {
  plus: ["M12 5v14M5 12h14"],
  camera: ["M4 8h3l2-3h6l2 3h3v11H4z", "M12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z"],
  photo: ["M4 5h16v14H4z", "M4 16l5-5 4 4 3-3 4 4", "M9 9.5a.8.8 0 1 0 0-1.6.8.8 0 0 0 0 1.6z"],
  mic: ["M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4z", "M6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3"],
  send: ["M4 12 20 4l-5 16-4-6z"],
  pin: ["M12 21s7-6.4 7-11.5A7 7 0 0 0 5 9.5C5 14.6 12 21 12 21z", "M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"],
  smile: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.5M15 9.5v.5"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  more: ["M12 6v.1M12 12v.1M12 18v.1"],
  close: ["M6 6l12 12M18 6 6 18"],
  down: ["M6 9l6 6 6-6"],
  back: ["M15 5l-7 7 7 7"],
  people: ["M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19a5.5 5.5 0 0 1 11 0", "M16 11a2.5 2.5 0 1 0 0-5M17 14a4.5 4.5 0 0 1 4 5"],
  keyboard: ["M3 7h18v10H3z", "M7 10.5v.1M11 10.5v.1M15 10.5v.1M8 14h8"],
};

/** One of the line icons, for decoration only. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) svg.append(shape("path", { d }));
  return svg;
}

/** An SVG element with attributes. */
export function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A short note at the bottom of the page. */
export function toast(words) {
  const note = el("p", { class: "toast", text: words });
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 4500);
}

const AVATARS = ["#8a3b12", "#1f5f8b", "#6b2f7d", "#2f6b3f", "#8b1f4b", "#4b5320", "#375a9e", "#7a4b00"];

/** A round picture with the first letter of a name; its colour is always the same for the same name. */
export function avatar(name, isBot = false) {
  if (isBot) return el("img", { class: "avatar", src: "/sim/static/icon.svg", alt: "" });
  const sum = [...name].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 9973, 7);
  const short = name.replace(/^(ป้า|ลุง|น้า|ช่าง|นาย|นาง|คุณ|ปลัด)/, "") || name;
  const letter = short.match(/[\u0e01-\u0e2eA-Za-z0-9]/)?.[0] ?? "•";
  return el("span", { class: "avatar", "aria-hidden": true, text: letter, style: { backgroundColor: AVATARS[sum % AVATARS.length] } });
}

/** A time of day, 24 hours, as LINE shows it. */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString("th-TH", { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** A day in words, in the Buddhist era. */
export function day(ms) {
  const date = new Date(ms);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "วันนี้";
  return date.toLocaleDateString("th-TH-u-ca-buddhist", { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}
