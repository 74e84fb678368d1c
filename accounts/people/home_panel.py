"""On the admin's first page: what needs somebody's attention. Three queries."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Min, Value
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
    """Return (what the rows are called, how many were given up) for queues that have any.

    One query, whatever the number of queues.
    """
    models = [apps.get_model(entry["model"]) for entry in settings.QUEUES.values()]
    rows = [
        model.objects.filter(state=LeasedRow.State.DEAD)
        .order_by()
        .annotate(model=Value(place))
        .values("model", "state")
        .annotate(rows=Count("pk"))
        .values_list("model", "rows")
        for place, model in enumerate(models)
    ]
    counts = rows[0].union(*rows[1:], all=True)
    return [(str(models[place]._meta.verbose_name_plural), count) for place, count in counts]


def add_to(request: Any, panels: list[Component]) -> None:
    """Hook `construct_homepage_panels`: for people who look after accounts."""
    if access.may_look(request.user):
        panels.append(AttentionPanel())
