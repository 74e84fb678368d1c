// While "@to" or "#bike" is typed in a [data-text-editor], a list under it offers people and
// tasks of the project. Arrows choose, Enter or Tab takes, Escape closes. It is help only: who
// types on, or has no connection, misses nothing.
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
const listOf = (area) => document.getElementById(`${area.id}_names`);

async function ask(area, typed) {
  const { names, project } = area.closest("[data-names]").dataset;
  const query = new URLSearchParams({ project: project || area.form.elements.namedItem("project")?.value || "", q: typed });
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

function show(area, options) {
  const list = listOf(area) ?? newList(area);
  list.innerHTML = options;
  [...list.children].forEach((option, index) => { option.id = `${list.id}_${index}`; });
  if (!list.children.length) return close(area);
  list.hidden = false;
  choose(area, list, 0);
  const many = list.children.length;
  document.getElementById("live").textContent = `${many} ${many === 1 ? "suggestion" : "suggestions"}. Arrows choose, Enter takes.`;
}

function newList(area) {
  const list = document.createElement("ul");
  list.id = `${area.id}_names`;
  list.className = "ui-names dropdown-menu show";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  area.after(list);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  return list;
}

function choose(area, list, index) {
  const options = [...list.children];
  const chosen = options.at(index % options.length);
  for (const option of options) option.setAttribute("aria-selected", option === chosen);
  area.setAttribute("aria-activedescendant", chosen.id);
}

function press(key, area, list) {
  const now = [...list.children].findIndex((option) => option.ariaSelected === "true");
  if (key === "ArrowDown") choose(area, list, now + 1);
  else if (key === "ArrowUp") choose(area, list, now - 1);
  else if (key === "Enter" || key === "Tab") take(area, list.children[now]);
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
  area.removeAttribute("aria-activedescendant");
  const list = listOf(area);
  if (list) list.hidden = true;
}
