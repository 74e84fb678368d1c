// A text area with data-count-characters="1000" says how many are left. Nothing is cut off:
// the server refuses what is too long, and says by how much.
const words = (left) =>
  left === 1 ? "1 character left"
  : left >= 0 ? `${left} characters left`
  : left === -1 ? "1 character too many"
  : `${-left} characters too many`;

export function countCharacters(root) {
  for (const area of root.querySelectorAll("textarea[data-count-characters]")) {
    const note = document.createElement("div");
    note.id = `${area.id}_count`;
    note.className = "ui-sm ui-muted mt-1 text-end ui-num";
    area.after(note);
    area.setAttribute(
      "aria-describedby",
      [area.getAttribute("aria-describedby"), note.id].filter(Boolean).join(" "),
    );
    const show = () => {
      const left = Number(area.dataset.countCharacters) - [...area.value].length;
      note.textContent = words(left);
      note.classList.toggle("text-danger", left < 0);
    };
    area.addEventListener("input", show);
    show();
  }
}
