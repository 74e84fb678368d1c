"""The mails of the Auth server, written by us: the send-email hook.

The Auth server hands over the address and the one-time token of each mail. The e-mail is
committed before it hears yes, and it hears yes only then. Source: supabase/auth
internal/hooks/v0hooks, and the e-mail change described at `letters_of_change`.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts.entry.hooks import part, text
from accounts.supabase.bodies import Malformed
from notifications.models import Email
from notifications.outbox import Recipient, enqueue
from notifications.sealing import SEALED, emptied, seal

# email_action_type -> `type` of the confirm page's link
LINK_TYPES = {
    "signup": "email",
    "magiclink": "email",
    "email": "email",
    "invite": "invite",
    "recovery": "recovery",
    "email_change": "email_change",
}
LINK_ONLY = ("invite", "email_change")  # no page of ours asks for the digits of these
TEMPLATES = {"email": "auth-magiclink"}  # where the name is not "auth-<email_action_type>"
TOKEN_HASH = re.compile(r"[A-Za-z0-9_-]{1,255}")
DIGITS = re.compile(r"[0-9]{4,12}")
ACTION = re.compile(r"[a-z0-9_]{1,80}")


@dataclass(frozen=True)
class Letter:
    """One mail with a one-time token. ``token_hash`` or ``digits`` may be ""."""

    template: str
    address: str
    token_hash: str = ""
    digits: str = ""


def send_email(payload: dict[str, Any]) -> dict[str, Any]:
    """Owe the mails that the Auth server asks for; return {}. Raises Malformed.

    ``payload``: {"metadata": {"uuid", …}, "user": {"email", "new_email", …}, "email_data":
    {…}}. The uuid stays the same when the server tries again, and nothing is owed twice.
    """
    user, data = part(payload, "user"), part(payload, "email_data")
    action = text(data, "email_action_type")
    if not ACTION.fullmatch(action):
        raise Malformed("email_action_type")
    key = _key(payload)
    with transaction.atomic():
        if action == "email_change":
            letters = letters_of_change(user, data)
        elif action in LINK_TYPES or action == "reauthentication":
            letters = [_letter(action, user, data)]
        else:
            _owe_notice(key, action, user, data)
            letters = []
        for letter in letters:
            _owe(key, letter, action, data, text(user, "new_email"))
    return {}


def letters_of_change(user: dict[str, Any], data: dict[str, Any]) -> list[Letter]:
    """Return what an e-mail change needs: one mail to each address, or to the new one only.

    The pairs are crossed: the address until now gets `token` with `token_hash_new`, the new
    one `token_new` with `token_hash`. With "secure e-mail change" off there is no
    `token_hash_new`, and the digits come in either field.
    """
    token, token_new = text(data, "token"), text(data, "token_new")
    token_hash, crossed = text(data, "token_hash"), text(data, "token_hash_new")
    new = _address(text(user, "new_email"))
    if not crossed:
        digits = token_new or token
        return [_checked(Letter("auth-email-change-new", new, token_hash, digits))]
    current = _address(text(user, "email"))
    return [
        _checked(Letter("auth-email-change-current", current, crossed, token)),
        _checked(Letter("auth-email-change-new", new, token_hash, token_new)),
    ]


def _letter(action: str, user: dict[str, Any], data: dict[str, Any]) -> Letter:
    template = TEMPLATES.get(action, f"auth-{action}")
    token_hash = text(data, "token_hash") if action in LINK_TYPES else ""
    address = _address(text(user, "email"))
    return _checked(Letter(template, address, token_hash, text(data, "token")))


def _checked(letter: Letter) -> Letter:
    """Return the letter, if somebody who gets it can do something with it."""
    if letter.token_hash and not TOKEN_HASH.fullmatch(letter.token_hash):
        raise Malformed("token_hash")
    if letter.digits and not DIGITS.fullmatch(letter.digits):
        raise Malformed("token")
    if not (letter.token_hash or letter.digits):
        raise Malformed("no token")
    return letter


def _address(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError as error:
        raise Malformed("address") from error
    if len(email) > Email._meta.get_field("to_address").max_length:
        raise Malformed("address")
    return email


def _key(payload: dict[str, Any]) -> str:
    """Return what is the same for every try of one mail, and for no other mail."""
    try:
        return f"auth:{UUID(payload['metadata']['uuid'])}"
    except (KeyError, TypeError, ValueError, AttributeError):
        # Older servers send no metadata; a one-time token is as good as an id.
        data = json.dumps(payload["email_data"], sort_keys=True).encode()
        return f"auth:{hashlib.sha256(data).hexdigest()}"


def _owe(key: str, letter: Letter, action: str, data: dict[str, Any], new_email: str) -> None:
    secrets = {"digits": letter.digits}
    if letter.token_hash:
        secrets["url"] = _link(letter.token_hash, LINK_TYPES[action], text(data, "redirect_to"))
        if action in LINK_ONLY:
            secrets["digits"] = ""
    lifetime = timedelta(seconds=settings.SUPABASE_OTP_SECONDS)
    context = {
        "lifetime": in_words(lifetime),
        "expires_at": (timezone.now() + lifetime).isoformat(),
        **seal(secrets),
    }
    if letter.template == "auth-email-change-current":
        context["new_email"] = _address(new_email)
    # No name: whoever typed the address chose it, and could advertise with it.
    enqueue(
        key=key, template=letter.template, to=[Recipient(letter.address)], context=context,
        urgent=True,
    )  # fmt: skip


def _link(token_hash: str, link_type: str, redirect_to: str) -> str:
    query = {"token_hash": token_hash, "type": link_type}
    # Without a wish the Auth server names the site's root, which is nowhere special.
    if redirect_to.removeprefix(settings.PUBLIC_URL).strip("/"):
        query["next"] = redirect_to
    return f"{settings.PUBLIC_URL}/auth/confirm?{urlencode(query)}"


def _owe_notice(key: str, action: str, user: dict[str, Any], data: dict[str, Any]) -> None:
    """Owe a mail about something that happened. It carries no token and may take its time."""
    if text(data, "token_hash") or text(data, "token"):
        raise Malformed(f"a token for {action}")  # nobody would know what it opens
    email = text(user, "email")
    if action == "email_changed_notification":
        email = text(data, "old_email") or email
    if email:
        context = {
            "happened": action.removesuffix("_notification"),
            "security_url": f"{settings.PUBLIC_URL}/account/security/",
        }
        to = [Recipient(_address(email))]
        enqueue(key=key, template="auth-notice", to=to, context=context)


def in_words(span: timedelta) -> str:
    """Return a whole number of hours or minutes: "an hour", "24 hours", "10 minutes"."""
    minutes = max(1, int(span.total_seconds() // 60))
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    if number == 1:
        return f"{'an' if unit == 'hour' else 'a'} {unit}"
    return f"{number} {unit}s"


def forget_tokens() -> None:
    """Empty the secret facts of e-mails that ended without their worker, such as killed ones."""
    ended = Email.objects.exclude(state=Email.State.PENDING).filter(context__has_key=SEALED)
    for email in ended.exclude(context__sealed="").iterator():
        Email.objects.filter(pk=email.pk).update(context=emptied(email.context))
