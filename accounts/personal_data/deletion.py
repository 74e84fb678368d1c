"""Asking for one's account to be deleted, and taking that back within the grace period."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.personal_data import modules

GRACE = timedelta(days=14)


def obstacles(user: User) -> list[str]:
    """Return what the person has to do first, in words for them."""
    asked = (getattr(module, "obstacles", None) for module in modules())
    return [str(reason) for ask in asked if ask for reason in ask(user)]


def ask(user: User) -> User:
    """Plan the erasure of ``user`` after GRACE; asked again, the first day stays."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if row.erase_after is None:
            row.erase_after = timezone.now() + GRACE
            row.save(update_fields=["erase_after"])
            audit.record("deletion.requested", target=row.pk, until=row.erase_after.isoformat())
    return row


def keep(user: User) -> None:
    """Take it back. Harmless for an account that nobody wants deleted."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if row.erase_after is not None and row.is_active:
            row.erase_after = None
            row.save(update_fields=["erase_after"])
            audit.record("deletion.withdrawn", target=row.pk)
