// Light, dark or as the device. Loaded in <head> without defer, so that the page never flashes.
// The choice lives in a cookie: the server renders data-bs-theme from it.
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
    const choice = event.target.closest("[data-theme]")?.dataset.theme;
    if (!choice) return;
    const age = choice === "auto" ? 0 : 31536000;
    document.cookie = `theme=${choice}; path=/; max-age=${age}; SameSite=Lax`;
    apply();
  });
})();
