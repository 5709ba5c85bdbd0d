// Lists that keep themselves fresh, boxes to choose with, and keys j and k to walk. Everything works without it.

const results = document.getElementById("results");

/** Ask every ten seconds whether anything has changed; while the page is hidden, nothing is asked. */
const EVERY = 10_000;
let timer = 0;

function shownStamp() {
  return results?.querySelector("[data-stamp]")?.dataset.stamp ?? "";
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(results.dataset.live, { cache: "no-cache", credentials: "same-origin", redirect: "error" });
    if (answer.ok && (await answer.text()) !== shownStamp()) changed();
  } catch {
    // Offline, or signed out: the next press of a link tells.
  }
  timer = setTimeout(ask, EVERY);
}

/** Put the new rows in place, unless somebody is in the middle of something there; then offer to. */
function changed() {
  const busy = results.querySelector("details.drop[open]") || results.contains(document.activeElement?.closest("select, textarea, input:not([type=checkbox])"));
  if (busy || !globalThis.htmx) offer();
  else refresh();
}

function offer() {
  if (document.querySelector(".live")) return;
  const button = document.createElement("button");
  button.className = "button live";
  button.textContent = document.body.dataset.liveShow || results.dataset.liveShow;
  button.addEventListener("click", () => (globalThis.htmx ? refresh() : location.reload()));
  document.body.append(button);
}

async function refresh() {
  document.querySelector(".live")?.remove();
  const chosen = new Set([...results.querySelectorAll("input[name=id]:checked")].map((box) => box.value));
  const known = new Set([...results.querySelectorAll("[data-case]")].map((row) => row.dataset.case));
  const focused = document.activeElement?.closest?.("[data-case]")?.dataset.case;
  const drawn = results.dataset.liveEvent;
  await globalThis.htmx.ajax("GET", location.pathname + location.search, { target: "#results", swap: "innerHTML show:none" });
  for (const box of results.querySelectorAll("input[name=id]")) box.checked = chosen.has(box.value);
  for (const row of results.querySelectorAll("[data-case]")) if (!known.has(row.dataset.case)) row.classList.add("fresh");
  if (focused) results.querySelector(`[data-case="${CSS.escape(focused)}"] a`)?.focus();
  if (drawn) document.dispatchEvent(new Event(drawn));
  count();
}

function count() {
  const form = document.getElementById("bulk");
  if (!form) return;
  const boxes = [...results.querySelectorAll("input[name=id]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const words = form.querySelector("[data-chosen]");
  words.dataset.hint ??= words.textContent;
  words.textContent = chosen ? words.dataset.chosen.replace("{count}", chosen) : words.dataset.hint;
  form.classList.toggle("has", chosen > 0);
  const all = results.querySelector("[data-choose-all]");
  if (all) {
    all.hidden = false;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

/** What the filters found is said aloud: a region that was there before is heard when its words change. */
function say() {
  const region = document.querySelector("[data-said]");
  const found = document.getElementById("count");
  if (region && found) region.textContent = found.textContent.trim();
}

function choose(event) {
  if (event.target.matches("[data-choose-all]")) {
    for (const box of results.querySelectorAll("input[name=id]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-choose-all], input[name=id]")) count();
}

/** j and k walk through the list, x chooses, as in many programs of mail; the letter's place on the keyboard counts. */
function walk(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches?.("input:not([type=checkbox]), textarea, select") || localStorage.getItem("songsiang.keys") === "off") return;
  const links = [...results.querySelectorAll("[data-case] a.open")];
  const here = links.indexOf(document.activeElement?.closest?.("[data-case]")?.querySelector("a.open"));
  const step = { KeyJ: 1, KeyK: -1 }[event.code];
  if (step && links.length) {
    event.preventDefault();
    links[Math.max(0, Math.min(links.length - 1, here + step))].focus();
  } else if (event.code === "KeyX" && here >= 0) {
    const box = links[here].closest("[data-case]").querySelector("input[name=id]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    count();
  }
}

if (results) {
  results.addEventListener("change", choose);
  document.addEventListener("keydown", walk, true);
  document.addEventListener("htmx:afterSwap", () => {
    count();
    say();
  });
  addEventListener("pageshow", count);
  count();
  if (results.dataset.live) {
    document.addEventListener("visibilitychange", ask);
    timer = setTimeout(ask, EVERY);
  }
}
