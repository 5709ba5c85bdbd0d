// The form for new cases by keyboard: Ctrl+Enter saves and goes on, Ctrl+P saves and prints the receipt, Alt+1–3 choose
// another guess.

const form = document.querySelector("[data-intake]");

function press(event) {
  if (event.ctrlKey && (event.key === "Enter" || event.code === "KeyP")) {
    event.preventDefault();
    const wanted = form.querySelector(`[data-send="${event.key === "Enter" ? "next" : "slip"}"]`);
    form.requestSubmit(wanted);
  }
  if (event.altKey && /^Digit[1-4]$/.test(event.code)) {
    const chip = form.querySelector(`[data-digit="${event.code.slice(5)}"]`);
    if (!chip) return;
    event.preventDefault();
    chip.click();
  }
}

/** Another guess into its field. The guess is asked for again, because the department depends on it. */
function choose(event) {
  const chip = event.target.closest("[data-choose]");
  if (!chip) return;
  const field = form.elements[chip.dataset.choose];
  field.value = chip.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  form.elements.words.focus();
}

function changed(event) {
  if (event.target.matches("select, [name=urgent], [name=place]")) globalThis.htmx?.trigger(form.elements.words, "again");
}

form.addEventListener("keydown", press);
form.addEventListener("click", choose);
form.addEventListener("change", changed);
document.addEventListener("htmx:afterSwap", () => {
  for (const chip of document.querySelectorAll("[data-choose]")) chip.hidden = false;
});
