"""Synchronisation in the Wagtail admin: the hints that came, and the sweeps that ran."""

from datetime import timedelta
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView

from accounts.menu import PEOPLE_MENU, WIDE
from accounts.models import Identity, SweepRequest, SweepRun, SyncEvent
from accounts.sync.sweep import AT_LEAST, PER_CENT
from portal.listings import ReadOnlyViewSet
from portal.queue.admin import LeasedRowViewSet, RetryView, RowIndexView, RowInspectView

LAST_HOUR = timedelta(hours=1)
LAST_DAY = timedelta(days=1)
KINDS: dict[str, Promise] = {
    "INSERT": gettext_lazy("New account"),
    "UPDATE": gettext_lazy("Changed account"),
    "DELETE": gettext_lazy("Deleted account"),
    "REREAD": gettext_lazy("To be read again"),
}


class EventFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[
            (state, SyncEvent(state=state).get_state_display()) for state in SyncEvent.State.values
        ],
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"),
        choices=list(KINDS.items()),
    )

    class Meta:
        model = SyncEvent
        fields: list[str] = []


class EventIndexView(RowIndexView):
    page_title = gettext_lazy("Account events")
    template_name = "accounts/admin/event_index.html"
    results_template_name = "accounts/admin/event_index_results.html"

    def get_base_queryset(self) -> QuerySet[SyncEvent]:
        theirs = Identity.objects.filter(subject=OuterRef("subject"))
        names = theirs.order_by("-user__is_active").values("user__display_name")
        return super().get_base_queryset().annotate(whose=Subquery(names[:1]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        events = SyncEvent.objects.all()
        waiting = events.filter(state=SyncEvent.State.PENDING)
        lately = events.filter(created_at__gt=now - LAST_HOUR)
        ignored = events.filter(state=SyncEvent.State.CANCELLED, created_at__gt=now - LAST_DAY)
        return super().get_context_data(**kwargs) | {
            "waiting": waiting.count(),
            "oldest": waiting.aggregate(oldest=Min("created_at"))["oldest"],
            "lately": lately.count(),
            "ignored": ignored.count(),
        }


class EventInspectView(RowInspectView):
    template_name = "accounts/admin/event_inspect.html"
    replay_url_name = ""
    labels = {
        "subject": gettext_lazy("Subject at Supabase"),
        "hint": gettext_lazy("What it said"),
        "last_error": gettext_lazy("Reason or error"),
        "due_at": gettext_lazy("Due"),
        "created_at": gettext_lazy("Arrived"),
        "finished_at": gettext_lazy("Read"),
    }

    def get_field_label(self, field_name: str, field: Any) -> str | Promise:
        return self.labels.get(field_name) or super().get_field_label(field_name, field)

    def get_kind_display_value(self) -> str | Promise:
        return KINDS.get(self.object.kind, self.object.kind)

    def get_hint_display_value(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self.object.hint.items())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ended = self.object.state != SyncEvent.State.PENDING
        may_replay = ended and self.object.subject is not None
        return super().get_context_data(**kwargs) | {
            "may_retry": False,
            "may_replay": may_replay and self.user_has_permission("change"),
        }


class ReplayView(RetryView):
    """Let the worker read the account of one hint again, whatever came of it before."""

    def post(self, request: HttpRequest, **which: Any) -> HttpResponse:
        if self.model.objects.filter(**which).replay():
            messages.success(request, _("The worker reads the account again now."))
        else:
            messages.info(request, _("This one waits already, or names no account."))
        return redirect(self.index_url_name)


class SyncEventViewSet(LeasedRowViewSet):
    model = SyncEvent
    name = "account-events"
    url_prefix = "people/account-events"
    icon = "user"
    menu_label = gettext_lazy("Account events")
    menu_hook = PEOPLE_MENU
    menu_order = 40
    index_view_class = EventIndexView
    inspect_view_class = EventInspectView
    filterset_class = EventFilterSet
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

    @property
    def title_columns(self) -> list[BaseColumn]:
        return [
            TitleColumn(
                "event",
                label=gettext_lazy("What and whose"),
                accessor=what_and_whose,
                url_name=self.get_url_name("inspect"),
            )
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        more = {"replay_url_name": self.get_url_name("replay")}
        return super().get_common_view_kwargs(**kwargs) | more

    def get_urlpatterns(self) -> list[URLPattern]:
        replay = path("replay/<uuid:pk>/", self.construct_view(ReplayView), name="replay")
        return [*super().get_urlpatterns(), replay]


def what_and_whose(event: Any) -> str:
    """Return a line like "Changed account: Priya Raman"; ids stand in for unknown people."""
    who = event.whose or event.subject or _("nobody")
    return f"{KINDS.get(event.kind, event.kind)}: {who}"


def braked() -> SweepRun | None:
    """Return the last sweep if the brake stopped it; dry runs do not count."""
    last = SweepRun.objects.filter(dry_run=False).first()
    return last if last and last.state == SweepRun.State.STOPPED else None


class SweepIndexView(IndexView):
    page_title = gettext_lazy("Sweeps")
    template_name = "accounts/admin/sweep_index.html"
    any_permission_required = ["view"]
    default_ordering = "-started_at"
    ask_url_name = ""

    def get_add_url(self) -> None:
        """Offer none: sweeps are asked for with the buttons above the list."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = SweepRequest.objects.filter(state=SweepRequest.State.PENDING)
        runs = SweepRun.objects.filter(dry_run=False)
        return super().get_context_data(**kwargs) | {
            "asked": asked.count(),
            "last_good": runs.filter(state=SweepRun.State.DONE).first(),
            "braked": braked(),
            "may_ask": self.request.user.is_superuser,
            "at_least": AT_LEAST,
            "per_cent": PER_CENT,
        }


class SweepInspectView(InspectView):
    template_name = "queue/row_inspect.html"
    any_permission_required = ["view"]
    counts = {
        "seen": gettext_lazy("Accounts read"),
        "malformed": gettext_lazy("Rows that could not be read"),
        "changed": gettext_lazy("Different from ours"),
        "nominated": gettext_lazy("Ours that no page listed"),
        "deactivated": gettext_lazy("Closed"),
    }
    labels = counts | {
        "error": gettext_lazy("Reason or error"),
        "started_at": gettext_lazy("Started"),
        "finished_at": gettext_lazy("Ended"),
    }

    def get_field_label(self, field_name: str, field: Any) -> str | Promise:
        return self.labels.get(field_name) or super().get_field_label(field_name, field)

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        if field_name == "dry_run":
            return _("yes, nothing was changed") if self.object.dry_run else _("no")
        if field_name == "deactivated":
            return closed(self.object)
        value = super().get_field_display_value(field_name, field)
        return str(value) if field_name in self.counts else value


class AskView(RetryView):
    """Ask the worker for a sweep: an ordinary one, a dry run, or one without the brake.

    Without the brake only after the brake has stopped one, and only when asked twice.
    """

    def post(self, request: HttpRequest, **which: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied(_("Only administrators ask for sweeps."))
        kind, stopped = request.POST.get("kind"), braked()
        if kind == "confirm-mass" and not stopped:
            messages.info(request, _("The brake stopped nothing, so there is nothing to confirm."))
            return redirect(self.index_url_name)
        if kind == "confirm-mass" and "confirmed" not in request.POST:
            context = {"run": stopped, "index_url": reverse(self.index_url_name)}
            return render(request, "accounts/admin/sweep_confirm.html", context)
        SweepRequest.objects.create(
            dry_run=kind not in ("now", "confirm-mass"),
            confirm_mass=kind == "confirm-mass",
            requested_by=request.user,
        )
        messages.success(request, _("The worker begins as soon as it can; see the list below."))
        return redirect(self.index_url_name)


class SweepViewSet(ReadOnlyViewSet):
    model = SweepRun
    name = "sweeps"
    url_prefix = "people/sweeps"
    icon = "rotate"
    menu_label = gettext_lazy("Sweeps")
    menu_hook = PEOPLE_MENU
    menu_order = 50
    index_view_class = SweepIndexView
    inspect_view_class = SweepInspectView
    list_filter = ["state", "kind", "dry_run"]
    search_fields = ["error"]
    inspect_view_fields = [
        "kind",
        "dry_run",
        "state",
        "error",
        "started_at",
        "finished_at",
        "seen",
        "malformed",
        "changed",
        "nominated",
        "deactivated",
    ]

    @property
    def list_display(self) -> list[Column]:
        return [
            TitleColumn(
                "started_at",
                label=gettext_lazy("Started"),
                accessor=started,
                url_name=self.get_url_name("inspect"),
                sort_key="started_at",
            ),
            StatusTagColumn(
                "get_state_display",
                label=gettext_lazy("State"),
                primary=lambda run: run.state in (SweepRun.State.FAILED, SweepRun.State.STOPPED),
                sort_key="state",
            ),
            Column("get_kind_display", label=gettext_lazy("Kind"), accessor=kind, classname=WIDE),
            Column("changed", label=gettext_lazy("Different"), sort_key="changed", classname=WIDE),
            Column("deactivated", label=gettext_lazy("Closed"), accessor=closed),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_common_view_kwargs(**kwargs),
            "ask_url_name": self.get_url_name("ask"),
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("ask/", self.construct_view(AskView), name="ask"),
        ]


def started(run: SweepRun) -> str:
    return f"{timezone.localtime(run.started_at):%Y-%m-%d %H:%M}"


def closed(run: SweepRun) -> str:
    """Return how many accounts a run closed, or would have; the brake ends the counting."""
    if run.state == SweepRun.State.STOPPED:
        return _("0 (at least %(n)s would be)") % {"n": run.deactivated}
    if run.dry_run and run.deactivated:
        return _("0 (%(n)s would be)") % {"n": run.deactivated}
    return str(run.deactivated)


def kind(run: SweepRun) -> str:
    shown = run.get_kind_display()
    return _("%(kind)s, dry run") % {"kind": shown} if run.dry_run else str(shown)
