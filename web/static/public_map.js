// The public map: circles that the server gives for what is in view. Without this script the table below says the same.

const L = globalThis.L;
const card = document.getElementById("map-card");
const failed = document.getElementById("map-failed");

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function single({ properties }, at) {
  const icon = L.divIcon({ className: `point ${properties.look}`, iconSize: [24, 24] });
  const marker = L.marker(at, { icon, title: `${properties.title}, ${properties.state}`, alt: properties.title, keyboard: true });
  return marker.bindPopup(() => {
    const box = element("div");
    const link = element("a", "", properties.title);
    link.href = properties.address;
    box.append(link, element("p", "", properties.state));
    return box;
  });
}

function heap({ properties }, at, words, map) {
  const { count } = properties;
  const said = words.many.replace("{count}", count);
  const size = Math.round(Math.min(60, 28 + 5 * Math.sqrt(count)));
  const icon = L.divIcon({ className: "heap", html: String(count), iconSize: [size, size] });
  const marker = L.marker(at, { icon, title: said, alt: said, keyboard: true });
  marker.on("click keypress", (event) => {
    if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
    if (map.getZoom() < 17) return map.setView(at, Math.min(17, map.getZoom() + 2));
    const box = element("div");
    const link = element("a", "", words.show);
    const address = new URL(words.list, location.href);
    address.searchParams.set("cell", at.map((n) => n.toFixed(3)).join(","));
    link.href = address.href;
    box.append(element("p", "", said), link);
    L.popup().setLatLng(at).setContent(box).openOn(map);
  });
  return marker;
}

let asking = null;

async function fill(map, points, words) {
  asking?.abort();
  asking = new AbortController();
  const seen = map.getBounds();
  const address = new URL(words.points, location.href);
  const corners = [seen.getSouth(), seen.getWest(), seen.getNorth(), seen.getEast()];
  address.searchParams.set("bbox", corners.map((n) => n.toFixed(4)).join(","));
  address.searchParams.set("zoom", Math.round(map.getZoom()));
  map.getContainer().classList.toggle("far", map.getZoom() < 13); // names of villages would lie on each other
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const { features } = await answer.json();
    points.clearLayers();
    for (const feature of features) {
      const at = [...feature.geometry.coordinates].reverse();
      points.addLayer(feature.properties.count ? heap(feature, at, words, map) : single(feature, at));
    }
    failed.hidden = true;
    map.getContainer().dataset.points = features.length;
  } catch (error) {
    if (error.name !== "AbortError") failed.hidden = false;
  }
}

function open() {
  card.hidden = false;
  const words = JSON.parse(card.dataset.about);
  const map = L.map("map", { maxZoom: 18, minZoom: 6, zoomSnap: 0.5, zoomControl: false, attributionControl: Boolean(words.tiles) });
  L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  const attribution = words.tiles.includes("openstreetmap.org") ? "© OpenStreetMap contributors" : "";
  if (words.tiles) {
    map.attributionControl.setPrefix(false);
    L.tileLayer(words.tiles, { maxZoom: 19, referrerPolicy: "origin", attribution }).addTo(map);
  }
  map.createPane("villages").style.zIndex = 450; // under the points
  for (const village of words.villages) {
    const icon = L.divIcon({ className: "village", iconSize: [9, 9] });
    const mark = L.marker([village.lat, village.lon], { icon, interactive: false, keyboard: false, pane: "villages" });
    mark.bindTooltip(village.name, { permanent: true, direction: "bottom", className: "village-name", pane: "villages" }).addTo(map);
  }
  const points = L.layerGroup().addTo(map);
  map.on("moveend", () => fill(map, points, words));
  if (words.around.length > 1) map.fitBounds(words.around, { padding: [24, 24], maxZoom: 15 });
  else if (words.around.length) map.setView(words.around[0], 14);
  else map.setView([13.5, 101], 6);
}

if (L && card) open();
