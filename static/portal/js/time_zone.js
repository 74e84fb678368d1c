// The list of time zones, select[data-time-zone]: a field that narrows it down, and the time
// that it is there now.
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export function timeZone(root) {
  const select = root.querySelector("select[data-time-zone]");
  if (!select) return;
  addSearch(select);
  const clock = root.querySelector("[data-clock]");
  select.addEventListener("change", () => {
    const there = { hour: "numeric", minute: "2-digit", timeZone: select.value || select.dataset.timeZone };
    clock.textContent = new Intl.DateTimeFormat(clock.dataset.clock, there).format();
  });
}

function addSearch(select) {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "form-control mb-2";
  search.setAttribute("aria-label", "Find a city");
  search.placeholder = "Find a city";
  search.setAttribute("aria-controls", select.id);
  const all = [...select.children].map((child) => child.cloneNode(true));
  search.addEventListener("input", () => {
    const wanted = plain(search.value.trim());
    const chosen = select.value;
    // Browsers differ in hiding options, so those that do not fit are taken out.
    select.replaceChildren(...all.map((child) => narrowed(child, wanted, chosen)).filter(Boolean));
    select.value = chosen;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // takes the first hit instead of sending the form
    const hit = [...select.options].find((option) => fits(option, plain(search.value.trim())));
    if (!hit) return;
    select.value = hit.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.before(search);
}

const fits = (option, wanted) => plain(`${option.textContent} ${option.value}`.replaceAll("_", " ")).includes(wanted);

function narrowed(child, wanted, chosen) {
  const copy = child.cloneNode(true);
  const kept = (option) => option.value === chosen || fits(option, wanted);
  if (copy.tagName === "OPTION") return kept(copy) ? copy : null;
  for (const option of [...copy.children]) if (!kept(option)) option.remove();
  return copy.children.length ? copy : null;
}
