// Escape inside [data-escape-leaves] follows its [data-leave] link: an editor that stands in
// place of what it edits is left unchanged.
export function escapeLeaves(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.target.closest("[data-escape-leaves]")?.querySelector("[data-leave]")?.click();
  });
}
