// While the files of form[data-upload] are on their way, its bar shows how far they are.
export function uploadProgress(root) {
  const bar = ({ target }) => target.closest?.("[data-upload]")?.querySelector("[data-upload-bar]");
  root.addEventListener("htmx:xhr:loadstart", (event) => {
    const found = bar(event);
    if (!found?.hidden) return;
    found.value = 0;
    found.hidden = false;
  });
  root.addEventListener("htmx:xhr:progress", (event) => {
    const found = bar(event);
    const { lengthComputable, loaded, total } = event.detail;
    // The answer has a length too: the bar never goes back.
    if (found && lengthComputable) found.value = Math.max(found.value, (100 * loaded) / total);
  });
  root.addEventListener("htmx:afterRequest", (event) => {
    const found = bar(event);
    if (found) found.hidden = true;
  });
}
