"""Steps that the tests of an account's safety share."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import AccessSettings, AuthSession
from accounts.sessions import token_vault
from tests.accounts.fake_auth import FakeAuth

PHONE = "0f8fad5b-d9cb-469f-a165-70867728950e"
FACTOR = {
    "id": PHONE,
    "friendly_name": "My phone",
    "factor_type": "totp",
    "status": "verified",
    "created_at": "2026-11-01T10:00:00Z",
    "updated_at": "2026-11-01T10:00:00Z",
}


def age_sign_in(minutes: int = 16) -> None:
    """Let every sign-in have happened a while ago."""
    AuthSession.objects.update(authenticated_at=timezone.now() - timedelta(minutes=minutes))


def age_token(**back: int) -> None:
    """Let every stored access token expire: seconds=30 from now, or in the past."""
    AuthSession.objects.update(expires_at=timezone.now() + timedelta(**back))


def refresh_tokens() -> list[str]:
    return [token_vault.unseal(row.refresh_token) for row in AuthSession.objects.all()]


def require_second_factor(rule: str) -> None:
    access = AccessSettings.load()
    access.second_factor = rule
    access.save()


def with_phone(auth: FakeAuth, **fields: Any) -> dict[str, Any]:
    """Return Ada's record with an authenticator app, and let the Auth server accept codes."""
    record = auth.record(factors=[FACTOR], **fields)
    auth.answers[f"POST /factors/{PHONE}/challenge"] = (
        200,
        {"id": "challenge-1", "type": "totp", "expires_at": 1},
    )
    auth.answers[f"POST /factors/{PHONE}/verify"] = (200, auth.session(record, aal="aal2"))
    return record
