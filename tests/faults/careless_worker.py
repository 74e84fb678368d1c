"""Workers with one guard missing each, as negative controls of `test_mail_kills`.

python -m tests.faults.careless_worker marks-first | without-lease
"""

import sys
import time
from collections.abc import Callable

import django
from django.utils import timezone

django.setup()

from notifications.models import Email  # noqa: E402 - models need the set-up above
from notifications.outbox import deliver  # noqa: E402 - same


def marks_first() -> None:
    """Mark before sending: a kill in between loses the e-mail."""
    for email in Email.objects.lease_next(limit=10):
        email.mark_done()
        deliver(email)


def without_lease() -> None:
    """Take rows by a state of their own, as queues without leases do: a kill strands them."""
    for email in Email.objects.due(timezone.now())[:10]:
        if Email.objects.filter(pk=email.pk, state="pending").update(state="taken"):
            deliver(email)
            Email.objects.filter(pk=email.pk).update(state="done")


def work(step: Callable[[], None]) -> None:
    while True:
        step()
        time.sleep(0.02)


if __name__ == "__main__":
    work({"marks-first": marks_first, "without-lease": without_lease}[sys.argv[1]])
