// A click on a card's handle opens Move to… in a dialog; without this script it is a page.
export function boardMenu(root) {
  const dialog = root.getElementById("move-dialog");
  if (!dialog) return;
  let key = "";
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-dialog]")) return dialog.close();
    const grip = event.target.closest(".ui-grip");
    if (!grip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    key = grip.closest(".ui-tile").id;
    window.htmx.ajax("GET", grip.href, { target: dialog, swap: "innerHTML" });
  });
  dialog.addEventListener("htmx:afterSwap", () => {
    if (!dialog.firstElementChild) dialog.close();
    else if (!dialog.open) dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    root.querySelector(`[id="${key}"] .ui-grip`)?.focus();
  });
}
