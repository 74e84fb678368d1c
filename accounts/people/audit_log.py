"""The audit log in the admin: who did what to whose account. Nothing in it can be changed."""

import json
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView

from accounts.menu import PEOPLE_MENU, WIDE
from accounts.models import AuditEntry, User
from accounts.people.event_words import in_words
from portal.listings import ReadOnlyViewSet
from portal.spreadsheets import safe_cell

KINDS = 200  # different events in the filter


class AuditFilterSet(WagtailFilterSet):
    event = django_filters.ChoiceFilter(label=gettext_lazy("What"))
    at = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("When"), widget=DateRangePickerWidget
    )
    person = django_filters.CharFilter(
        label=gettext_lazy("Name, e-mail or id of a person"), max_length=200, method="by_person"
    )

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = AuditEntry.objects.order_by("event").values_list("event", flat=True).distinct()
        self.filters["event"].extra["choices"] = [
            (event, in_words(event)) for event in events[:KINDS]
        ]

    def by_person(self, entries: QuerySet, name: str, value: str) -> QuerySet:
        """Find what a person did, and what was done to them; by id when they were erased."""
        people = User.objects.filter(Q(display_name__icontains=value) | Q(email__icontains=value))
        found = Q(actor_id__in=people.values("pk")) | Q(target_id__in=people.values("pk"))
        try:
            subject = UUID(value)
        except ValueError:
            return entries.filter(found)
        return entries.filter(found | Q(actor_id=subject) | Q(target_id=subject))


def named(entries: QuerySet) -> QuerySet:
    """Add ``actor_name`` and ``target_name``: what people are called now, None once erased."""

    def name_of(column: str) -> Coalesce:
        people = User.objects.filter(pk=OuterRef(column))
        return Coalesce(
            NullIf(Subquery(people.values("display_name")[:1]), Value("")),
            NullIf(Subquery(people.values("email")[:1]), Value("")),
            output_field=CharField(),
        )

    return entries.annotate(actor_name=name_of("actor_id"), target_name=name_of("target_id"))


class AuditIndexView(IndexView):
    page_title = gettext_lazy("Audit log")
    any_permission_required = ["view"]
    default_ordering = "-at"

    def get_base_queryset(self) -> QuerySet:
        return named(AuditEntry.objects.all())

    def get_add_url(self) -> None:
        """Offer none: entries are written by what happens."""

    def to_row_dict(self, item: AuditEntry) -> dict[str, Any]:
        row = super().to_row_dict(item) | {"details": json.dumps(item.details)}
        return {name: safe_cell(value) for name, value in row.items()}


class AuditInspectView(InspectView):
    any_permission_required = ["view"]
    template_name = "queue/row_inspect.html"

    def get_object(self, queryset: Any = None) -> AuditEntry:
        entries = AuditEntry.objects.filter(pk=self.pk)
        return named(entries).get() if entries.exists() else super().get_object()

    def get_page_subtitle(self) -> str:
        return in_words(self.object.event)

    def get_field_label(self, field_name: str, field: Any) -> str:
        labels = {"actor_name": _("Who"), "target_name": _("Whose account")}
        return labels.get(field_name) or super().get_field_label(field_name, field)


def who(entry: AuditEntry) -> str:
    """Return who acted, in words."""
    if entry.actor_id is None:
        return _("System or visitor")
    return entry.actor_name or _("Somebody erased")


def whose(entry: AuditEntry) -> str:
    """Return whose account it was about, in words."""
    if entry.target_id is None:
        return ""
    return entry.target_name or _("Somebody erased")


class AuditViewSet(ReadOnlyViewSet):
    model = AuditEntry
    name = "audit-log"
    url_prefix = "people/audit-log"
    icon = "history"
    menu_label = gettext_lazy("Audit log")
    menu_hook = PEOPLE_MENU
    menu_order = 90
    index_view_class = AuditIndexView
    inspect_view_class = AuditInspectView
    filterset_class = AuditFilterSet
    list_export = ["at", "event", "actor_id", "target_id", "address", "request_id", "details"]
    export_filename = "audit-log"
    inspect_view_fields = [
        "event",
        "at",
        "actor_name",
        "actor_id",
        "target_name",
        "target_id",
        "address",
        "request_id",
        "details",
    ]

    @property
    def list_display(self) -> list[Column]:
        return [
            TitleColumn(
                "event",
                label=_("What"),
                accessor=lambda entry: in_words(entry.event),
                sort_key="event",
                url_name=self.get_url_name("inspect"),
            ),
            Column("who", label=_("Who"), accessor=who),
            Column("whose", label=_("Whose account"), accessor=whose, classname=WIDE),
            Column("address", label=_("From"), classname=WIDE),
            DateColumn("at", label=_("When"), sort_key="at"),
        ]

    def get_permissions_to_register(self) -> QuerySet:
        return super().get_permissions_to_register().filter(codename="view_auditentry")
