// A button with data-show-password shows and hides the field that aria-controls names.
// It is hidden in the page, because it does nothing without this.
export function showPassword(root) {
  for (const button of root.querySelectorAll("[data-show-password]")) button.hidden = false;
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show-password]");
    if (!button) return;
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", shown);
    root.getElementById(button.getAttribute("aria-controls")).type = shown ? "text" : "password";
  });
}
