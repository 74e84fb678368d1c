"""The outbox in the Wagtail admin: what was sent, what waits, what was given up and why."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from notifications.models import Email
from portal.queue.admin import LeasedRowViewSet


class OutboxViewSet(LeasedRowViewSet):
    model = Email
    name = "mail"
    icon = "mail"
    menu_label = _("Mail")
    menu_order = 700
    add_to_admin_menu = True
    search_fields = ["to_address", "to_name", "subject"]
    inspect_view_fields = [
        "subject",
        "to_name",
        "to_address",
        "state",
        "last_error",
        "attempts",
        "due_at",
        "created_at",
        "finished_at",
        "template",
        "facts",
    ]


@hooks.register("register_admin_viewset")
def register_outbox() -> OutboxViewSet:
    return OutboxViewSet()
