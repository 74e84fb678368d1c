// Looks for new mail every few seconds and swaps the list only when it changed, so that the
// reader's place and focus survive. Without JavaScript the page reloads itself instead.
const seconds = 3;

async function refresh() {
  const answer = await fetch('/').catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const [old, fresh] = [document, page].map((root) => root.querySelector('main'));
  if (old.innerHTML === fresh.innerHTML) return;
  const focused = document.activeElement?.getAttribute('href');
  old.replaceWith(fresh);
  if (focused) document.querySelector(`a[href="${focused}"]`)?.focus();
}

setInterval(refresh, seconds * 1000);
