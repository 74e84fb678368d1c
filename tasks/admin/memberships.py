"""Who belongs to which project, in the admin. What a role rule gives is changed by the rule."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Case, QuerySet, When
from django.db.models.functions import Coalesce, Lower
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from tasks import services
from tasks.admin.conflicts import VersionedEditView, VersionedForm
from tasks.admin.refusals import ReasonedDeleteView
from tasks.models import Membership
from tasks.projects.members import find_people

NAMED = 8  # people in the answer to a name that several have


class PersonField(forms.CharField):
    """One active person by e-mail address or name. A list to choose from would hold everybody."""

    def clean(self, value: Any) -> AbstractBaseUser | None:
        words = super().clean(value).strip()
        if not words:
            return None
        active = get_user_model().objects.filter(is_active=True)
        exact = list(active.filter(email__iexact=words)[:2])
        found = exact if len(exact) == 1 else list(find_people(words)[: NAMED + 1])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("Nobody with an account has this name or address."))
        people = ", ".join(f"{one} <{one.email}>" for one in found[:NAMED])
        raise ValidationError(
            _("Several people fit: %(people)s. Enter the address of one.")
            % {"people": people + (" …" if len(found) > NAMED else "")}
        )


class MembershipForm(VersionedForm):
    """Who and where is chosen once; the role and its end change."""

    user = PersonField(
        label=gettext_lazy("Person"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("An e-mail address, or a name. Leave it empty for a group."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in ("project", "user", "group"):
                self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = [name for name in ("user", "group") if data.get(name)]
        if "user" in self.fields and "user" not in self.errors and len(chosen) != 1:
            self.add_error("user", _("Choose a person or a group."))
        return data


def who_of(membership: Membership) -> str:
    return str(membership.user or membership.group)


def end_of(membership: Membership) -> str:
    """Return when it ends, in figures: Wagtail's own words are for what has happened."""
    if not membership.expires_at:
        return "–"
    moment = f"{timezone.localtime(membership.expires_at):%Y-%m-%d %H:%M}"
    over = membership.expires_at <= timezone.now()
    return _("%(when)s, over") % {"when": moment} if over else moment


class MembershipIndexView(IndexView):
    default_ordering = ("who", "project__name")

    def get_base_queryset(self) -> QuerySet:
        """Return them with what they are sorted by: the person's name, and how much it gives."""
        name = Coalesce(Lower("user__display_name"), Lower("group__name"))
        steps = (When(role=role, then=step) for step, role in enumerate(Membership.Role))
        rows = Membership.objects.select_related("project", "user", "group")
        return rows.annotate(who=name, reach=Case(*steps, default=0))

    def _get_title_column(self, field_name: str, *args: Any, **kwargs: Any) -> Any:
        column = super()._get_title_column(field_name, *args, **kwargs)
        column.label, column.accessor, column.sort_key = _("Person or group"), who_of, "who"
        return column

    def get_edit_url(self, instance: Membership) -> str | None:
        return None if instance.granted_by_id else super().get_edit_url(instance)

    def get_delete_url(self, instance: Membership) -> str | None:
        return None if instance.granted_by_id else super().get_delete_url(instance)


class MembershipEditView(VersionedEditView):
    def get_queryset(self):
        return super().get_queryset().select_related("project", "user", "group")

    def save_instance(self) -> Membership:
        with services.keeping_a_manager(self.object.project):
            return super().save_instance()

    def form_valid(self, form: MembershipForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as error:
            form.add_error("role", error)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


class MembershipDeleteView(ReasonedDeleteView):
    def why_not(self) -> str:
        if not self.object.granted_by_id:
            return services.why_not_lower(self.object)
        return _("A role rule gives this, and would give it again. Change the rule instead.")

    def delete_action(self) -> None:
        with services.keeping_a_manager(self.object.project):
            super().delete_action()


class MembershipViewSet(ModelViewSet):
    model = Membership
    icon = "group"
    list_filter = ["project", "role", "source"]
    search_backend_name = None
    search_fields = ["user__display_name", "user__email", "group__name", "project__name"]
    list_per_page = 50
    copy_view_enabled = False
    index_view_class = MembershipIndexView
    edit_view_class = MembershipEditView
    delete_view_class = MembershipDeleteView
    edit_handler = ObjectList(
        [
            FieldPanel("project"),
            FieldPanel("user"),
            FieldPanel(
                "group",
                help_text=gettext_lazy("In place of a person: everybody in it has the role."),
            ),
            FieldPanel("role"),
            FieldPanel(
                "expires_at",
                heading=gettext_lazy("Ends"),
                help_text=gettext_lazy("From then on they are out. Empty: it does not end."),
            ),
        ],
        base_form_class=MembershipForm,
    )

    @property
    def list_display(self) -> list:
        return [
            "__str__",
            Column("project", label=gettext_lazy("Project"), sort_key="project__name"),
            Column(
                "role", label=gettext_lazy("Role"), accessor="get_role_display", sort_key="reach"
            ),
            Column("source", label=gettext_lazy("Added"), accessor="get_source_display"),
            Column(
                "expires_at", label=gettext_lazy("Ends"), accessor=end_of, sort_key="expires_at"
            ),
        ]
