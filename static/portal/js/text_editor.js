// [data-text-editor]: a text area with the tabs Write and Preview. htmx fetches the preview; the
// tabs are hidden in the page, because they do nothing without this. Arrows go from tab to tab.
const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -1, End: 1 };

export function textEditor(root) {
  reveal(root);
  root.addEventListener("htmx:load", ({ target }) => reveal(target));
  root.addEventListener("click", ({ target }) => {
    const tab = target.closest("[data-text-editor] [role=tab]");
    if (tab) select(tab);
  });
  root.addEventListener("keydown", (event) => {
    const tab = event.target.closest("[data-text-editor] [role=tab]");
    if (!tab || !(event.key in KEYS)) return;
    event.preventDefault();
    const tabs = [...tab.parentElement.children];
    const step = event.key === "Home" ? 0 : event.key === "End" ? -1 : tabs.indexOf(tab) + KEYS[event.key];
    tabs.at(step % tabs.length).focus();
  });
  // Without an answer there is nothing to preview: back to what was written.
  for (const trouble of ["htmx:sendError", "htmx:responseError"]) {
    root.addEventListener(trouble, ({ detail }) => {
      if (detail.elt.matches("[data-text-editor] [role=tab]")) select(detail.elt.parentElement.children[0]);
    });
  }
}

function reveal(part) {
  for (const editor of part.querySelectorAll("[data-text-editor]")) {
    editor.querySelector("[role=tablist]").hidden = false;
    for (const panel of editor.querySelectorAll("[data-tab-panel]")) {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", panel.dataset.tabPanel);
    }
  }
}

function select(chosen) {
  for (const tab of chosen.parentElement.children) {
    tab.setAttribute("aria-selected", tab === chosen);
    tab.tabIndex = tab === chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
  }
}
