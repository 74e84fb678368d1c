// After an undo the page shows what is there now, where one was: nothing else on it moves. What
// has come back takes the focus. It may stand elsewhere: then its own page opens. While something
// is typed or ticked that this would lose, the page stays as it is: the toast has said what was done.
import { openAround } from "./open_anchor.js";

const ROWS = "#main :is(.ui-col-title a, .ui-row a.ui-cover, .ui-tile a.ui-cover)";
const FIELDS = ":is(#main, .ui-panel:not([hidden])) :is(input, textarea, select)";
const UNASKED = "[data-draft], [type=hidden], [type=submit], [type=search]";

export function undoInPlace(root) {
  root.addEventListener("undone", async ({ detail, target }) => {
    target.closest("[data-undo-toast]")?.remove();
    const field = begun(root);
    if (field) return field.focus({ preventScroll: true });
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

// The first that is not as the page brought it. Drafts are kept and come back by themselves.
function begun(root) {
  const fields = root.querySelectorAll(`${FIELDS}:not(${UNASKED})`);
  return [...fields].find((field) => {
    if (field.options) return isOther(field);
    if (/checkbox|radio/.test(field.type)) return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  });
}

// Of a list without a default the browser chooses the first.
function isOther({ options, multiple }) {
  const all = [...options];
  const hasDefault = multiple || all.some((option) => option.defaultSelected);
  if (!hasDefault) return all.findIndex((option) => option.selected) > 0;
  return all.some((option) => option.selected !== option.defaultSelected);
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
