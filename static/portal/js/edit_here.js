// A click on title or description opens their editor, as the button Edit and the key e do. Not
// on a link in them, and not when words were marked.
export function editHere(root) {
  root.addEventListener("click", ({ target, button }) => {
    const words = target.closest?.("[data-edit-here]");
    if (!words || button || target.closest("a, button, input, summary, label")) return;
    if (!root.getSelection().isCollapsed) return;
    const part = words.closest("#panel") || root;
    part.querySelector("[data-shortcut='e']")?.click();
  });
}
