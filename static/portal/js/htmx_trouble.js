// What htmx would swallow: the session has ended, or the answer is an error.
// After a redirect to another page the browser goes there; an error is said in an alert.
export function htmxTrouble(root) {
  root.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const answered = new URL(xhr.responseURL || location.href);
    if (answered.pathname === new URL(requestConfig.path, location.href).pathname) return;
    event.detail.shouldSwap = false;
    // Signing in leads back to the page, not to the address that was posted to.
    if (answered.searchParams.has("next")) answered.searchParams.set("next", location.pathname);
    location.assign(answered);
  });
  root.addEventListener("htmx:responseError", () => say("That did not work. Reload the page and try again."));
  root.addEventListener("htmx:sendError", () => say("The portal does not answer. Check your connection and try again."));
}

function say(text) {
  document.getElementById("trouble")?.remove();
  const alert = document.createElement("div");
  alert.id = "trouble";
  alert.className = "alert alert-danger mb-3";
  alert.setAttribute("role", "alert");
  alert.textContent = text;
  document.getElementById("main").prepend(alert);
  alert.scrollIntoView({ block: "nearest" });
}
