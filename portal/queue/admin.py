"""One way to look at any queue in the Wagtail admin: list, inspect, try again. No editing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from wagtail.admin.ui.tables import BaseColumn, DateColumn, StatusTagColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from portal.listings import ReadOnlyViewSet
from portal.queue.models import LeasedRow


class RowIndexView(IndexView):
    template_name = "queue/row_index.html"
    retry_all_url_name = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dead = self.model.objects.filter(state=LeasedRow.State.DEAD).count()
        return super().get_context_data(**kwargs) | {
            "dead": dead if self.user_has_permission("change") else 0
        }


class RowInspectView(InspectView):
    template_name = "queue/row_inspect.html"
    retry_url_name = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dead = self.object.state == LeasedRow.State.DEAD
        return super().get_context_data(**kwargs) | {
            "may_retry": dead and self.user_has_permission("change")
        }


class RetryView(PermissionCheckedMixin, View):
    """Make one dead row, or every one of the queue, due again."""

    model: type[LeasedRow] | None = None
    index_url_name = ""
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **which: Any) -> HttpResponse:
        number = self.model.objects.filter(**which).retry()
        if number:
            words = ngettext("%(n)d is tried again now.", "%(n)d are tried again now.", number)
            messages.success(request, words % {"n": number})
        else:
            messages.info(request, _("Nothing had been given up, so nothing is tried again."))
        return redirect(self.index_url_name)


class LeasedRowViewSet(ReadOnlyViewSet):
    """Base of each queue's listing; a subclass names the model and the title's column."""

    index_view_class = RowIndexView
    inspect_view_class = RowInspectView
    list_filter = ["state"]
    title_columns: list[str | BaseColumn] = ["__str__"]  # few: phones show them too

    @property
    def list_display(self) -> list[str | BaseColumn]:
        return [
            *self.title_columns,
            StatusTagColumn(
                "get_state_display",
                label=gettext_lazy("State"),
                primary=lambda row: row.state == LeasedRow.State.DEAD,
                sort_key="state",
            ),
            DateColumn("created_at", label=gettext_lazy("Written"), sort_key="created_at"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_common_view_kwargs(**kwargs),
            "retry_url_name": self.get_url_name("retry"),
            "retry_all_url_name": self.get_url_name("retry_all"),
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        retry = self.construct_view(RetryView)
        return [
            *super().get_urlpatterns(),
            path("retry/", retry, name="retry_all"),
            path("retry/<uuid:pk>/", retry, name="retry"),
        ]
