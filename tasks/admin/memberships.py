"""Who belongs to which project, in the admin. What a role rule gives is changed by the rule."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from tasks.admin.refusals import ReasonedDeleteView
from tasks.models import Membership


def end_of(membership: Membership) -> str:
    """Return when it ends, in figures: Wagtail's own words are for what has happened."""
    if not membership.expires_at:
        return "–"
    moment = f"{timezone.localtime(membership.expires_at):%Y-%m-%d %H:%M}"
    over = membership.expires_at <= timezone.now()
    return _("%(when)s, over") % {"when": moment} if over else moment


class MembershipIndexView(IndexView):
    def get_base_queryset(self):
        return Membership.objects.select_related("project", "user", "group")

    def get_edit_url(self, instance: Membership) -> str | None:
        return None if instance.granted_by_id else super().get_edit_url(instance)

    def get_delete_url(self, instance: Membership) -> str | None:
        return None if instance.granted_by_id else super().get_delete_url(instance)


class MembershipDeleteView(ReasonedDeleteView):
    def why_not(self) -> str:
        if not self.object.granted_by_id:
            return ""
        return _("A role rule gives this, and would give it again. Change the rule instead.")


class MembershipViewSet(ModelViewSet):
    model = Membership
    icon = "group"
    menu_label = gettext_lazy("Project members")
    list_filter = ["project", "role", "source"]
    search_backend_name = None
    search_fields = ["user__display_name", "user__email", "group__name", "project__name"]
    list_per_page = 50
    copy_view_enabled = False
    index_view_class = MembershipIndexView
    delete_view_class = MembershipDeleteView
    form_fields = ["project", "user", "group", "role", "expires_at"]

    @property
    def list_display(self) -> list:
        return [
            "__str__",
            Column("role", label=gettext_lazy("Role"), accessor="get_role_display"),
            Column("source", label=gettext_lazy("Added"), accessor="get_source_display"),
            Column(
                "expires_at", label=gettext_lazy("Ends"), accessor=end_of, sort_key="expires_at"
            ),
        ]
