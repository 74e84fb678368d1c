// Files may be dropped anywhere on a [data-file-drop] area, not only on its file input.
export function dropFiles(root) {
  bind(root);
  root.addEventListener("htmx:load", ({ target }) => bind(target));
}

const bound = new WeakSet();

function bind(part) {
  for (const area of part.querySelectorAll("[data-file-drop]")) {
    if (bound.has(area)) continue;
    bound.add(area);
    const input = area.querySelector("input[type=file]");
    area.querySelector("[data-file-drop-hint]").hidden = false;
    area.addEventListener("dragover", (event) => {
      event.preventDefault();
      area.classList.add("ui-over");
    });
    area.addEventListener("dragleave", () => area.classList.remove("ui-over"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("ui-over");
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
