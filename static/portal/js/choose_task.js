// Under an input[data-choose-task] a list offers the tasks that what is typed may mean: key,
// title, state. Arrows choose, Enter takes the chosen one into the field, Escape closes the
// list. Enter sends the form only when no list is open or on its way, and never one with
// [data-choose-only], where a button says what will happen. Without this module the field is
// a plain one: the portal reads keys and words of a title.
import { arrows, chosenIn, close as closeList, listOf, say, show } from "./listbox.js";

const FIELD = "input[data-choose-task]";
const PAUSE = 200; // milliseconds without a key before the portal is asked

let asked; // the question that is waited for
let timer;
let waiting = false; // from the key to the answer

export function chooseTask(root) {
  root.addEventListener("focusin", ({ target }) => {
    if (!target.matches(FIELD) || target.hasAttribute("role")) return;
    target.setAttribute("role", "combobox");
    target.setAttribute("aria-expanded", "false");
    target.setAttribute("aria-autocomplete", "list");
    target.parentElement.classList.add("position-relative"); // the list hangs under the field
  });
  root.addEventListener("input", ({ target }) => {
    if (!target.matches(FIELD)) return;
    chosen(target, "");
    soon(target);
  });
  // Before anybody else: Escape closes the list, and not the panel that it stands in.
  root.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(FIELD) || event.isComposing || !press(event.key, event.target)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  root.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".ui-names [role=option]");
    const field = option?.closest(".ui-names").parentElement.querySelector(FIELD);
    if (!field) return;
    event.preventDefault(); // keeps the focus in the field
    take(field, option);
  });
  root.addEventListener("focusout", ({ target }) => target.matches(FIELD) && close(target));
}

function soon(field) {
  clearTimeout(timer);
  asked?.abort();
  waiting = Boolean(field.value.trim());
  if (waiting) timer = setTimeout(() => ask(field), PAUSE);
  else close(field);
}

async function ask(field) {
  const typed = field.value;
  asked = new AbortController();
  const { signal } = asked;
  try {
    const answer = await fetch(`${field.dataset.chooseTask}&${new URLSearchParams({ [field.name]: typed })}`, { signal });
    const options = answer.ok && !answer.redirected ? await answer.text() : "";
    if (field.value !== typed || document.activeElement !== field) return;
    waiting = false;
    show(field, options);
    if (listOf(field).hidden) say("No task fits.");
  } catch {
    if (!signal.aborted) waiting = false; // no connection: no list
  }
}

function press(key, field) {
  const list = listOf(field);
  const open = list && !list.hidden;
  if (key === "ArrowDown" && !open && field.value.trim()) return soon(field), true;
  if (open && arrows(key, field, list)) return true;
  if (key === "Enter") {
    if (open) take(field, list.children[chosenIn(list)]);
    return open || waiting || "chooseOnly" in field.dataset;
  }
  if (key === "Escape" && (open || waiting)) return close(field), true;
  return false;
}

function take(field, option) {
  field.value = option.dataset.insert;
  close(field);
  chosen(field, field.value);
}

// Where the form says what will happen, it names what was chosen.
function chosen(field, words) {
  const place = field.form?.querySelector("[data-chosen]");
  if (!place) return;
  place.dataset.chosen ||= place.textContent;
  place.textContent = words || place.dataset.chosen;
}

function close(field) {
  clearTimeout(timer);
  asked?.abort();
  waiting = false;
  closeList(field);
}
