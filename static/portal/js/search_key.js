// "/" leads to the search box: the page's own, else the page for searching. Ctrl+K or ⌘K leads to
// that page, whatever one does. Not for who has switched shortcuts off.
export function searchKey(root) {
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || root.body.dataset.shortcuts === "off") return;
    const anywhere = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
    if (anywhere ? root.querySelector("dialog[open]") : !isSlash(event)) return;
    const link = root.querySelector("[data-search-link]");
    const elsewhere = anywhere && link && !link.hasAttribute("aria-current");
    const box = !elsewhere && root.querySelector("[data-search-box]");
    if (!box && !link) return;
    event.preventDefault();
    if (!box) return link.click();
    box.focus();
    box.select();
  });
}

// Not while somebody writes.
function isSlash({ key, ctrlKey, metaKey, target }) {
  if (key !== "/" || ctrlKey || metaKey) return false;
  return !target.closest("input, textarea, select, [contenteditable], dialog");
}
