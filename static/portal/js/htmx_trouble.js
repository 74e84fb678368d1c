// What htmx would swallow: the session has ended, or the answer is an error.
// After a redirect to another page the browser goes there; an error is said in an alert.
export function htmxTrouble(root) {
  root.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, shouldSwap } = event.detail;
    if (shouldSwap) document.getElementById("trouble")?.remove();
    if (!isElsewhere(xhr, requestConfig)) return;
    event.detail.shouldSwap = false;
    const answered = new URL(xhr.responseURL);
    // Signing in leads back to the page, not to the address that was posted to.
    if (answered.searchParams.has("next")) answered.searchParams.set("next", location.pathname);
    location.assign(answered);
  });
  root.addEventListener("htmx:responseError", ({ detail }) => {
    say(reason(detail.xhr) || "That did not work. Reload the page and try again.", detail.elt);
  });
  root.addEventListener("htmx:sendError", ({ detail }) => say(unsent(detail.elt)));
}

// Whether an answer comes from another page than the one asked: mostly from the sign-in page.
export function isElsewhere(xhr, requestConfig) {
  const answered = new URL(xhr.responseURL || location.href);
  return Boolean(xhr.responseURL) && answered.pathname !== new URL(requestConfig.path, location.href).pathname;
}

function unsent(elt) {
  if (!elt.querySelector("[data-draft]")) return "The portal does not answer. Check your connection and try again.";
  const why = navigator.onLine ? "The portal does not answer." : "You are offline.";
  return `${why} What you wrote is kept on this device. Send it again when you are back online.`;
}

// The page that refuses says why; that is what somebody has to read.
function reason(xhr) {
  if (xhr.status !== 403) return "";
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return page.querySelector("[data-reason]")?.textContent.trim();
}

// Beside what was pressed in a line, else on top of the panel or the page.
export function say(text, elt) {
  document.getElementById("trouble")?.remove();
  const alert = document.createElement("div");
  alert.id = "trouble";
  alert.className = "alert alert-danger mb-3";
  alert.setAttribute("role", "alert");
  alert.textContent = text;
  const line = elt?.isConnected && elt.closest(".ui-row")?.querySelector(".min-w-0");
  const panel = document.querySelector(".ui-panel:not([hidden]) #panel"); // it stands over the page
  if (line) line.append(alert);
  else (panel || document.getElementById("main")).prepend(alert);
  alert.scrollIntoView({ block: "nearest" });
}
