// "/" leads to the search box: the page's own, else the page for searching. Not while somebody
// writes, and not for who has switched shortcuts off.
export function searchKey(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || root.body.dataset.shortcuts === "off") return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const box = root.querySelector("[data-search-box]");
    const link = root.querySelector("[data-search-link]");
    if (!box && !link) return;
    event.preventDefault();
    if (!box) return link.click();
    box.focus();
    box.select();
  });
}
