// The map of cases: a plain ground with the villages, a scale, and the points that the server gives for what is in view.

const L = globalThis.L;
const results = document.getElementById("results");
const about = () => JSON.parse(results.querySelector("[data-about]").dataset.about);
const failed = document.getElementById("map-failed");

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function bubble(properties) {
  const box = element("div", "map-bubble");
  const link = element("a", "", `${properties.number} ${properties.title}`);
  link.href = properties.address;
  box.append(link, element("p", "", properties.words));
  if (properties.place) box.append(element("p", "muted", properties.place));
  const foot = element("p", "cluster");
  foot.append(element("span", `badge ${properties.look}`, properties.state), element("span", properties.late ? "due is-late" : "due", properties.due));
  box.append(foot);
  return box;
}

function single(feature, at) {
  const { properties } = feature;
  const icon = L.divIcon({ className: `point ${properties.late ? "is-late" : ""}`, html: properties.late ? "!" : "", iconSize: [28, 28] });
  const marker = L.marker(at, { icon, title: `${properties.number} ${properties.title}, ${properties.state}`, keyboard: true });
  return marker.bindPopup(() => bubble(properties), { maxWidth: 300 });
}

/** How wide a circle is: its area grows with the number, so that the eye is not misled. */
const width = (count) => Math.round(Math.min(64, 28 + 5 * Math.sqrt(count)));

function cluster(feature, at, words, map) {
  const { count, late, box } = feature.properties;
  const size = width(count);
  const said = words.many.replace("{count}", count) + (late ? `, ${words.late.replace("{count}", late)}` : "");
  const icon = L.divIcon({ className: `heap ${late ? "is-late" : ""}`, html: late ? `${count}<sup>!</sup>` : `${count}`, iconSize: [size, size] });
  const marker = L.marker(at, { icon, title: said, keyboard: true });
  marker.on("click keypress", (event) => {
    if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
    const [south, west, north, east] = box;
    const near = north - south < 0.0004 && east - west < 0.0004;
    if (near || map.getZoom() >= map.getMaxZoom()) list(words, box, at, said, map);
    else map.fitBounds([[south, west], [north, east]], { padding: [40, 40], maxZoom: map.getMaxZoom() });
  });
  return marker;
}

/** Cases in one place: the list shows them. */
function list(words, [south, west, north, east], at, said, map) {
  const box = element("div", "map-bubble");
  const link = element("a", "", words.show);
  const address = new URL(words.list, location.href);
  const edge = 0.00005;
  address.searchParams.set("box", [south - edge, west - edge, north + edge, east + edge].map((n) => n.toFixed(6)).join(","));
  link.href = address.href;
  box.append(element("p", "", said), link);
  L.popup().setLatLng(at).setContent(box).openOn(map);
}

function ground(map, words) {
  // OpenStreetMap serves only who says where from (its tile usage policy), and wants to be named.
  const attribution = words.tiles.includes("openstreetmap.org") ? "© OpenStreetMap contributors" : "";
  if (words.tiles) L.tileLayer(words.tiles, { maxZoom: 19, referrerPolicy: "origin", attribution }).addTo(map);
  map.createPane("villages").style.zIndex = 450; // under the cases
  for (const village of words.villages) {
    const icon = L.divIcon({ className: "village", html: "", iconSize: [10, 10] });
    const mark = L.marker([village.lat, village.lon], { icon, interactive: false, keyboard: false, pane: "villages" });
    mark.bindTooltip(village.name, { permanent: true, direction: "bottom", className: "village-name", offset: [0, 14], pane: "villages" }).addTo(map);
  }
  L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
}

function look(map, words) {
  const corners = words.box ? words.box.split(",").map(Number) : null;
  if (corners) map.fitBounds([[corners[0], corners[1]], [corners[2], corners[3]]]);
  else if (words.around.length > 1) map.fitBounds(words.around, { padding: [50, 50], maxZoom: 15 });
  else if (words.around.length) map.setView(words.around[0], 14);
  else map.setView([13.5, 101], 6);
}

let asking = null;

async function fill(map, points) {
  asking?.abort();
  asking = new AbortController();
  const words = about();
  const seen = map.getBounds().pad(0.1);
  const address = new URL(words.points, location.href);
  address.searchParams.set("bbox", [seen.getSouth(), seen.getWest(), seen.getNorth(), seen.getEast()].map((n) => n.toFixed(6)).join(","));
  address.searchParams.set("zoom", map.getZoom());
  try {
    const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { features } = await answer.json();
    points.clearLayers();
    for (const feature of features) {
      const at = [...feature.geometry.coordinates].reverse();
      points.addLayer(feature.properties.count ? cluster(feature, at, words, map) : single(feature, at));
    }
    failed.hidden = true;
    map.getContainer().dataset.points = features.length;
  } catch (error) {
    if (error.name !== "AbortError") failed.hidden = false;
  }
}

function open() {
  document.querySelector("[data-map-card]").hidden = false;
  const words = about();
  const map = L.map("map", { maxZoom: 19, minZoom: 5, zoomControl: false, attributionControl: Boolean(words.tiles) });
  L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  if (words.tiles) map.attributionControl.setPrefix(false);
  const points = L.layerGroup().addTo(map);
  ground(map, words);
  map.on("moveend", () => fill(map, points));
  look(map, words);
  // Leaflet closes a bubble when its marker goes; while one is open, new points wait for the next movement.
  document.addEventListener("points", () => map.getPane("popupPane").childElementCount || fill(map, points));
  document.addEventListener("htmx:afterSwap", () => fill(map, points));
}

if (L && results) open();
