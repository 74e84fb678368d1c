"""What the schedule did, under Reports."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.queue.admin import LeasedRowViewSet
from portal.queue.models import ScheduledRun


class ScheduledRunViewSet(LeasedRowViewSet):
    model = ScheduledRun
    name = "scheduled-runs"
    icon = "history"
    menu_label = _("Scheduled jobs")
    menu_hook = "register_reports_menu_item"
    title_columns = ["job", "slot"]
    list_filter = ["state", "job"]
    search_fields = ["job"]
    inspect_view_fields = [
        "job",
        "slot",
        "state",
        "attempts",
        "due_at",
        "finished_at",
        "last_error",
    ]


@hooks.register("register_admin_viewset")
def register_scheduled_runs() -> ScheduledRunViewSet:
    return ScheduledRunViewSet()
