"""Hints from Supabase in the Wagtail admin: which came, and which could not be applied."""

from django.utils.translation import gettext_lazy as _

from accounts.models import SyncEvent
from accounts.people.menu import PEOPLE_MENU
from portal.queue.admin import LeasedRowViewSet


class SyncEventViewSet(LeasedRowViewSet):
    model = SyncEvent
    name = "account-events"
    url_prefix = "people/account-events"
    icon = "user"
    menu_label = _("Account events")
    menu_hook = PEOPLE_MENU
    menu_order = 40
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
