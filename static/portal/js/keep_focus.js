// A part that was swapped away takes the focus with it. It goes on to the field that has to be
// put right; else, if it is nowhere, to what the new part offers with data-focus-on-load, or to
// the element whose id the form that was sent names with data-focus-after.
export function keepFocus(root) {
  root.addEventListener("htmx:afterSettle", ({ target }) => {
    const invalid = target.querySelector?.('[aria-invalid="true"]');
    if (invalid) invalid.focus();
    else if (document.activeElement === document.body) target.querySelector?.("[data-focus-on-load]")?.focus();
  });
  root.addEventListener("htmx:afterRequest", ({ detail }) => {
    const next = detail.requestConfig?.elt.dataset.focusAfter;
    if (next && document.activeElement === document.body) document.getElementById(next)?.focus();
  });
}
