// A click on a card's handle opens Move to… in a dialog; without this script it is a page.
export function boardMenu(root) {
  const isOurs = ({ target }) => target.id === "move-dialog";
  let key = "";
  root.addEventListener("click", (event) => {
    const dialog = root.getElementById("move-dialog");
    if (!dialog) return;
    if (event.target.closest("[data-close-dialog]")) return dialog.close();
    const grip = event.target.closest(".ui-grip");
    if (!grip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    key = grip.closest(".ui-tile").id;
    window.htmx.ajax("GET", grip.href, { target: dialog, swap: "innerHTML" });
  });
  root.addEventListener("htmx:afterSwap", (event) => {
    if (!isOurs(event)) return;
    const dialog = event.target;
    if (!dialog.firstElementChild) dialog.close();
    else if (!dialog.open) dialog.showModal();
  });
  root.addEventListener("close", (event) => {
    if (!isOurs(event)) return;
    event.target.replaceChildren();
    root.querySelector(`[id="${key}"] .ui-grip`)?.focus();
  }, true); // it does not bubble
}
