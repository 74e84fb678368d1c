"""The Admin API: the truth about an account, asked with the secret key."""

from typing import Any
from uuid import UUID

from accounts.supabase.auth import translated
from accounts.supabase.errors import Refused


def get_user(subject: UUID) -> dict[str, Any] | None:
    """Return the user record, or None when the Auth server says that there is no such user.

    Only its JSON answer with the code user_not_found counts as "no such user". Every other
    failure, a proxy's 404 page too, raises: nobody is removed because of an outage.
    """
    try:
        with translated(secret=True) as client:
            return client.admin.get_user_by_id(str(subject)).user.model_dump(mode="json")
    except Refused as refusal:
        if refusal.code == "user_not_found":
            return None
        raise


def create_user(**attributes: Any) -> dict[str, Any]:
    """Make an account without any mail and return its record.

    ``attributes`` as the Admin API takes them: email, password, email_confirm, id,
    user_metadata, app_metadata. Refused with email_exists for an address that is taken.
    """
    with translated(secret=True) as client:
        return client.admin.create_user(attributes).user.model_dump(mode="json")


def update_user(subject: UUID, **attributes: Any) -> dict[str, Any]:
    """Change an account and return its record. Refused with user_not_found for an unknown one.

    ``attributes`` as the Admin API takes them, such as ban_duration: "24h", or "none".
    """
    with translated(secret=True) as client:
        return client.admin.update_user_by_id(str(subject), attributes).user.model_dump(mode="json")


def invite(email: str, *, name: str, redirect_to: str) -> dict[str, Any]:
    """Mail an invitation and return the record of the account it made.

    An open invitation is mailed again. Refused with email_exists when the address belongs
    to somebody who has confirmed it; a hook's refusal has the code "unknown", or none.
    """
    options = {"data": {"full_name": name} if name else {}, "redirect_to": redirect_to}
    with translated(secret=True) as client:
        return client.admin.invite_user_by_email(email, options).user.model_dump(mode="json")


def remove_factors(subject: UUID) -> int:
    """Take every second factor of an account away and return how many there were."""
    with translated(secret=True) as client:
        factors = client.admin.mfa.list_factors({"user_id": str(subject)})
        for factor in factors:
            client.admin.mfa.delete_factor({"user_id": str(subject), "id": factor.id})
    return len(factors)


def delete_user(subject: UUID) -> None:
    """Delete an account for good. Harmless when the Auth server does not know it any more."""
    try:
        with translated(secret=True) as client:
            client.admin.delete_user(str(subject), should_soft_delete=False)
    except Refused as refusal:
        if refusal.code != "user_not_found":
            raise
