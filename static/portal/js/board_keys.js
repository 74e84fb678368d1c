// Moves a card by keys on its handle: Space picks up, arrows move, Space or Enter drops, Escape
// puts back. Each step is said. Leaving the handle puts the card back.
import { gripOf, lists, placeOf, putBack, say, send, spotOf } from "./board_move.js";

let held = null;

export function boardKeys(root) {
  root.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.("[data-board] .ui-grip");
    if (!grip) return;
    const card = grip.closest(".ui-tile");
    if (!act(card, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("focusout", () => setTimeout(() => {
    if (held && !held.card.contains(document.activeElement)) cancel();
  }));
}

function act(card, key) {
  if (!held && key === " ") pick(card);
  else if (held && (key === " " || key === "Enter")) drop();
  else if (held && key === "Escape") {
    cancel();
    gripOf(card).focus();
  }
  else if (held && key.startsWith("Arrow")) move(card, key);
  else return false;
  return true;
}

function pick(card) {
  if (card.ariaBusy === "true") return;
  held = { card, from: spotOf(card) };
  card.classList.add("ui-held");
  const { name, at, of } = placeOf(card);
  say(`${card.id} picked up. ${name}, ${at + 1} of ${of}. Arrows move, Space drops, Escape puts back.`);
}

function drop() {
  const { card, from } = held;
  release();
  const { name, at, of } = placeOf(card);
  say(`${card.id} dropped in ${name}, ${at + 1} of ${of}.`);
  send(card, from);
}

function cancel() {
  const { card, from } = held;
  release();
  putBack(card, from);
  say(`${card.id} is back in ${placeOf(card).name}.`);
}

function release() {
  held.card.classList.remove("ui-held");
  held = null;
}

function move(card, key) {
  const { list, at } = placeOf(card);
  const all = lists();
  const side = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (side) {
    const target = all[all.indexOf(list) + side];
    target?.insertBefore(card, target.children[at] ?? null);
  } else if (key === "ArrowUp" && at > 0) list.insertBefore(card, card.previousElementSibling);
  else if (key === "ArrowDown") list.insertBefore(card, card.nextElementSibling?.nextElementSibling ?? null);
  gripOf(card).focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  const { name, at: now, of } = placeOf(card);
  say(`${name}, ${now + 1} of ${of}.`);
}
