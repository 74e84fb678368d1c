// Moves a card by mouse, pen or finger. A finger has to rest on the card first, so that the page
// can be scrolled; on the handle it need not. The card itself marks the place it would go to,
// while a picture of it follows the pointer.
import { placeOf, putBack, say, send, spotOf } from "./board_move.js";

const LONG_PRESS = 300; // ms
const SLOP = 6; // px that a pointer may tremble
const EDGE = 56; // px from an edge within which things scroll by themselves
const STEP = 12; // px a frame

let drag = null;

export function boardDrag(root) {
  root.addEventListener("pointerdown", press);
  root.addEventListener("pointermove", follow);
  root.addEventListener("pointerup", () => (drag?.ghost ? drop() : forget()));
  root.addEventListener("pointercancel", cancel);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.ghost) return;
    event.preventDefault();
    cancel();
  });
  // Once the card is lifted the page must not scroll under it, nor anything else begin.
  root.addEventListener("touchmove", (event) => drag?.ghost && event.preventDefault(), { passive: false });
  for (const kind of ["contextmenu", "dragstart", "selectstart"]) {
    root.addEventListener(kind, (event) => {
      if (drag && (kind !== "contextmenu" || drag.touch)) event.preventDefault();
    });
  }
}

function press(event) {
  const card = event.target.closest?.("[data-board] .ui-tile:has(.ui-grip)");
  if (!card || event.button || !event.isPrimary || card.ariaBusy === "true") return;
  const touch = event.pointerType === "touch";
  const rests = touch && !event.target.closest(".ui-grip");
  drag = { card, touch, rests, from: spotOf(card), x: event.clientX, y: event.clientY, left: event.clientX, top: event.clientY };
  if (rests) drag.timer = setTimeout(lift, LONG_PRESS);
}

function follow(event) {
  if (!drag || !event.isPrimary) return;
  Object.assign(drag, { x: event.clientX, y: event.clientY });
  if (drag.ghost) return aim();
  if (Math.hypot(drag.x - drag.left, drag.y - drag.top) < SLOP) return;
  if (drag.rests) forget(); // it scrolls
  else lift();
}

function lift() {
  const { card } = drag;
  const box = card.getBoundingClientRect();
  drag.ghost = card.cloneNode(true);
  drag.ghost.removeAttribute("id");
  drag.ghost.setAttribute("aria-hidden", "true");
  drag.ghost.classList.add("ui-held", "ui-ghost-tile");
  Object.assign(drag.ghost.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px` });
  Object.assign(drag, { left: drag.x, top: drag.y });
  document.body.append(drag.ghost);
  card.classList.add("ui-drop");
  document.body.classList.add("ui-dragging");
  if (drag.touch) navigator.vibrate?.(10);
  drag.frame = requestAnimationFrame(scroll);
  aim();
}

// Puts the card where it would go: before the first whose middle is below the pointer.
function aim() {
  const { card, ghost, x, y } = drag;
  ghost.style.translate = `${x - drag.left}px ${y - drag.top}px`;
  const list = document.elementFromPoint(x, y)?.closest(".ui-col")?.querySelector("ol");
  if (!list) return;
  const next = [...list.children].find((other) => {
    const box = other.getBoundingClientRect();
    return other !== card && y < box.top + box.height / 2;
  });
  if (card.parentElement !== list || card.nextElementSibling !== (next ?? null)) list.insertBefore(card, next ?? null);
}

function scroll() {
  if (!drag?.ghost) return;
  const board = drag.card.closest("[data-board]");
  const { left, right } = board.getBoundingClientRect();
  const pull = (at, low, high) => (at < low + EDGE ? -STEP : at > high - EDGE ? STEP : 0);
  const across = pull(drag.x, Math.max(left, 0), Math.min(right, innerWidth));
  const along = pull(drag.y, 0, innerHeight);
  if (across) board.scrollLeft += across;
  if (along) window.scrollBy(0, along);
  if (across || along) aim();
  drag.frame = requestAnimationFrame(scroll);
}

function drop() {
  const { card, from } = drag;
  // The click that ends a drag would open the task.
  const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
  forget();
  send(card, from);
}

function cancel() {
  if (!drag?.ghost) return forget();
  const { card, from } = drag;
  forget();
  putBack(card, from);
  say(`${card.id} is back in ${placeOf(card).name}.`);
}

function forget() {
  clearTimeout(drag?.timer);
  cancelAnimationFrame(drag?.frame);
  drag?.ghost?.remove();
  drag?.card.classList.remove("ui-drop");
  document.body.classList.remove("ui-dragging");
  drag = null;
}
