"""Invitations in the admin: write them, watch them leave, send again, withdraw."""

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from accounts.invitations import services as invitations
from accounts.invitations.forms import InviteForm
from accounts.menu import PEOPLE_MENU, WIDE
from accounts.models import Invitation
from accounts.people.person import explain
from accounts.supabase.errors import AuthProblem
from portal.queue.admin import LeasedRowViewSet, RowIndexView, RowInspectView

State = Invitation.State
SHOWN_FAILURES = 50
STATUSES = {
    "waiting": gettext_lazy("Waiting to be sent"),
    "sent": gettext_lazy("Invited"),
    "accepted": gettext_lazy("Accepted"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "failed": gettext_lazy("Could not be sent"),
}


class InvitationFilterSet(WagtailFilterSet):
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=list(STATUSES.items()), method="by_status"
    )

    class Meta:
        model = Invitation
        fields: list[str] = []

    def by_status(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "accepted":
            return rows.exclude(accepted_at=None)
        if value == "withdrawn":
            return rows.exclude(withdrawn_at=None)
        state = {"waiting": State.PENDING, "sent": State.DONE, "failed": State.DEAD}[value]
        return rows.filter(state=state, accepted_at=None, withdrawn_at=None)


class InvitationIndexView(RowIndexView):
    page_title = gettext_lazy("Invitations")
    add_item_label = gettext_lazy("Invite people")


class InvitationInspectView(RowInspectView):
    template_name = "accounts/admin/invitation.html"
    act_url_name = ""
    page_title = gettext_lazy("Invitation")

    def get_page_subtitle(self) -> str:
        return self.object.email

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        pk, row = self.object.pk, self.object
        may = self.user_has_permission("change") and not row.accepted_at
        return context | {
            "may_retry": False,  # "Send again" is the same, in words people know
            "status": invitations.status_of(row),
            "resend_url": reverse(self.act_url_name, args=[pk, "resend"]) if may else "",
            "withdraw_url": reverse(self.act_url_name, args=[pk, "withdraw"])
            if may and not row.withdrawn_at
            else "",
        }


class InviteView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Two steps: the list, then what would become of each line. Only the second writes."""

    model = Invitation
    permission_required = "add"
    form_class = InviteForm
    template_name = "accounts/admin/invite.html"
    page_title = gettext_lazy("Invite people")
    header_icon = "mail"
    index_url_name = batch_url_name = ""

    def form_valid(self, form: InviteForm) -> HttpResponse:
        if "confirmed" not in self.request.POST or not form.valid:
            return self.render_to_response(self.get_context_data(form=form, preview=form.lines))
        batch = invitations.invite(self.request.user, form.lines)
        return redirect(self.batch_url_name, batch)

    def form_invalid(self, form: InviteForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": reverse(self.index_url_name), "label": _("Invitations")}
        return [*self.breadcrumbs_items, here, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"index_url": reverse(self.index_url_name)}


class BatchView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """How far the worker is with one list. Loads itself again until all are through."""

    model = Invitation
    any_permission_required = ["view", "add", "change"]
    template_name = "accounts/admin/batch.html"
    page_title = gettext_lazy("Sending invitations")
    header_icon = "mail"
    index_url_name = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": reverse(self.index_url_name), "label": _("Invitations")}
        return [*self.breadcrumbs_items, here, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Invitation.objects.filter(batch=kwargs["batch"])
        counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
        total = sum(counts.values())
        if not total:
            raise Http404
        waiting = counts.get(State.PENDING, 0)
        context = self.get_context_data(
            total=total,
            through=total - waiting,
            waiting=waiting,
            sent=counts.get(State.DONE, 0),
            failed=rows.filter(state__in=[State.DEAD, State.CANCELLED])[:SHOWN_FAILURES],
            late=rows.filter(state=State.PENDING).exclude(last_error="")[:SHOWN_FAILURES],
            index_url=reverse(self.index_url_name),
        )
        response = self.render_to_response(context)
        if waiting:
            response.headers["Refresh"] = "2"
        return response


class InvitationActView(PermissionCheckedMixin, View):
    """Send one invitation again, or take it back."""

    model = Invitation
    permission_required = "change"
    http_method_names = ["post"]
    inspect_url_name = ""

    def post(self, request: HttpRequest, pk: Any, action: str) -> HttpResponse:
        invitation = get_object_or_404(Invitation, pk=pk)
        act = {"resend": invitations.resend, "withdraw": invitations.withdraw}.get(action)
        if act is None:
            raise Http404
        words = {
            "resend": _("The invitation is sent again."),
            "withdraw": _("The invitation is withdrawn. Its link does not work any more."),
        }
        try:
            if act(request.user, invitation):
                messages.success(request, words[action])
            else:
                messages.info(request, _("This person has joined already."))
        except PermissionDenied as refusal:
            messages.error(request, str(refusal))
        except AuthProblem as problem:
            messages.error(request, explain(problem))
        return redirect(self.inspect_url_name, invitation.pk)


class InvitationViewSet(LeasedRowViewSet):
    model = Invitation
    name = "invitations"
    url_prefix = "people/invitations"
    icon = "mail"
    menu_label = gettext_lazy("Invitations")
    menu_hook = PEOPLE_MENU
    menu_order = 30
    index_view_class = InvitationIndexView
    inspect_view_class = InvitationInspectView
    list_filter = None
    filterset_class = InvitationFilterSet
    search_fields = ["email", "name"]
    inspect_view_fields = [
        "email",
        "name",
        "invited_by",
        "created_at",
        "finished_at",
        "accepted_at",
        "withdrawn_at",
        "attempts",
        "last_error",
    ]

    @property
    def list_display(self) -> list[Column]:
        return [
            TitleColumn(
                "email",
                label=gettext_lazy("E-mail"),
                sort_key="email",
                url_name=self.get_url_name("inspect"),
            ),
            Column("name", label=gettext_lazy("Name"), sort_key="name", classname=WIDE),
            StatusTagColumn(
                "status",
                label=gettext_lazy("State"),
                accessor=invitations.status_of,
                primary=lambda row: bool(row.accepted_at),
            ),
            DateColumn(
                "created_at",
                label=gettext_lazy("Written"),
                sort_key="created_at",
                classname=WIDE,
            ),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {
            "add_url_name": self.get_url_name("add"),
            "batch_url_name": self.get_url_name("batch"),
            "act_url_name": self.get_url_name("act"),
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        act = self.construct_view(InvitationActView)
        return [
            *super().get_urlpatterns(),
            path("new/", self.construct_view(InviteView), name="add"),
            path("batch/<uuid:batch>/", self.construct_view(BatchView), name="batch"),
            path("<uuid:pk>/<slug:action>/", act, name="act"),
        ]
