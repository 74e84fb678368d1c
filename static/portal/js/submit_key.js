// Ctrl+Enter, or ⌘Enter, in a long text sends its form, as its button does.
export function submitKey(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    const form = event.target.closest("[data-text-editor] textarea")?.form;
    if (!form || form.matches(".htmx-request")) return; // on its way already
    event.preventDefault();
    form.querySelector("[type=submit]:not([hidden])")?.click();
  });
}
