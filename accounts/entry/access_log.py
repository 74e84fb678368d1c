"""What administrators decide about sign-in and registration is in the audit log."""

from typing import Any

from django.db.models.signals import post_save

from accounts import audit
from accounts.models import AccessSettings


def note(instance: AccessSettings, created: bool, **kwargs: Any) -> None:
    """Write down what holds from now on; the row that stands for "never decided" is no news."""
    if not created:
        audit.record(
            "access-settings.changed",
            registration=instance.registration,
            second_factor=instance.second_factor,
        )


def connect() -> None:
    post_save.connect(note, sender=AccessSettings, dispatch_uid="accounts.entry.access_log")
