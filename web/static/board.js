// The board: arrow keys walk from card to card and from column to column.

function lanes() {
  return [...document.querySelectorAll(".lane")].map((lane) => [...lane.querySelectorAll("a.open")]).filter((cards) => cards.length);
}

function move(event) {
  const step = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
  const card = document.activeElement?.closest?.(".board-card");
  if (!step || !card || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const all = lanes();
  const open = card.querySelector("a.open");
  const column = all.findIndex((cards) => cards.includes(open));
  const row = all[column].indexOf(open);
  const next = all[column + step[0]];
  const target = next?.[step[0] ? Math.min(row, next.length - 1) : row + step[1]];
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("keydown", move);
