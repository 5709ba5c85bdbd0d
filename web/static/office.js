// Small helps for pages of those who run the office. Everything works without them.

for (const button of document.querySelectorAll("[data-pick-all]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...button.closest("form").querySelectorAll('input[type="checkbox"][name]')];
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const said = document.getElementById(button.getAttribute("aria-describedby"));
    if (said) said.textContent = button.dataset.copied;
  });
}
