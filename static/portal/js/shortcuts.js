// Single keys, as the dialog #shortcuts lists them: it says what each does. They do nothing while
// somebody writes or a dialog is open, and can be switched off (WCAG 2.1.4).
const PAUSE = 1_200; // milliseconds between the keys of one shortcut
const STORE = "portal.shortcuts";
const ROWS = "main :is(.ui-tasks .ui-col-title a, .ui-row a.ui-cover, .ui-tile a.ui-cover)";
const FIELD = "input:not([type=checkbox], [type=radio]), textarea, select";

export function shortcuts(root) {
  const dialog = root.getElementById("shortcuts");
  if (!dialog) return;
  const table = new Map([...dialog.querySelectorAll("[data-keys]")].map((row) => [row.dataset.keys, row.dataset]));
  const first = new Set([...table.keys()].filter((keys) => keys.includes(" ")).map((keys) => keys[0]));
  let before = "", timer;

  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isOff(root) || event.target.closest(`${FIELD}, [contenteditable], dialog`) || root.querySelector("dialog[open]")) return;
    const keys = before ? `${before} ${event.key}` : event.key;
    clearTimeout(timer);
    before = "";
    const action = table.get(keys);
    if (action) {
      if (act(root, action)) event.preventDefault();
    } else if (first.has(event.key)) {
      before = event.key;
      timer = setTimeout(() => (before = ""), PAUSE);
    }
  });
  root.addEventListener("click", ({ target }) => {
    if (target.closest("[data-shortcuts-open]")) dialog.showModal();
    else if (target === dialog) dialog.close(); // beside it
  });
  switchOff(root, dialog.querySelector("[data-shortcuts-on]"));
}

const isOff = (root) => root.body.dataset.shortcuts === "off";

function switchOff(root, box) {
  const show = (on) => {
    box.checked = on;
    root.body.dataset.shortcuts = on ? "on" : "off";
  };
  show(stored() !== "off");
  box.addEventListener("change", () => {
    show(box.checked);
    try {
      localStorage.setItem(STORE, box.checked ? "on" : "off");
    } catch {
      // Without a store it lasts until the next page.
    }
  });
}

function stored() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function act(root, { press, go, row }) {
  const found = press && [...root.querySelectorAll(press)].filter(canBePressed).at(-1);
  if (found) {
    if (found.matches(FIELD)) found.focus();
    else found.click();
    return true;
  }
  // At the end of what a task's panel leads through, the list behind does not move.
  if (row && !(press && root.querySelector(".ui-panel:not([hidden])")))
    return row === "select" ? select(root) : step(root, row === "next" ? 1 : -1);
  if (go) location.assign(go);
  return Boolean(go);
}

// A menu's entry does not show while the menu is closed, and can be pressed all the same.
const canBePressed = (one) => one.checkVisibility() || one.closest("details, .dropdown-menu") !== null;

function step(root, by) {
  const rows = [...root.querySelectorAll(ROWS)].filter((one) => one.checkVisibility());
  const here = rows.indexOf(current(root, rows));
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return rows.length > 0;
}

function select(root) {
  const rows = [...root.querySelectorAll(ROWS)];
  const box = current(root, rows)?.closest("tr, li").querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

// The row that has the focus, or something in it has.
const current = (root, rows) => {
  const row = root.activeElement.closest("tr, li");
  return rows.find((one) => one.closest("tr, li") === row);
};
