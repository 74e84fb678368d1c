"""What signed-in people change about their own account, with their own access token."""

import time
from typing import Any
from urllib.parse import quote

from accounts.supabase.auth import Session, translated
from accounts.supabase.errors import Unavailable


def change(access_token: str, *, redirect_to: str = "", **attributes: str) -> dict[str, Any]:
    """Change the token's owner and return their user record.

    ``attributes``: password, with current_password or a mailed nonce where the project asks
    for one of them; email, which changes only after links to both addresses were opened,
    and those lead to ``redirect_to``. A new password ends all the person's other sessions
    at the Auth server. Refused with weak_password, same_password, email_exists,
    reauthentication_needed, reauthentication_not_valid, current_password_required,
    current_password_invalid, insufficient_aal, …
    """
    query = {"redirect_to": redirect_to} if redirect_to else {}
    return _json(access_token, "PUT", "user", body=attributes, query=query)


def send_nonce(access_token: str) -> None:
    """Mail the token's owner the digits that `change` takes as a nonce."""
    with translated(user_token=True) as client:
        client._request("GET", "reauthenticate", jwt=access_token)


def enroll(access_token: str, name: str, issuer: str) -> dict[str, Any]:
    """Begin with an authenticator app and return what it needs.

    ``issuer``: what the app shows beside its codes, so that people know what they are for.

    {"id", "type", "friendly_name", "totp": {"qr_code": "<svg …", "secret", "uri"}}. It
    counts only after `verify`. Refused with mfa_factor_name_conflict,
    too_many_enrolled_mfa_factors, mfa_totp_enroll_not_enabled or insufficient_aal.
    """
    body = {"factor_type": "totp", "friendly_name": name, "issuer": issuer}
    return _json(access_token, "POST", "factors", body=body)


def verify(access_token: str, factor_id: str, code: str) -> Session:
    """Prove a code of the app and return the session at aal2 that takes over from the token's.

    Both calls have to come from one address, so they are made here together. Refused with
    mfa_verification_failed, mfa_verification_rejected, mfa_factor_not_found, …
    """
    challenge = _json(access_token, "POST", f"{_factor(factor_id)}/challenge", body={})
    body = {"challenge_id": str(challenge.get("id")), "code": code}
    answer = _json(access_token, "POST", f"{_factor(factor_id)}/verify", body=body)
    try:
        return Session(
            access_token=str(answer["access_token"]),
            refresh_token=str(answer["refresh_token"]),
            expires_at=int(answer.get("expires_at") or time.time() + answer["expires_in"]),
            record=dict(answer["user"]),
        )
    except (KeyError, TypeError, ValueError):
        raise Unavailable("a code was answered without a session") from None


def unenroll(access_token: str, factor_id: str) -> None:
    """Remove a factor. Refused with insufficient_aal unless the token has aal2."""
    _json(access_token, "DELETE", _factor(factor_id))


def _factor(factor_id: str) -> str:
    return f"factors/{quote(factor_id, safe='')}"


def _json(access_token: str, method: str, path: str, **options: Any) -> dict[str, Any]:
    with translated(user_token=True) as client:
        # The library's own methods want a session in the client, and set_session() would
        # ask the server first and rotate an old refresh token behind our back.
        answer = client._request(method, path, jwt=access_token, **options).json()
        if not isinstance(answer, dict):
            raise Unavailable(f"{path.partition('/')[0]} was answered without an object")
        return answer
