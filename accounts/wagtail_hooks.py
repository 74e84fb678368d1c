"""Hints from Supabase in the Wagtail admin: which came, and which could not be applied."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from accounts.models import SyncEvent
from portal.queue.admin import LeasedRowViewSet


class SyncEventViewSet(LeasedRowViewSet):
    model = SyncEvent
    name = "account-events"
    icon = "user"
    menu_label = _("Account events")
    menu_hook = "register_reports_menu_item"
    search_fields = ["kind", "subject", "last_error"]
    inspect_view_fields = [
        "kind",
        "subject",
        "hint",
        "state",
        "last_error",
        "attempts",
        "due_at",
        "created_at",
        "finished_at",
    ]


@hooks.register("register_admin_viewset")
def register_account_events() -> SyncEventViewSet:
    return SyncEventViewSet()
