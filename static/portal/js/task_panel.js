// On a wide screen a task opens beside the list or board it was clicked in. The address says so
// (?task=REP-1): it can be reloaded and shared, and Back closes the panel. Everywhere else, and
// with Ctrl, Shift or the middle button, a title leads to the task's page.
import { jump, refreshRow } from "./panel_parts.js";

const WIDE = matchMedia("(min-width: 1200px)");
const TITLE = "a[data-panel]:not([aria-controls])"; // those open small windows of their own
const TASK = /^\/tasks\/([A-Z][A-Z0-9]{1,7}-\d+)\/$/;
const TYPED_IN = "input:not([type=checkbox], [type=radio])";
const SHELL = `<header><a class="btn btn-sm ui-ghost ms-auto" data-panel-page>Open as page</a>
<button class="btn-close" type="button" data-panel-close aria-label="Close"></button></header><div id="panel" tabindex="-1"></div>`;

export function taskPanel(root) {
  let frame, opener, shown = "", pushed = false, stale = false;

  const address = (key) => {
    const url = new URL(location.href);
    if (key) url.searchParams.set("task", key);
    else url.searchParams.delete("task");
    url.hash = "";
    return url;
  };
  const titleOf = (key) => root.querySelector(`${TITLE}[href^="/tasks/${key}/"]`);

  async function show(path, key) {
    if (!frame) {
      frame = root.createElement("aside");
      frame.className = "ui-panel";
      frame.setAttribute("aria-label", "Task");
      frame.innerHTML = SHELL;
      frame.addEventListener("keydown", escape);
      root.querySelector(".ui-shell").append(frame);
    }
    frame.hidden = false;
    shown = key;
    frame.querySelector("[data-panel-page]").href = path;
    // Settled at once: a key pressed right after the focus has come must find its button bound.
    await window.htmx.ajax("GET", path, { target: "#panel", swap: "innerHTML show:#panel:top" });
    frame.querySelector("#panel-title")?.focus();
  }

  function open(path, key) {
    const url = address(key);
    if (shown) history.replaceState({ panel: key }, "", url);
    else history.pushState({ panel: key }, "", url), (pushed = true);
    show(path, key);
  }

  function hide() {
    if (!shown) return;
    const back = titleOf(shown) || opener;
    if (stale) refresh(shown, back);
    shown = "";
    frame.hidden = true;
    frame.querySelector("#panel").replaceChildren();
    back?.focus({ preventScroll: true });
  }

  function close() {
    if (pushed) return history.back(); // popstate hides it
    history.replaceState(null, "", address(""));
    hide();
  }

  function escape(event) {
    if (event.key !== "Escape" || event.target.closest("[data-escape-leaves], details[open], dialog")) return;
    // What is half written must not be lost by one key: it leaves a field, and no text at all.
    if (event.target.matches("textarea")) return;
    if (event.target.matches(TYPED_IN)) frame.querySelector("#panel").focus({ preventScroll: true });
    else close();
  }

  function refresh(key, title) {
    stale = false;
    refreshRow(root, title, TITLE, key, address(""));
  }

  root.addEventListener("click", (event) => {
    const { target } = event;
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (target.closest("[data-panel-close]")) return close();
    const inside = frame?.contains(target);
    const link = target.closest(inside ? "a[href]:not([data-panel-page], [data-copy-link], [hx-get])" : TITLE);
    if (!link || !WIDE.matches) return;
    if (inside && link.getAttribute("href").startsWith("#")) return event.preventDefault(), jump(root, link.hash);
    const key = link.origin === location.origin && TASK.exec(link.pathname)?.[1];
    if (!key || link.hash) return;
    event.preventDefault();
    if (!inside) opener = link;
    open(link.pathname + link.search, key);
  });
  root.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (detail.successful && detail.requestConfig.verb !== "get" && frame?.contains(target)) stale = true;
    if (stale && shown) refresh(shown, titleOf(shown) || opener);
  });
  // Before htmx's own listener: what it kept of the page would take the place of the list.
  window.addEventListener("popstate", (event) => {
    const key = new URL(location.href).searchParams.get("task") || "";
    if (key === shown) return;
    if (!shown && !event.state?.panel) return;
    event.stopImmediatePropagation();
    pushed = Boolean(key);
    if (key) show(`/tasks/${key}/`, key);
    else hide();
  });
  atFirst(root, show);
}

// An address with a task in it was reloaded or shared.
function atFirst(root, show) {
  const key = new URL(location.href).searchParams.get("task");
  if (!key || !root.querySelector(TITLE) || !TASK.test(`/tasks/${key}/`)) return;
  if (!WIDE.matches) return location.replace(`/tasks/${key}/`);
  window.addEventListener("load", () => show(`/tasks/${key}/`, key));
}
