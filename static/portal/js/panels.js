// A [data-drop] link fetches a small window below itself. A second click, Escape or a click
// beside it closes it; Escape brings the focus back. Without this module the link leads to a
// page on which the window is open.
export function panels(root) {
  const slot = (link) => document.getElementById(link.getAttribute("aria-controls"));
  const links = () => [...root.querySelectorAll('[data-drop][aria-expanded="true"]')];
  const close = (link) => {
    slot(link).replaceChildren();
    link.setAttribute("aria-expanded", "false");
  };
  let asked = null; // several links may share a window
  root.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.target.closest?.("[data-drop]");
    if (!link) return;
    const open = link.getAttribute("aria-expanded") === "true";
    links().forEach(close);
    if (open) event.preventDefault();
    asked = link;
  });
  root.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!asked || target !== slot(asked)) return;
    asked.setAttribute("aria-expanded", "true");
    target.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  });
  root.addEventListener("click", ({ target }) => {
    links().filter((link) => !link.contains(target) && !slot(link).contains(target)).forEach(close);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const link of links()) {
      const inside = slot(link).contains(event.target) || link === event.target;
      close(link);
      if (inside) link.focus();
    }
  });
}
