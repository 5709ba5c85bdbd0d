// Flex Messages, drawn as LINE draws them (reference: Flex Message). Nothing in them is ever read as HTML.

import { nameOf } from "./actions.js";
import { el, pressable } from "./dom.js";
import { media } from "./safe.js";

const SPACE = { none: "0", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const BORDER = { none: "0", light: "0.5px", normal: "1px", medium: "2px", "semi-bold": "3px", bold: "4px" };
const FONT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const SIDE = { start: "flex-start", end: "flex-end", center: "center", top: "flex-start", bottom: "flex-end" };

const space = (value) => SPACE[value] ?? value;
const fontSize = (value) => (value in FONT ? `${FONT[value] / 16}em` : value);

/** A Flex container (bubble or carousel). `tap(action)` is called for every button. */
export function flexMessage(contents, tap) {
  if (contents.type === "carousel") {
    return el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": "เลื่อนดูการ์ด" }, ...contents.contents.map((one) => bubble(one, tap)));
  }
  return bubble(contents, tap);
}

function bubble(contents, tap) {
  const node = el("div", { class: `bubble bubble-${contents.size ?? "mega"}`, dir: contents.direction ?? "ltr" });
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!contents[name]) continue;
    const style = contents.styles?.[name] ?? {};
    const block = el("div", { class: `block block-${name}`, style: { backgroundColor: style.backgroundColor ?? "" } });
    if (style.separator) block.style.borderTop = `1px solid ${style.separatorColor ?? "#d4d6da"}`;
    block.append(component(contents[name], "vertical", tap, true));
    node.append(block);
  }
  return withAction(node, contents.action, tap);
}

function component(part, layout, tap, first) {
  const node = DRAW[part.type]?.(part, tap, layout) ?? el("span");
  const own = part.margin !== undefined && !first ? space(part.margin) : undefined;
  if (own) node.style[layout === "vertical" ? "marginTop" : "marginInlineStart"] = own;
  place(node, part, layout);
  return part.type === "button" || part.type === "span" ? node : withAction(node, part.action, tap);
}

function place(node, part, layout) {
  const fallback = layout === "vertical" || part.type === "icon" || part.type === "separator" ? 0 : 1;
  const share = part.flex ?? (part.type === "filler" ? 1 : fallback);
  node.style.flex = part.width && part.flex === undefined ? "0 0 auto" : share === 0 ? "0 0 auto" : `${share} 1 ${layout === "vertical" ? "auto" : "0"}`;
  if (part.type === "box" && share === 0) node.style.flexShrink = "1";
  if (layout === "horizontal" && part.gravity) node.style.alignSelf = SIDE[part.gravity];
  if (part.position === "absolute") node.style.position = "absolute";
  else if (["offsetTop", "offsetBottom", "offsetStart", "offsetEnd"].some((name) => part[name])) node.style.position = "relative";
  if (part.offsetTop) node.style.top = space(part.offsetTop);
  if (part.offsetBottom) node.style.bottom = space(part.offsetBottom);
  if (part.offsetStart) node.style.insetInlineStart = space(part.offsetStart);
  if (part.offsetEnd) node.style.insetInlineEnd = space(part.offsetEnd);
}

function withAction(node, action, tap) {
  return action ? pressable(node, node.textContent.trim() ? "" : nameOf(action), () => tap(action)) : node;
}

function box(part, tap) {
  const node = el("div", { class: `box box-${part.layout}` });
  const style = node.style;
  part.contents.forEach((child, index) => {
    const inner = component(child, part.layout, tap, index === 0);
    if (index > 0 && child.margin === undefined && part.spacing) {
      inner.style[part.layout === "vertical" ? "marginTop" : "marginInlineStart"] = space(part.spacing);
    }
    node.append(inner);
  });
  for (const [name, property] of [["paddingAll", "padding"], ["paddingTop", "paddingTop"], ["paddingBottom", "paddingBottom"], ["paddingStart", "paddingInlineStart"], ["paddingEnd", "paddingInlineEnd"]]) {
    if (part[name]) style[property] = space(part[name]);
  }
  for (const name of ["width", "maxWidth", "height", "maxHeight", "backgroundColor"]) if (part[name]) style[name] = part[name];
  if (part.cornerRadius) style.borderRadius = space(part.cornerRadius);
  if (part.borderWidth || part.borderColor) style.border = `${BORDER[part.borderWidth] ?? part.borderWidth ?? "1px"} solid ${part.borderColor ?? "#d4d6da"}`;
  if (part.justifyContent) style.justifyContent = part.justifyContent;
  if (part.alignItems) style.alignItems = part.alignItems;
  if (part.background) style.backgroundImage = gradient(part.background);
  return node;
}

function gradient(background) {
  const middle = background.centerColor ? `${background.centerColor} ${background.centerPosition ?? "50%"}, ` : "";
  return `linear-gradient(${background.angle}, ${background.startColor}, ${middle}${background.endColor})`;
}

function styled(node, part) {
  const style = node.style;
  if (part.size) style.fontSize = fontSize(part.size);
  if (part.color) style.color = part.color;
  if (part.weight) style.fontWeight = part.weight === "bold" ? "700" : "400";
  if (part.style) style.fontStyle = part.style;
  if (part.decoration) style.textDecoration = part.decoration;
  return node;
}

function text(part) {
  const node = styled(el("div", { class: part.wrap ? "text wrap" : "text" }), part);
  if (part.contents?.length) node.append(...part.contents.map((span) => styled(el("span", { text: span.text ?? "" }), span)));
  else node.textContent = part.text ?? "";
  if (part.align) node.style.textAlign = part.align;
  if (part.lineSpacing) node.style.lineHeight = `calc(1.4em + ${part.lineSpacing})`;
  if (part.wrap && part.maxLines) {
    node.classList.add("clamped");
    node.style.webkitLineClamp = String(part.maxLines);
  }
  return node;
}

function flexButton(part, tap) {
  const look = part.style ?? "link";
  const node = el("button", { type: "button", class: `flex-button flex-button-${look} flex-button-${part.height ?? "md"}`, text: part.action.label ?? "", title: part.action.label ?? "" });
  if (part.color) node.style[look === "link" ? "color" : "backgroundColor"] = part.color;
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    tap(part.action);
  });
  return node;
}

function ratio(value) {
  return (value ?? "1:1").replace(":", " / ");
}

function image(part, tap, layout) {
  const wide = part.size === "full" ? "100%" : `${IMAGE[part.size ?? "md"]}px`;
  const picture = el("img", { class: "flex-image", src: media(part.url), alt: "", loading: "lazy", style: { aspectRatio: ratio(part.aspectRatio), objectFit: part.aspectMode === "cover" ? "cover" : "contain", backgroundColor: part.backgroundColor ?? "" } });
  const frame = el("div", { class: "flex-image-frame", style: { justifyContent: SIDE[part.align ?? "center"] } }, picture);
  picture.style.width = /px$|%$/.test(part.size ?? "") ? part.size : wide;
  if (layout !== "vertical") picture.style.maxWidth = "100%";
  return frame;
}

function video(part, tap) {
  const source = media(part.url);
  if (!source) return component(part.altContent, "vertical", tap, true);
  return el("video", { class: "flex-video", src: source, poster: media(part.previewUrl), controls: true, preload: "none", style: { aspectRatio: ratio(part.aspectRatio) } });
}

function flexIcon(part) {
  return el("img", { class: "flex-icon", src: media(part.url), alt: "", style: { height: fontSize(part.size ?? "md"), aspectRatio: ratio(part.aspectRatio) } });
}

const DRAW = {
  box,
  text,
  image,
  video,
  icon: flexIcon,
  button: flexButton,
  separator: (part) => el("div", { class: "separator", role: "presentation", style: { backgroundColor: part.color ?? "" } }),
  filler: () => el("div"),
  span: (part) => styled(el("span", { text: part.text ?? "" }), part),
};
