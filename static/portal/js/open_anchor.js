// An address with #… may name something inside a closed <details>, as a settled comment: opened, it
// can be seen, be scrolled to and take the focus.
export function openAnchor(root) {
  const named = () => {
    const found = root.getElementById(decoded(location.hash.slice(1)));
    if (found && openAround(found)) found.scrollIntoView();
  };
  named();
  window.addEventListener("hashchange", named);
}

// Opens every <details> around the element; true if one was closed.
export function openAround(element) {
  let opened = false;
  for (let around = element.parentElement?.closest("details"); around; around = around.parentElement.closest("details")) {
    opened ||= !around.open;
    around.open = true;
  }
  return opened;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
