// The page of a case: the map, the countdown of an undo, “somebody types”, names for a note. Works without all of it.

/** The small map; without tiles the ground stays plain, the point is still where it is. */
function map() {
  const place = document.getElementById("place-map");
  const { L } = globalThis;
  if (!place || !L) return;
  const at = [Number(place.dataset.lat), Number(place.dataset.lon)];
  const shown = L.map(place, { scrollWheelZoom: false, attributionControl: Boolean(place.dataset.tiles) }).setView(at, 16);
  if (place.dataset.tiles) L.tileLayer(place.dataset.tiles, { maxZoom: 19, attribution: "© OpenStreetMap" }).addTo(shown);
  L.circleMarker(at, { radius: 11, weight: 4, color: "#0a3742", fillColor: "#ffc857", fillOpacity: 1 }).addTo(shown).bindTooltip(place.dataset.label);
}

/** How long a move can still be undone; at the end the button goes. */
function countDown() {
  const held = document.querySelector("[data-held]");
  if (!held || held.dataset.counts) return;
  held.dataset.counts = "yes";
  const words = held.querySelector("[data-held-words]");
  const text = words.textContent.replace(held.dataset.held, "{n}");
  const end = performance.now() + Number(held.dataset.held) * 1000;
  const tick = setInterval(() => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    words.textContent = text.replace("{n}", left);
    if (left === 0 || !held.isConnected) {
      clearInterval(tick);
      held.remove();
    }
  }, 1000);
}

/** Colleagues who have the case open are told that somebody writes. */
function typing(event) {
  const mark = document.getElementById("typing");
  if (mark && event.target.closest("[data-typing]")) mark.value = "1";
}

/** “@name” into the note, at the cursor. */
function mention(event) {
  const chip = event.target.closest("[data-mention]");
  const words = chip?.closest("form")?.querySelector("textarea");
  if (!words) return;
  const at = words.selectionStart ?? words.value.length;
  const before = words.value.slice(0, at);
  const gap = before && !/\s$/.test(before) ? " " : "";
  words.setRangeText(`${gap}@${chip.dataset.mention} `, at, words.selectionEnd ?? at, "end");
  words.focus();
}

function showChips() {
  for (const chip of document.querySelectorAll("[data-mention]")) chip.hidden = false;
}

/** After a form came into the page: its first field is where one goes on; the button that opened it is marked. */
function opened(event) {
  showChips();
  countDown();
  if (event.detail?.target?.id !== "doing") return;
  const form = event.detail.target.querySelector("form[data-typing]");
  form?.querySelector("textarea, select, input:not([type=hidden])")?.focus();
  for (const one of document.querySelectorAll("[data-do]")) {
    if (form?.id === `form-${one.dataset.do}`) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
}

/** Photos that have come appear by themselves, unless somebody writes, listens or chooses files there just then. */
function keepWhatIsUsed(event) {
  const place = event.detail.target;
  if (place?.id !== "media") return;
  const written = [...place.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue);
  const chosen = [...place.querySelectorAll("input[type=file]")].some((one) => one.files.length);
  const playing = [...place.querySelectorAll("audio, video")].some((one) => !one.paused);
  if (!written && !chosen && !playing) return;
  event.detail.shouldSwap = false;
  document.getElementById("media-new").hidden = false;
}

addEventListener("load", map);
countDown();
showChips();
document.addEventListener("input", typing);
document.addEventListener("click", mention);
document.addEventListener("htmx:afterSwap", opened);
document.addEventListener("htmx:oobBeforeSwap", keepWhatIsUsed);
document.addEventListener("htmx:oobAfterSwap", countDown);
