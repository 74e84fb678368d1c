// On a narrow screen a row of tabs scrolls sideways: bring the one we are on into sight.
export function activeTab(root) {
  root.querySelectorAll(".nav-underline > .active").forEach((tab) => {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });
}
