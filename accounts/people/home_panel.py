"""On the admin's first page: what needs somebody's attention. Three queries."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Count, Min, Value
from django.utils import timezone
from wagtail.admin.ui.components import Component

from accounts.models import Invitation, SyncEvent
from accounts.people import access
from portal.queue.models import LeasedRow

LATE_SECONDS = 15 * 60  # hints are applied within seconds as long as a worker runs


class AttentionPanel(Component):
    name = "attention"
    template_name = "accounts/admin/attention.html"
    order = 50

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        oldest = SyncEvent.objects.filter(state=LeasedRow.State.PENDING).aggregate(
            oldest=Min("created_at")
        )["oldest"]
        lag = (timezone.now() - oldest).total_seconds() if oldest else 0
        return {
            "dead": dead_letters(),
            "late_minutes": int(lag // 60) if lag > LATE_SECONDS else 0,
            "invitations": Invitation.objects.waiting().count(),
        }


def dead_letters() -> list[tuple[str, int]]:
    """Return (name of the queue, rows given up) of queues that have any, in one query."""
    counts = [
        apps.get_model(entry["model"])
        .objects.filter(state=LeasedRow.State.DEAD)
        .order_by()
        .annotate(queue=Value(name, output_field=CharField()))
        .values("queue")
        .annotate(rows=Count("pk"))
        .values_list("queue", "rows")
        for name, entry in settings.QUEUES.items()
    ]
    return list(counts[0].union(*counts[1:], all=True))


def add_to(request: Any, panels: list[Component]) -> None:
    """Hook `construct_homepage_panels`: for people who look after accounts."""
    if access.may_look(request.user):
        panels.append(AttentionPanel())
