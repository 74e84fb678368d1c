"""Synchronisation in the Wagtail admin: the hints that came, and the sweeps that ran."""

from datetime import timedelta
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from accounts.models import SweepRequest, SweepRun, SyncEvent
from accounts.people.menu import PEOPLE_MENU, WIDE
from accounts.sync.sweep import AT_LEAST, PER_CENT
from portal.queue.admin import LeasedRowViewSet, RetryView, RowIndexView, RowInspectView

LAST_HOUR = timedelta(hours=1)
LAST_DAY = timedelta(days=1)


class EventFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[
            (state, SyncEvent(state=state).get_state_display()) for state in SyncEvent.State.values
        ],
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"),
        choices=[(kind, kind) for kind in ("INSERT", "UPDATE", "DELETE", "REREAD")],
    )

    class Meta:
        model = SyncEvent
        fields: list[str] = []


class EventIndexView(RowIndexView):
    page_title = gettext_lazy("Account events")
    template_name = "accounts/admin/event_index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        events = SyncEvent.objects.all()
        waiting = events.filter(state=SyncEvent.State.PENDING)
        lately = events.filter(created_at__gt=now - LAST_HOUR)
        ignored = events.filter(state=SyncEvent.State.CANCELLED, created_at__gt=now - LAST_DAY)
        return super().get_context_data(**kwargs) | {
            "waiting": waiting.count(),
            "oldest": waiting.aggregate(oldest=Min("created_at"))["oldest"],
            "per_minute": lately.count() / 60,
            "ignored": ignored.count(),
        }


class EventInspectView(RowInspectView):
    template_name = "accounts/admin/event_inspect.html"
    replay_url_name = ""

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

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        more = {"replay_url_name": self.get_url_name("replay")}
        return super().get_common_view_kwargs(**kwargs) | more

    def get_urlpatterns(self) -> list[URLPattern]:
        replay = path("replay/<uuid:pk>/", self.construct_view(ReplayView), name="replay")
        return [*super().get_urlpatterns(), replay]


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
            "braked": runs.filter(state=SweepRun.State.STOPPED).first() == runs.first(),
            "may_ask": self.request.user.is_superuser,
            "at_least": AT_LEAST,
            "per_cent": PER_CENT,
        }


class SweepInspectView(InspectView):
    template_name = "queue/row_inspect.html"
    any_permission_required = ["view"]


class AskView(RetryView):
    """Ask the worker for a sweep: a dry run, or one without the brake."""

    def post(self, request: HttpRequest, **which: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied(_("Only administrators ask for sweeps."))
        confirm_mass = request.POST.get("kind") == "confirm-mass"
        SweepRequest.objects.create(
            dry_run=not confirm_mass, confirm_mass=confirm_mass, requested_by=request.user
        )
        messages.success(request, _("The worker begins as soon as it can; see the list below."))
        return redirect(self.index_url_name)


class SweepViewSet(ModelViewSet):
    model = SweepRun
    name = "sweeps"
    url_prefix = "people/sweeps"
    icon = "rotate"
    menu_label = gettext_lazy("Sweeps")
    menu_hook = PEOPLE_MENU
    menu_order = 50
    index_view_class = SweepIndexView
    inspect_view_class = SweepInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields: list[str] = []
    list_filter = ["state", "kind", "dry_run"]
    search_fields = ["error"]
    search_backend_name = None
    list_per_page = 50
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
            Column("deactivated", label=gettext_lazy("Closed"), sort_key="deactivated"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = ("add_url_name", "edit_url_name", "delete_url_name", "usage_url_name")
        return {
            **super().get_common_view_kwargs(**kwargs),
            **dict.fromkeys(absent),
            "ask_url_name": self.get_url_name("ask"),
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<uuid:pk>/", self.inspect_view, name="inspect"),
            path("ask/", self.construct_view(AskView), name="ask"),
        ]

    def register_admin_url_finder(self) -> None:
        """Register none: nothing here can be edited."""


def started(run: SweepRun) -> str:
    return f"{timezone.localtime(run.started_at):%Y-%m-%d %H:%M}"


def kind(run: SweepRun) -> str:
    shown = run.get_kind_display()
    return _("%(kind)s, dry run") % {"kind": shown} if run.dry_run else str(shown)
