// What is typed into textarea[data-draft="…"] is kept on this device until it has been sent: it
// outlives a reload, a lost connection and the end of a session. Kept for each person apart, for
// 30 days; signing out forgets it.
import { isElsewhere, say } from "./htmx_trouble.js";

const DAYS = 30 * 24 * 3600 * 1000;
const SENT = "drafts-on-their-way"; // of this tab: it knows on the next page how the sending ended
const OFFLINE = "You are offline. What you wrote is kept on this device. Send it again when you are back online.";
const user = () => document.body.dataset.user;
const place = (name = "") => `draft ${user()} ${name}`;

export function keepDraft(root) {
  settle();
  if (!user()) return;
  forgetOld();
  restore(root);
  root.addEventListener("htmx:load", ({ target }) => restore(target));
  root.addEventListener("input", ({ target }) => target.matches("[data-draft]") && keep(target));
  root.addEventListener("htmx:beforeOnLoad", ({ detail: { xhr, requestConfig } }) => {
    const { elt } = requestConfig;
    if (xhr.status < 300 && elt.matches("form") && !isElsewhere(xhr, requestConfig)) drafts(elt).forEach(forget);
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action")?.endsWith("/accounts/sign-out/") && navigator.onLine) return forgetAll();
    if (!drafts(form).length || form.hasAttribute("hx-post")) return;
    if (navigator.onLine) return sessionStorage.setItem(SENT, JSON.stringify(drafts(form)));
    event.preventDefault();
    say(OFFLINE);
  });
}

const drafts = (form) => [...form.querySelectorAll("[data-draft]")].map((area) => place(area.dataset.draft));
const forget = (key) => localStorage.removeItem(key);
const forgetAll = () => Object.keys(localStorage).filter((key) => key.startsWith(place())).forEach(forget);

function forgetOld() {
  const old = (key) => key.startsWith("draft ") && Date.now() - read(key).at > DAYS;
  Object.keys(localStorage).filter(old).forEach(forget);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function keep(area) {
  const key = place(area.dataset.draft);
  if (area.value === area.defaultValue) return forget(key);
  const draft = { text: area.value, at: Date.now(), version: version(area)?.value };
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // The device is full or keeps nothing: then this page alone holds the text.
  }
}

// A form that was sent without htmx has arrived when its answer led on to another page of ours.
function settle() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
  sessionStorage.removeItem(SENT);
  const [page] = performance.getEntriesByType("navigation");
  if (user() && page.redirectCount > 0 && (page.responseStatus ?? 200) < 300) sent.forEach(forget);
}

// The version goes with the text: what others saved since then must not be overwritten unseen.
const version = (area) => area.form?.elements.namedItem("version");

function restore(part) {
  for (const area of part.querySelectorAll("textarea[data-draft]")) {
    const draft = read(place(area.dataset.draft));
    if (!draft.text || draft.text === area.value) continue;
    const input = version(area);
    const before = input?.value;
    area.value = draft.text;
    if (input && draft.version) input.value = draft.version;
    area.before(note(draft.at, area, () => {
      forget(place(area.dataset.draft));
      area.value = area.defaultValue;
      if (input) input.value = before;
    }));
  }
}

function note(at, area, discard) {
  const line = document.createElement("p");
  line.className = "ui-sm ui-muted mb-1";
  line.setAttribute("role", "status");
  line.textContent = `Your draft from ${moment(new Date(at))} is back. `;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-link btn-sm p-0 align-baseline";
  button.textContent = "Discard";
  button.addEventListener("click", () => {
    discard();
    line.remove();
    area.focus();
  });
  line.append(button);
  return line;
}

function moment(at) {
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { weekday: "short", day: "numeric", month: "short" };
  const locale = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  return new Intl.DateTimeFormat(locale, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}
