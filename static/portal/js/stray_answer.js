// Answers of the Auth server that arrive behind a "#", where the server cannot see them: the stock
// mail templates and refused redirect addresses lead to the home page so. Errors get their page.
// Tokens leave the address bar, the history and the page at once; signing in starts again.
export function strayAnswer(location) {
  if (location.pathname !== "/") return;
  const answer = new URLSearchParams(location.hash.slice(1));
  if (answer.has("access_token")) {
    location.replace("/auth/callback?error=answer_in_fragment");
  } else if (answer.has("error_code")) {
    const query = new URLSearchParams({ error: "refused", error_code: answer.get("error_code") });
    location.replace(`/auth/callback?${query}`);
  }
}
