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
