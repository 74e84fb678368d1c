// After an undo the page shows what is there now, where one was: nothing else on it moves. What
// has come back takes the focus. It may stand elsewhere: then its own page opens.
import { openAround } from "./open_anchor.js";

const ROWS = "#main :is(.ui-col-title a, .ui-row a.ui-cover, .ui-tile a.ui-cover)";

export function undoInPlace(root) {
  root.addEventListener("undone", async ({ detail, target }) => {
    target.closest("[data-undo-toast]")?.remove();
    const panel = root.querySelector(".ui-panel:not([hidden])");
    if (!(await refresh(root))) return location.reload();
    if (panel) {
      const { pathname } = new URL(panel.querySelector("[data-panel-page]").href);
      await window.htmx.ajax("GET", pathname, { target: "#panel", swap: "innerHTML settle:0ms" }).catch(() => {});
    }
    const found = whatIsBack(root, detail, panel);
    if (found) show(found);
    else if (detail.url) location.assign(detail.url);
  });
}

async function refresh(root) {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const text = await answer.text();
  window.htmx.swap("#main", text, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 }, { select: "#main" });
  const side = new DOMParser().parseFromString(text, "text/html").querySelector("#side nav + nav");
  if (side) root.querySelector("#side nav + nav")?.replaceWith(side);
  return true;
}

function whatIsBack(root, { key, anchor, url }, panel) {
  if (anchor) return root.getElementById(anchor);
  const row = key && root.querySelector(`${ROWS}[href^="/tasks/${key}/"]`);
  return row || (url ? null : panel?.querySelector("#panel-title") || root.querySelector("#main h1"));
}

function show(found) {
  openAround(found);
  if (!found.matches("a, button, [tabindex]")) found.tabIndex = -1;
  found.focus({ preventScroll: true });
  found.scrollIntoView({ block: "nearest" });
}
