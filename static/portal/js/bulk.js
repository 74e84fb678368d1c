// Tick rows of a list: one by one (shortcuts.js does it with x), all that are shown, a range with
// Shift. The bar for them shows while some are ticked; without this module it always does.
export function bulk(root) {
  // Looked up each time: an undo puts the list in place anew, with its bar.
  const bar = () => root.querySelector("[data-bulk]");
  const find = (name) => bar().querySelector(`[data-bulk-${name}]`);
  const boxes = () => [...root.querySelectorAll('#rows input[name="task"]')];
  const headOf = () => root.querySelector("[data-bulk-all]");
  let last = null;
  const show = () => {
    if (!bar()) return;
    const all = boxes();
    const many = new Set(all.filter((box) => box.checked).map((box) => box.value)).size;
    const full = all.length > 0 && all.every((box) => box.checked);
    if (!full) find("everything").value = "";
    const every = find("everything").value === "1";
    const head = headOf();
    head.hidden = find("clear").hidden = false;
    bar().hidden = many === 0;
    head.checked = full;
    head.indeterminate = many > 0 && !full;
    const { one, many: more, all: match } = find("count").dataset;
    const words = every ? match : many === 1 ? one : more.replace("{n}", many);
    if (find("count").textContent !== words) find("count").textContent = words;
    if (find("match")) find("match").hidden = !full || every;
  };
  // A task may stand in several groups: all of its boxes are one.
  const tick = (list, on) => {
    const values = new Set(list.map((box) => box.value));
    for (const box of boxes()) if (values.has(box.value)) box.checked = on;
  };
  const range = (box, shift) => {
    const all = boxes();
    if (shift && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      tick(all.slice(from, to + 1), box.checked);
    }
    last = box;
  };
  const clear = () => {
    tick(boxes(), false);
    show();
    headOf().focus();
  };
  const everything = () => {
    find("everything").value = "1";
    show();
    bar().querySelector("[data-drop]").focus();
  };
  root.addEventListener("click", ({ target, shiftKey }) => {
    const box = target.closest?.('#rows input[name="task"]');
    if (box) range(box, shiftKey);
    else if (target.closest?.("[data-bulk-clear]")) clear();
    else if (target.closest?.("[data-bulk-match]")) everything();
  });
  root.addEventListener("change", ({ target }) => {
    const head = target.matches("[data-bulk-all]");
    if (head) tick(boxes(), target.checked);
    if (target.name === "task") tick([target], target.checked);
    if (head || target.name === "task") show();
  });
  root.addEventListener("htmx:afterSettle", ({ target }) => { if (["rows", "main"].includes(target.id)) show(); });
  window.addEventListener("pageshow", show);
  show();
}
