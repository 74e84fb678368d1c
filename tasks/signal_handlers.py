"""The one signal of the portal: a row of history was written, so somebody may need to know."""

from typing import Any

from django.db.models.signals import post_save

from tasks import notify
from tasks.models import Activity


def tell(instance: Activity, created: bool, raw: bool, **kwargs: Any) -> None:
    if created and not raw:  # fixtures load rows, nothing happened
        notify.tell(instance)


def connect() -> None:
    post_save.connect(tell, sender=Activity, dispatch_uid="tasks.notify")
