"""One-time tokens: the hash in a mailed link and the six digits beside it."""

import hashlib
import secrets
from urllib.parse import urlsplit

from accounts.emulator import flows, hooks, shapes
from accounts.emulator.calls import ApiError, Call, Record
from accounts.emulator.mails import Letter
from accounts.emulator.standin import StandIn
from accounts.emulator.store import age_seconds, now

# purpose -> (kind of the token, column that remembers when it was mailed)
PURPOSES = {
    "signup": ("confirmation", "confirmation_sent_at"),
    "invite": ("confirmation", "confirmation_sent_at"),
    "magiclink": ("recovery", "recovery_sent_at"),
    "recovery": ("recovery", "recovery_sent_at"),
    "email_change": ("email_change_new", "email_change_sent_at"),
}
NONCE = "reauthentication"  # kind and purpose of the digits for a change of password
# type named by POST /verify -> kinds that satisfy it
KINDS = {
    "signup": ("confirmation",),
    "invite": ("confirmation",),
    "magiclink": ("recovery",),
    "recovery": ("recovery",),
    "email": ("confirmation", "recovery"),
    "email_change": ("email_change_current", "email_change_new"),
}


def token_hash(address: str, digits: str) -> str:
    """Return the hash that stands for the digits mailed to ``address``."""
    return hashlib.sha224((address + digits).encode()).hexdigest()


def issue(
    app: StandIn, user: Record, *, kind: str, address: str, prefix: str = ""
) -> tuple[str, str]:
    """Keep a new token, which voids the last one of its kind; return (hash, digits)."""
    digits = f"{secrets.randbelow(10**6):06}"
    hashed = prefix + token_hash(address, digits)
    app.store.execute(
        "delete from one_time_tokens where user_id = ? and kind = ?", user["id"], kind
    )
    app.store.insert(
        "one_time_tokens",
        token_hash=hashed,
        user_id=user["id"],
        kind=kind,
        address=address,
        created_at=now(),
    )
    return hashed, digits


def send(app: StandIn, user: Record, purpose: str, call: Call) -> Record:
    """Mail a link for ``purpose`` and return the user. Needs a transaction.

    The mail leaves while the transaction holds the store: when the mail server fails, the
    whole change rolls back as it does on the real server, and a quick click on the link
    waits for the commit.
    """
    kind, column = PURPOSES[purpose]
    _check_pause(app, user[column])
    places = {kind: user["email"]}
    if purpose == "email_change":
        places = {"email_change_current": user["email"], kind: user["email_change"]}
    target, prefix = redirect_target(app, call), _begin_flow(app, user, call)
    letters = []
    for token_kind, address in places.items():
        hashed, digits = issue(app, user, kind=token_kind, address=address, prefix=prefix)
        letters.append(Letter(purpose, address, hashed, digits, target))
    user = app.store.update_user(user, **{column: now()})
    _deliver(app, user, letters, call)
    return user


def send_nonce(app: StandIn, user: Record, call: Call) -> None:
    """Mail the digits that a change of password takes as its nonce. Needs a transaction."""
    query = "select created_at from one_time_tokens where user_id = ? and kind = ?"
    last = app.store.row(query, user["id"], NONCE) or {"created_at": None}
    _check_pause(app, last["created_at"])
    hashed, digits = issue(app, user, kind=NONCE, address=user["email"])
    _deliver(app, user, [Letter(NONCE, user["email"], hashed, digits)], call)


def spend_nonce(app: StandIn, user: Record, digits: str) -> bool:
    """Tell whether these are the digits that `send_nonce` mailed, and use them up."""
    query = "select * from one_time_tokens where token_hash = ? and kind = ?"
    token = app.store.row(query, token_hash(user["email"], digits), NONCE)
    if token is None or age_seconds(token["created_at"]) > app.options.otp_lifetime:
        return False
    app.store.execute("delete from one_time_tokens where token_hash = ?", token["token_hash"])
    return True


def _check_pause(app: StandIn, last: str | None) -> None:
    wait = app.options.mail_cooldown - age_seconds(last)
    if wait > 0:
        message = f"For security purposes, you can only request this after {wait:.0f} seconds."
        raise ApiError(429, "over_email_send_rate_limit", message)


def find(app: StandIn, hashed: str, token_type: str) -> Record | None:
    """Return the unspent, unexpired token of that hash and type, or None."""
    token = app.store.row("select * from one_time_tokens where token_hash = ?", hashed)
    if token is None or token["kind"] not in KINDS[token_type]:
        return None
    fresh = age_seconds(token["created_at"]) <= app.options.otp_lifetime
    return token if fresh else None


def _begin_flow(app: StandIn, user: Record, call: Call) -> str:
    """Begin a flow for callers that sent a challenge; return the prefix of their hashes."""
    body = call.json()
    if not flows.challenge_of(body)[0]:
        return ""
    flows.begin(app, body, method="otp", redirect_to=redirect_target(app, call), user=user)
    return flows.PREFIX


def redirect_target(app: StandIn, call: Call) -> str:
    """Return the asked-for ``redirect_to`` when it lies on the site, else ""."""
    return on_site(app, call.query.get("redirect_to", ""))


def on_site(app: StandIn, target: str) -> str:
    """Return an address when it lies on the site, else ""."""
    allowed, asked = urlsplit(app.options.site_url), urlsplit(target)
    same = (allowed.scheme, allowed.netloc) == (asked.scheme, asked.netloc)
    return target if same else ""


def _deliver(app: StandIn, user: Record, letters: list[Letter], call: Call) -> None:
    hook = app.options.send_email_hook
    if not hook:
        for letter in letters:
            app.mailer.send(letter)
        return
    hooks.call_auth_hook(
        hook,
        app.options.hook_secrets,
        name="send-email",
        client=call.client,
        payload={"user": shapes.api_user(user), "email_data": _email_data(app, letters)},
    )


def _email_data(app: StandIn, letters: list[Letter]) -> Record:
    first, last = letters[0], letters[-1]
    two = first is not last  # the address now and the new one
    return {
        "token": first.digits,
        # Crossed on purpose: the real server pairs `token` with `token_hash_new`.
        "token_hash": last.token_hash,
        "token_new": last.digits if two else "",
        "token_hash_new": first.token_hash if two else "",
        "redirect_to": first.next_url,
        "email_action_type": first.purpose,
        "site_url": app.options.url,
        "old_email": first.address if two else "",
        "old_phone": "",
        "provider": "",
        "factor_type": "",
    }
