// What the lists under a field share that offer something while one types: see suggest_names.js
// and choose_task.js. The focus stays in the field; aria-activedescendant says what is chosen.

export const listOf = (field) => document.getElementById(`${field.id}_names`);

export function show(field, options) {
  const list = listOf(field) ?? newList(field);
  list.innerHTML = options;
  [...list.children].forEach((option, index) => { option.id = `${list.id}_${index}`; });
  if (!list.children.length) return close(field);
  list.hidden = false;
  opened(field, true);
  choose(field, list, 0);
  const many = list.children.length;
  say(`${many} ${many === 1 ? "suggestion" : "suggestions"}. Arrows choose, Enter takes.`);
}

export function say(words) {
  document.getElementById("live").textContent = words;
}

function newList(field) {
  const list = document.createElement("ul");
  list.id = `${field.id}_names`;
  list.className = "ui-names dropdown-menu show";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  return list;
}

export function choose(field, list, index) {
  const options = [...list.children];
  const chosen = options.at(index % options.length);
  for (const option of options) option.setAttribute("aria-selected", option === chosen);
  field.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView?.({ block: "nearest" });
}

function opened(field, open) {
  if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", open);
}

export const chosenIn = (list) => [...list.children].findIndex((option) => option.getAttribute("aria-selected") === "true");

// Move with the arrows; return whether the key was one of them.
export function arrows(key, field, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step) choose(field, list, chosenIn(list) + step);
  return Boolean(step);
}

export function close(field) {
  field.removeAttribute("aria-activedescendant");
  opened(field, false);
  const list = listOf(field);
  if (list) list.hidden = true;
}
