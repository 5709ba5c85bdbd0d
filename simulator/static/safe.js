// Which addresses a message may lead to. Everything else is shown as text and opens nothing.

const TAPPED = new Set(["http:", "https:", "tel:", "line:"]);

/** The URL when it may be opened by a tap, else null. */
export function tappable(text) {
  try {
    const url = new URL(text);
    return TAPPED.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** The address when a picture, sound or film may be loaded from it, else "". */
export function media(text) {
  try {
    const url = new URL(text, location.href);
    const here = url.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname);
    return url.protocol === "https:" || url.protocol === "blob:" || here || url.origin === location.origin ? url.href : "";
  } catch {
    return "";
  }
}

const LINK = /https?:\/\/[^\s<>"'\u0e00-\u0e7f]+[^\s<>"'\u0e00-\u0e7f.,;:!?)\]]/g;

/** Text as nodes: addresses become links, the rest stays text. */
export function linkified(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const url = tappable(match[0]);
    if (!url) continue;
    nodes.push(document.createTextNode(text.slice(from, match.index)));
    const link = document.createElement("a");
    link.href = url.href;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.textContent = match[0];
    nodes.push(link);
    from = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}
