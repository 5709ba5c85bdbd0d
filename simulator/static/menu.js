// The rich menu at the foot of a 1:1 chat: a bar that opens and closes it, and the picture with its areas.

import { nameOf } from "./actions.js";
import { button, el, icon } from "./dom.js";
import { areaButton } from "./templates.js";

/** A panel that calls `tap(action)`. Has `node`, `update(menu or null)` and `show(open)`. */
export function menuPanel(tap) {
  const node = el("div", { class: "menu", hidden: true });
  let id = "";
  let opened = false;
  let picture;
  let bar;
  const show = (open) => {
    if (!picture) return;
    opened = open;
    picture.hidden = !open;
    bar.setAttribute("aria-expanded", String(open));
    node.classList.toggle("menu-open", open);
  };
  return {
    node,
    show,
    update(menu) {
      if ((menu?.richMenuId ?? "") === id) return;
      id = menu?.richMenuId ?? "";
      node.hidden = !menu;
      node.replaceChildren();
      if (!menu) return;
      const { width, height } = menu.size;
      picture = el("div", { class: "menu-picture", style: { aspectRatio: `${width} / ${height}` } }, el("img", { src: `/sim/menu/${menu.richMenuId}`, alt: menu.name }));
      for (const area of menu.areas) picture.append(areaButton(area.bounds, width, height, nameOf(area.action), () => tap(area.action)));
      bar = el("button", { type: "button", class: "menu-bar", on: { click: () => show(!opened) } }, el("span", { text: menu.chatBarText }), icon("down"));
      node.append(bar, picture);
      show(Boolean(menu.selected));
    },
  };
}
