"""A whole life of an account at the Auth server, in five seconds and without a mail."""

import secrets
import uuid
from typing import Any

import jwt
from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse

from accounts.doctor.findings import Findings, error, ok, warning
from accounts.doctor.server import ask
from accounts.supabase.errors import Unavailable
from accounts.sync.facts import DOCTORS_DOMAIN
from accounts.tokens import InvalidToken, verify_access_token

KEY_FIX = (
    "The secret key reads but does not write: copy it again, and look at what stands between "
    "the portal and the project."
)


def walk_through() -> Findings:
    """Make an account, a link for it and a session; check all three and delete the account.

    It gets no mail, and no hook that guards registration is asked. Its address ends in
    .invalid, which is nobody's, and no person is made of it here.
    """
    key, user_id = settings.SUPABASE_SECRET_KEY, str(uuid.uuid4())
    person = {
        "id": user_id,
        "email": f"doctor-{secrets.token_hex(6)}@{DOCTORS_DOMAIN}",
        "email_confirm": True,
        "user_metadata": {"full_name": "supabase_doctor"},
    }
    try:
        made = ask("POST", "admin/users", key, json=person)
        if made.status != 200:
            yield error(f"Making an account failed (status {made.status}, {made.code}).", KEY_FIX)
            return
        try:
            yield ok("The secret key writes accounts.")
            yield from _links(person["email"])
        finally:
            gone = ask("DELETE", f"admin/users/{user_id}", key, json={})
        if gone.status != 200:
            yield warning(
                f"The account made for this check is still there: {user_id}.",
                "Delete it in the project's list of users.",
            )
    except Unavailable as problem:
        yield error(
            f"The Auth server stopped answering ({problem}). An account made for this check may "
            f"still be there: {user_id}.",
            "Delete it in the project's list of users, then run this again.",
        )


def _links(email: str) -> Findings:
    """Check where mailed links and providers may lead, and what signing in brings."""
    link: dict[str, Any] = {}
    for target in (
        f"{settings.PUBLIC_URL}{resolve_url(settings.LOGIN_REDIRECT_URL)}",
        f"{settings.PUBLIC_URL}{reverse('accounts:callback')}?flow=doctor",
    ):
        body = {"type": "magiclink", "email": email, "redirect_to": target}
        answer = ask("POST", "admin/generate_link", settings.SUPABASE_SECRET_KEY, json=body)
        if answer.status != 200:
            yield error(f"Making a link failed (status {answer.status}, {answer.code}).", KEY_FIX)
            return
        link = answer.body
        if link.get("redirect_to") == target:
            yield ok(f"People may be sent on to {target}.")
        else:
            yield error(
                f"People are not sent on to {target}, but to {link.get('redirect_to')}.",
                f"Add {settings.PUBLIC_URL}/** to the project's redirect URLs.",
            )
    proof = {"type": link.get("verification_type"), "token_hash": link.get("hashed_token")}
    answer = ask("POST", "verify", settings.SUPABASE_PUBLISHABLE_KEY, json=proof)
    token = answer.body.get("access_token")
    if answer.status != 200 or not isinstance(token, str):
        yield error(
            f"A link does not sign in (status {answer.status}, {answer.code}).",
            "A hook of the project may refuse it: look at its Auth log.",
        )
        return
    yield from _token(token)


def _token(token: str) -> Findings:
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        verify_access_token(token)
    except (InvalidToken, jwt.PyJWTError) as problem:
        said = f"The project's own token fails our check ({problem})."
        if issuer != settings.SUPABASE_ISSUER:
            said += f" It says it was issued by {issuer}, we expect {settings.SUPABASE_ISSUER}."
        yield error(said, "Set SUPABASE_ISSUER to what the token says, without a slash too many.")
    else:
        yield ok("A token of the project passes our check.")
