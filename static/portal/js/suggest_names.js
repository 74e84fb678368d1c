// While "@to" or "#bike" is typed in a [data-text-editor], a list under it offers people and
// tasks of the project. Arrows choose, Enter or Tab takes, Escape closes. It is help only: who
// types on, or has no connection, misses nothing.
import { arrows, chosenIn, close as closeList, listOf, show } from "./listbox.js";

const BEING_TYPED = /(?:^|[\s(])([@#][\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]+)?)$/u;
const PAUSE = 150; // milliseconds without a key before the portal is asked

let asked; // the question that is waited for
let timer;

export function suggestNames(root) {
  root.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-names] textarea")) return;
    clearTimeout(timer);
    const typed = beingTyped(target);
    if (!typed || typed === "#") return close(target);
    timer = setTimeout(() => ask(target, typed), PAUSE);
  });
  // Before anybody else: Escape closes the list, and not the editor that it stands in.
  root.addEventListener("keydown", (event) => {
    const list = event.target.matches?.("[data-names] textarea") && listOf(event.target);
    if (!list || list.hidden || !press(event.key, event.target, list)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  root.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".ui-names [role=option]");
    if (!option) return;
    event.preventDefault(); // keeps the focus in the text
    take(option.closest("[data-names]").querySelector("textarea"), option);
  });
  root.addEventListener("focusout", ({ target }) => target.matches("[data-names] textarea") && close(target));
}

const beingTyped = (area) => BEING_TYPED.exec(area.value.slice(0, area.selectionStart))?.[1];

async function ask(area, typed) {
  const { names, project, task, audience } = area.closest("[data-names]").dataset;
  const chosen = (name) => area.form.elements.namedItem(name)?.value || "";
  const query = new URLSearchParams({ project: project || chosen("project"), q: typed });
  if (task) query.set("task", task);
  if (task) query.set("audience", audience || chosen("audience"));
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`${names}?${query}`, { signal: asked.signal });
    if (!answer.ok || answer.redirected) return close(area);
    const options = await answer.text();
    if (beingTyped(area) === typed && document.activeElement === area) show(area, options);
  } catch {
    // Typed on, or no connection: no list.
  }
}

function press(key, area, list) {
  if (arrows(key, area, list)) return true;
  if (key === "Enter" || key === "Tab") take(area, list.children[chosenIn(list)]);
  else if (key === "Escape") close(area);
  else return false;
  return true;
}

function take(area, option) {
  const end = area.selectionStart;
  const start = end - (beingTyped(area)?.length ?? 0);
  area.setRangeText(`${option.dataset.insert} `, start, end, "end");
  close(area);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function close(area) {
  clearTimeout(timer);
  asked?.abort();
  closeList(area);
}
