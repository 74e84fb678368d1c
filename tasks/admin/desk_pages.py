"""The pages of one task at the Task desk: edit it, look at it, its history, put it in the bin."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.log_actions import log

from portal.templatetags.portal_tags import full_day, full_time
from tasks import exports
from tasks.admin.base import AtomicEditView, RowDeleteView, RowHistoryView, RowInspectView
from tasks.detail import history
from tasks.models import Task, one_change
from tasks.views.answers import tell


class DeskPage:
    """Leads from each page of a task to the others, to the website, and back to the list."""

    def get_meta_title(self) -> str:
        return f"{self.page_title}: {self.instance}"

    @cached_property
    def on_website(self) -> str:
        """Return the task's address there, or "" for who sees it at the desk only."""
        seen = Task.objects.visible_to(self.request.user).filter(pk=self.instance.pk)
        return self.instance.get_absolute_url() if seen.exists() else ""

    @property
    def ways(self) -> list[tuple[str, str]]:
        ways = [(self.index_url, _("Back to the list"))]
        if self.on_website:
            ways.append((self.on_website, _("On the website")))
        if self.permission_helper.user_can_edit_obj(self.request.user, self.instance):
            ways.append((self.edit_url, _("Edit")))
        ways += [(self.inspect_url, _("Details")), (self.history_url, _("History"))]
        return [way for way in ways if way[1] != self.page_title]


class DeskEditView(DeskPage, AtomicEditView):
    page_title = gettext_lazy("Edit")

    def get_success_message_buttons(self, instance: Task) -> list:
        buttons = super().get_success_message_buttons(instance)
        if self.on_website:
            buttons.append(messages.button(self.on_website, _("On the website")))
        return buttons


class DeskInspectView(DeskPage, RowInspectView):
    """The columns of the export, top down, and the description."""

    page_title = gettext_lazy("Details")

    def get_fields_dict(self) -> list[dict[str, Any]]:
        columns = [(head, cell(self.instance, self.request.user)) for head, cell in exports.COLUMNS]
        return [{"label": head, "value": _shown(value)} for head, value in columns]


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return full_time(value)
    if isinstance(value, date):
        return full_day(value)
    return "–" if value in (None, "") else str(value)


class DeskHistoryView(DeskPage, RowHistoryView):
    """What the website tells of it, the latest first. What people said is read there."""

    page_title = gettext_lazy("History")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everything = "all" in self.request.GET
        entries, earlier = history.of_task(
            self.instance, self.request.user, feed="history", everything=everything
        )
        return super().get_context_data(entries=entries[::-1], earlier=earlier, **kwargs)


class DeskDeleteView(DeskPage, RowDeleteView):
    def confirmation_message(self) -> str:
        return _(
            "%(task)s goes to the bin, and its subtasks with it. For 30 days you can take them "
            "back, with their number and place; then they are deleted for good."
        ) % {"task": self.instance}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic(), one_change() as change_id:
            log(instance=self.instance, action="wagtail.delete")
            self.instance.delete()
        said = _("%(task)s is in the bin.") % {"task": self.instance}
        tell(request, said, change_id=change_id)
        return redirect(self.index_url)
