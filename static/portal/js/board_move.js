// What moving a card has in common, by pointer, keys or form: the server has the last word on
// where it stands, and a refused card goes back to its place.
export const gripOf = (card) => card.querySelector(".ui-grip");
export const lists = () => [...document.querySelectorAll("[data-board] ol")];
export const spotOf = (card) => ({ list: card.parentElement, next: card.nextElementSibling });
export const putBack = (card, { list, next }) => list.insertBefore(card, next?.parentElement === list ? next : null);

export function say(text) {
  document.getElementById("live").textContent = text;
}

export function placeOf(card) {
  const list = card.parentElement;
  const cards = [...list.children];
  const name = list.closest(".ui-col").querySelector("h2").textContent.trim();
  return { list, name, at: cards.indexOf(card), of: cards.length };
}

// htmx calls a refusal that is shown a success.
const worked = ({ xhr }) => xhr.status >= 200 && xhr.status < 300;

// Tells the server where the card was put. It answers with the card, the counts and what to say.
export async function send(card, from) {
  const { list, next } = spotOf(card);
  if (list === from.list && next === from.next) return;
  const focused = card.contains(document.activeElement);
  const values = {
    csrfmiddlewaretoken: document.querySelector("#board-token input").value,
    status: list.dataset.column,
    after: card.previousElementSibling?.id ?? "",
    before: next?.id ?? "",
  };
  let moved = false;
  card.addEventListener("htmx:afterRequest", ({ detail }) => { moved = worked(detail); }, { once: true });
  card.setAttribute("aria-busy", "true");
  recount();
  await window.htmx.ajax("POST", gripOf(card).href, { source: card, swap: "none", values }).catch(() => {});
  const now = document.getElementById(card.id) ?? card;
  now.removeAttribute("aria-busy");
  if (!moved) putBack(now, from);
  recount();
  if (focused) gripOf(now)?.focus();
}

export function boardMove(root) {
  if (!root.querySelector("[data-board]")) return;
  // A refusal says why in the page, so it is shown like any other answer.
  root.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (![403, 409].includes(detail.xhr.status) || !detail.elt.matches(".ui-tile")) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });
  root.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (worked(detail)) root.getElementById("board-trouble").replaceChildren();
    for (const card of root.querySelectorAll("[data-above]")) settle(card);
    recount();
  });
}

// Puts a card that the server has answered below the one that it names.
function settle(card) {
  const { above, column } = card.dataset;
  const list = document.getElementById(`list-${column}`);
  const upper = above && document.getElementById(above);
  const rest = document.querySelector(`#more-${CSS.escape(column)} a`);
  delete card.dataset.above;
  if (!list) return;
  if (!above) list.prepend(card);
  else if (upper?.parentElement === list) upper.after(card);
  else if (card.parentElement === list) return; // a filter hides the one above
  else if (rest) card.remove(); // it stands among those not shown yet
  else list.append(card);
}

// Where no kept counter tells, the head says how many cards are shown.
function recount() {
  for (const count of document.querySelectorAll(".ui-count[data-shown]")) {
    const words = count.firstElementChild;
    const shown = count.closest(".ui-col").querySelectorAll("ol > li").length;
    words.textContent = `${shown}${words.textContent.endsWith("+") ? "+" : ""}`;
  }
}
