// What the panel of a task does to itself and to the list or board behind it: see task_panel.js.

// A link to a part of the task: its field takes the focus, and what hides it opens.
export function jump(root, hash) {
  const goal = root.querySelector(`#panel ${hash}`);
  goal?.closest("details")?.setAttribute("open", "");
  goal?.scrollIntoView({ block: "center" });
  goal?.focus();
}

// The row or card whose title is `old` shows what was changed. Fetches the page behind and takes
// from it that row, or, of a board, moves it to the column and place it has there.
export async function refreshRow(root, old, title, key, url) {
  const row = old?.closest("tr, li");
  const answer = row?.isConnected && (await fetch(url));
  if (!answer?.ok || !row.isConnected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(`${title}[href^="/tasks/${key}/"]`)?.closest("tr, li");
  if (!fresh) {
    // It has left this view, unless it stands behind what the page shows at first.
    const place = [...root.querySelectorAll(`main ${title}`)].indexOf(old);
    if (place < page.querySelectorAll(`main ${title}`).length) row.remove();
    return;
  }
  const hadFocus = row.contains(root.activeElement);
  const column = fresh.parentElement.id && root.getElementById(fresh.parentElement.id);
  if (column && column !== row.parentElement) {
    const place = [...fresh.parentElement.children].indexOf(fresh);
    row.remove();
    column.insertBefore(fresh, column.children[place] || null);
  } else row.replaceWith(fresh);
  window.htmx.process(fresh);
  if (hadFocus) fresh.querySelector(title).focus({ preventScroll: true });
}
