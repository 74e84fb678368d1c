"""The one signal of the portal: a row of history was written, so somebody may need to know,
and search has to read the task again."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models.signals import post_save

from tasks import notify
from tasks.models import Activity
from tasks.search import index

_muted: ContextVar[bool] = ContextVar("muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Tell nobody inside the block: for loading what happened long ago, or never did."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def tell(instance: Activity, created: bool, raw: bool, **kwargs: Any) -> None:
    if created and not raw and not _muted.get():  # fixtures load rows, nothing happened
        notify.tell(instance)


def connect() -> None:
    post_save.connect(tell, sender=Activity, dispatch_uid="tasks.notify")
    post_save.connect(index.follow, sender=Activity, dispatch_uid="tasks.search")
