// The box for quick tasks is a text area that looks like a line. Enter sends it, Shift+Enter
// and a pasted list make it grow; without this module its button sends it.
const MOST = 10;

export function quickAdd(root) {
  const fit = (box) => {
    box.rows = 1;
    const line = parseFloat(getComputedStyle(box).lineHeight);
    box.rows = Math.max(1, Math.min(MOST, Math.floor(box.scrollHeight / line)));
  };
  root.addEventListener("input", ({ target }) => {
    if (target.matches("[data-quick-add]")) fit(target);
  });
  root.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-quick-add]")) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  const found = (part) => part.querySelectorAll?.("[data-quick-add]").forEach(fit);
  root.addEventListener("htmx:afterSettle", ({ target }) => found(target));
  found(root);
}
