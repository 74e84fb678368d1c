// An element with data-focus-on-load gets the focus: the summary of a form's errors.
export function focusOnLoad(root) {
  root.querySelector("[data-focus-on-load]")?.focus();
}
