// a[data-copy-link] puts its address on the clipboard. Where there is none it stays a link.
export function copyLink(root) {
  root.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-copy-link]");
    if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
    try {
      await navigator.clipboard.writeText(link.href);
      say(root, "The link is copied.");
    } catch {
      say(root, `The browser keeps its clipboard closed. The link is ${link.href}`);
    }
  });
}

const say = (root, words) => (root.getElementById("live").textContent = words);
