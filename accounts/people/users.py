"""Everybody, with the state of their account at Supabase."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from accounts.menu import PEOPLE_MENU, WIDE
from accounts.models import Identity, User
from accounts.people.person import ActView, PersonView
from portal.listings import ABSENT
from portal.spreadsheets import safe_cell

STATES: dict[str, tuple[Promise, Any]] = {
    "active": (_("May sign in"), Q(is_active=True, identity__email_confirmed_at__isnull=False)),
    "unconfirmed": (_("Address not confirmed"), Q(identity__email_confirmed_at=None)),
    "banned": (_("Banned"), None),  # depends on the clock
    "leaving": (_("Asked to be deleted"), Q(erase_after__isnull=False, erased_at=None)),
    "closed": (_("Closed"), Q(is_active=False)),
    "local": (_("Without an account at Supabase"), Q(identity=None)),
    "administrator": (_("Administrators"), Q(is_superuser=True)),
}


class PeopleFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(name, label) for name, (label, _rule) in STATES.items()],
        method="by_state",
    )
    group = django_filters.ModelChoiceFilter(
        label=_("Group"), field_name="groups", queryset=Group.objects.order_by("name")
    )
    provider = django_filters.ChoiceFilter(label=_("Signs in with"), method="by_provider")

    class Meta:
        model = User
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = Identity.objects.order_by().values_list("providers", flat=True).distinct()[:200]
        names = sorted({name for providers in lists for name in providers})
        self.filters["provider"].extra["choices"] = [(name, name.title()) for name in names]

    def by_state(self, people: QuerySet, name: str, value: str) -> QuerySet:
        banned = Q(identity__banned_until__gt=timezone.now())
        if value == "banned":
            return people.filter(banned)
        rule = STATES[value][1]
        if value == "unconfirmed":
            rule &= Q(identity__isnull=False)
        found = people.filter(rule)
        return found.exclude(banned) if value == "active" else found

    def by_provider(self, people: QuerySet, name: str, value: str) -> QuerySet:
        # A list of names in JSON, as text: SQLite cannot ask what a list contains.
        return people.filter(identity__providers__icontains=f'"{value}"')


class PeopleIndexView(IndexView):
    page_title = _("Users")
    any_permission_required = ["view"]
    show_export_buttons = True
    default_ordering = "display_name"

    def get_base_queryset(self) -> QuerySet:
        return User.objects.select_related("identity").prefetch_related("groups")

    add_item_label = _("Invite people")

    def get_add_url(self) -> str | None:
        """Lead to the invitations: no form makes an account, only the person themselves."""
        may_invite = self.request.user.has_perm("accounts.add_invitation")
        return reverse("invitations:add") if may_invite else None

    def to_row_dict(self, item: User) -> dict[str, Any]:
        return {name: safe_cell(value(item)) for name, (_label, value) in EXPORT.items()}


def state_of(person: User) -> str | Promise:
    """Return the one word that matters most about somebody's account."""
    identity = getattr(person, "identity", None)
    rules = (
        (person.erased_at, _("Erased")),
        (identity and identity.is_banned, _("Banned")),
        (person.erase_after, _("Leaving")),
        (not person.is_active or (identity and identity.deleted_at), _("Closed")),
        (identity is None, _("Local")),
        (identity and identity.is_anonymous, _("Guest")),
        (identity and not identity.email_confirmed_at, _("Not confirmed")),
    )
    return next((word for holds, word in rules if holds), _("Active"))


def groups_of(person: User) -> str:
    """Return the names of somebody's groups; administrators have no need of any."""
    names = [group.name for group in person.groups.all()]
    return ", ".join([str(_("Administrator")), *names] if person.is_superuser else names)


def of_account(field: str) -> Callable[[User], Any]:
    """Return what reads a field of somebody's account; None for people without one."""
    return lambda person: getattr(getattr(person, "identity", None), field, None)


# Columns of the download: name -> (heading, value).
EXPORT: dict[str, tuple[Promise, Callable[[User], Any]]] = {
    "name": (_("Name"), User.get_full_name),
    "email": (_("E-mail"), lambda person: person.email),
    "subject": (_("Subject"), of_account("subject")),
    "state": (_("State"), state_of),
    "groups": (_("Groups"), groups_of),
    "confirmed": (_("Confirmed"), of_account("email_confirmed_at")),
    "banned": (_("Banned until"), of_account("banned_until")),
    "sign_in": (_("Last sign-in"), of_account("last_sign_in_at")),
    "synchronised": (_("Last synchronised"), of_account("last_synced_at")),
}


class UserViewSet(WagtailUserViewSet):
    """In place of Wagtail's users, whose forms make administrators. Read, and act by buttons."""

    icon = "user"
    ordering = ["display_name", "email"]
    filterset_class = PeopleFilterSet
    add_to_settings_menu = False
    menu_hook = PEOPLE_MENU
    menu_label = _("Users")
    menu_order = 10
    index_view_class = PeopleIndexView
    inspect_view_class = PersonView
    inspect_view_enabled = True
    copy_view_enabled = False
    list_per_page = 50
    search_backend_name = None
    search_fields = ["display_name", "email", "identity__subject"]
    template_prefix = ""
    export_filename = "people"
    list_export = list(EXPORT)
    export_headings = {name: label for name, (label, _value) in EXPORT.items()}

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs | {"url_prefix": "people/users"})
        self.list_display = [
            TitleColumn(
                "get_full_name",
                label=_("Name"),
                sort_key="display_name",
                url_name=self.get_url_name("inspect"),
            ),
            Column("email", label=_("E-mail"), sort_key="email", classname=WIDE),
            StatusTagColumn(
                "state", label=_("State"), accessor=state_of, primary=lambda one: one.may_enter
            ),
            Column("groups", label=_("Groups"), accessor=groups_of, classname=WIDE),
            DateColumn(
                "last_sign_in",
                label=_("Last sign-in"),
                accessor=of_account("last_sign_in_at"),
                sort_key="identity__last_sign_in_at",
                classname=WIDE,
            ),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = dict.fromkeys(f"{name}_url_name" for name in ABSENT)
        own = {"act_url_name": self.get_url_name("act")}
        return {**super().get_common_view_kwargs(**kwargs), **absent, **own}

    def get_permissions_to_register(self) -> QuerySet:
        return super().get_permissions_to_register().exclude(codename="add_user")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<uuid:pk>/", self.inspect_view, name="inspect"),
            path("<uuid:pk>/<slug:action>/", self.construct_view(ActView), name="act"),
        ]

    def register_admin_url_finder(self) -> None:
        """Register none: nobody edits a person in a form."""
