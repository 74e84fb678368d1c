// A toast with "Undo" stays for ten seconds, and as long as it is pointed at or has the focus.
// One that warns, [data-undo-toast=stays], waits to be closed.
const STAYS = 10_000; // milliseconds

export function undoToast(root) {
  const timers = new WeakMap();
  const wait = (toast) => {
    if (toast.dataset.undoToast === "stays") return;
    clearTimeout(timers.get(toast));
    timers.set(toast, setTimeout(() => toast.remove(), STAYS));
  };
  const stay = ({ target }) => clearTimeout(timers.get(target.closest?.("[data-undo-toast]")));
  const go = ({ target }) => {
    const toast = target.closest?.("[data-undo-toast]");
    if (toast && !toast.matches(":hover, :focus-within")) wait(toast);
  };
  root.addEventListener("pointerover", stay);
  root.addEventListener("focusin", stay);
  root.addEventListener("pointerout", (event) => setTimeout(go, 0, event));
  root.addEventListener("focusout", (event) => setTimeout(go, 0, event));
  root.addEventListener("click", ({ target }) => target.closest("[data-undo-close]")?.closest("[data-undo-toast]").remove());
  root.addEventListener("htmx:oobAfterSwap", () => root.querySelectorAll("[data-undo-toast]").forEach((toast) => {
    if (!timers.has(toast)) wait(toast);
  }));
}
