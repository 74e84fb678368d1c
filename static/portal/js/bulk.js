// Tick rows of a list: one by one (shortcuts.js does it with x), all that are shown, a range with
// Shift. The bar for them shows while some are ticked; without this module it always does.
export function bulk(root) {
  const bar = root.querySelector("[data-bulk]");
  if (!bar) return;
  const find = (name) => bar.querySelector(`[data-bulk-${name}]`);
  const boxes = () => [...root.querySelectorAll('#rows input[name="task"]')];
  const head = root.querySelector("[data-bulk-all]");
  let last = null;
  const show = () => {
    const all = boxes();
    const many = all.filter((box) => box.checked).length;
    const full = all.length > 0 && many === all.length;
    if (!full) find("everything").value = "";
    const every = find("everything").value === "1";
    bar.hidden = many === 0;
    head.checked = full;
    head.indeterminate = many > 0 && !full;
    const { one, many: more, all: match } = find("count").dataset;
    const words = every ? match : many === 1 ? one : more.replace("{n}", many);
    if (find("count").textContent !== words) find("count").textContent = words;
    if (find("match")) find("match").hidden = !full || every;
  };
  const tick = (list, on) => list.forEach((box) => { box.checked = on; });
  head.hidden = find("clear").hidden = false;
  root.addEventListener("click", (event) => {
    const box = event.target.closest?.('#rows input[name="task"]');
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      tick(all.slice(from, to + 1), box.checked);
    }
    last = box;
  });
  root.addEventListener("change", ({ target }) => {
    if (target === head) tick(boxes(), head.checked);
    if (target === head || target.name === "task") show();
  });
  find("clear").addEventListener("click", () => {
    tick(boxes(), false);
    show();
    head.focus();
  });
  find("match")?.addEventListener("click", () => {
    find("everything").value = "1";
    show();
    bar.querySelector("[data-drop]").focus();
  });
  root.addEventListener("htmx:afterSettle", ({ target }) => { if (target.id === "rows") show(); });
  window.addEventListener("pageshow", show);
  show();
}
