// A <details data-closes> is a small window over the page: Escape or a click beside it closes it.
export function closes(root) {
  const open = () => root.querySelectorAll("details[data-closes][open]");
  root.addEventListener("click", ({ target }) => {
    for (const one of open()) if (!one.contains(target)) one.open = false;
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of open()) {
      one.open = false;
      if (one.contains(event.target)) one.querySelector("summary").focus();
    }
  });
}
