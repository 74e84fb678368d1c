// Light, dark or as the device. Loaded in <head> without defer, so that the page never flashes.
// The choice lives in a cookie: the server renders data-bs-theme from it. In a form it is kept
// with the account too, and other devices follow.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const saved = () => document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
  const apply = () => {
    root.dataset.bsTheme = saved() || (system.matches ? "dark" : "light");
  };
  apply();
  system.addEventListener("change", apply);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme]");
    const choice = button?.dataset.theme;
    if (!choice) return;
    const age = choice === "auto" ? 0 : 31536000;
    document.cookie = `theme=${choice}; path=/; max-age=${age}; SameSite=Lax`;
    apply();
    if (!button.form) return;
    event.preventDefault();
    const body = new FormData(button.form);
    body.set("theme", choice);
    const headers = { "X-Requested-With": "fetch" };
    // Should it fail, the colours have changed on this device, which is what was asked for.
    fetch(button.form.action, { method: "POST", body, headers, keepalive: true }).catch(() => {});
  });
})();
