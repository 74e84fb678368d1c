"""The page of a pretended social provider: several people, a free address, a way back."""

from html import escape

PEOPLE = (
    ("Helen Whitcombe", "helen.whitcombe@lindencourt.example"),
    ("Amara Okafor", "amara.okafor@lindencourt.example"),
    ("Tomasz Zielinski", "tomasz.zielinski@lindencourt.example"),
    ("Noor Rahman", "noor.rahman@mail.example"),  # has no account yet
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pretended {provider}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; color: #1d1c1a; background: #f4f3f1; margin: 0; }}
main {{ max-width: 26rem; margin: 3rem auto; padding: 2rem; background: #fff; }}
button, input {{ font: inherit; box-sizing: border-box; width: 100%; padding: .6rem .8rem;
  margin-bottom: .5rem; text-align: left; border: 1px solid #767470; background: #fff; }}
small {{ display: block; color: #595752; }}
</style>
</head>
<body>
<main>
<h1>Pretended {provider}</h1>
<p>For development: whoever you choose here is signed in at the portal.</p>
{people}
<form action="{callback}">{hidden}
<label for="email">Somebody else</label>
<input id="email" name="email" type="email" required>
<button>Continue with this address</button>
</form>
<form action="{callback}">{hidden}<input type="hidden" name="error" value="access_denied">
<button>Cancel</button>
</form>
</main>
</body>
</html>
"""


def consent_page(provider: str, callback: str, state: str) -> bytes:
    """Return the HTML; each choice leads to ``callback`` with the state and the person."""
    hidden = _hidden("state", state) + _hidden("provider", provider)
    people = "".join(
        f'<form action="{escape(callback)}">{hidden}{_hidden("email", email)}{_hidden("name", name)}'
        f"<button>Continue as {escape(name)} <small>{escape(email)}</small></button></form>"
        for name, email in PEOPLE
    )
    values = {"provider": escape(provider.title()), "callback": escape(callback)}
    return PAGE.format(**values, hidden=hidden, people=people).encode()


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'
