// What every page of the console does with scripts: shortcut keys, the menu on telephones, focus on what went wrong.
// Everything works without it.

const narrow = matchMedia("(max-width: 60rem)");

/** On a telephone the menu begins folded. */
function foldMenu() {
  const menu = document.querySelector("[data-menu]");
  if (menu) menu.open = !narrow.matches;
}

/** Whether somebody is typing, so that letters are letters. */
function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio]), textarea, select"));
}

const wished = "songsiang.keys";
const keysAreOn = () => localStorage.getItem(wished) !== "off";

/** Which letter a key means, also on a Thai keyboard: the place of the key decides. */
function letterOf(event) {
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  if (event.key === "?" || event.key === "/") return event.key;
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key;
}

function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const letter = letterOf(event);
  if (letter === "?") {
    event.preventDefault();
    showKeys();
    return;
  }
  if (!keysAreOn()) return;
  const shown = [...document.querySelectorAll("[data-key]")].filter((one) => one.dataset.key === letter && one.checkVisibility());
  const found = shown.find((one) => one.closest("main")) ?? shown[0]; // the page's own keys go before the menu's
  const folded = found ?? document.querySelector(`.side [data-key="${CSS.escape(letter)}"]`);
  if (!folded) return;
  event.preventDefault();
  if (folded.matches("input, textarea, select")) folded.focus();
  else folded.click();
}

function showKeys() {
  const dialog = document.getElementById("keys");
  const list = dialog.querySelector("[data-keys-list]");
  list.replaceChildren(...[...document.querySelectorAll("[data-key]")].map(row));
  dialog.querySelector("[data-keys-on]").checked = keysAreOn();
  dialog.showModal();
}

function row(from) {
  const line = document.createElement("tr");
  const key = document.createElement("kbd");
  key.textContent = from.dataset.key;
  const does = document.createElement("td");
  does.textContent = from.dataset.keyLabel || from.textContent.trim();
  const cell = document.createElement("td");
  cell.append(key);
  line.append(cell, does);
  return line;
}

/** What came back wrong is where one goes on. */
function focusFaults() {
  const wrong = document.querySelector("[data-focus]") ?? document.querySelector("main [aria-invalid=true]");
  if (wrong) wrong.focus();
}

/** A form is sent once, however often the button is pressed. */
function sendOnce(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
}

foldMenu();
narrow.addEventListener("change", foldMenu);
focusFaults();
document.addEventListener("keydown", press);
document.addEventListener("submit", sendOnce);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
for (const one of document.querySelectorAll("[data-keys-open]")) {
  one.hidden = false;
  one.addEventListener("click", showKeys);
}
document.querySelector("[data-keys-on]")?.addEventListener("change", (event) => {
  localStorage.setItem(wished, event.target.checked ? "on" : "off");
});
for (const one of document.querySelectorAll("[data-print]")) {
  one.hidden = false;
  one.addEventListener("click", () => print());
}
// A refusal (422, 403, …) is a page of its own with words: htmx shows it too.
document.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  if (status >= 400 && event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) event.detail.shouldSwap = true;
});
