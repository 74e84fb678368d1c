"""The Task desk: every task a person may see or edit, in the Wagtail admin."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property, lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.widgets import AdminDateInput
from wagtail.log_actions import log

from tasks import exports, permissions, services
from tasks.admin import desk_bulk
from tasks.admin.base import PortalModelAdmin, StrictIndexView
from tasks.admin.desk_filters import BIN, FILTERS
from tasks.admin.desk_form import TaskDeskForm
from tasks.admin.desk_pages import DeskDeleteView, DeskEditView, DeskHistoryView, DeskInspectView
from tasks.models import Task, one_change
from tasks.projects.bin import words_back
from tasks.views.answers import tell

KEY = re.compile(r"[A-Z][A-Z0-9]{1,7}-[1-9][0-9]{0,8}")
REASONS = 10  # refusals that are told in full
MOST = 200  # tasks in one change; a page shows fewer


class DeskIndexView(StrictIndexView):
    """The list, and the form around it that changes what is ticked."""

    page_title = gettext_lazy("Task desk")

    @property
    def in_bin(self) -> bool:
        return self.request.GET.get("kept") == BIN

    def get_base_queryset(self, request: HttpRequest | None = None) -> QuerySet:
        request = request or self.request
        if self.in_bin:
            gone = Task.everything.exclude(deleted_at=None)
            return permissions.deletable_in_admin(request.user, gone).with_labels()
        return super().get_base_queryset(request).with_labels()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """Find by words of title and description, or by a key it has or had: "REP-12"."""
        key = term.strip().upper()
        if KEY.fullmatch(key):
            now = queryset.with_key(key)
            return now if now.exists() else queryset.with_former_key(key).distinct()
        return super().get_search_results(request, queryset, term)

    def as_spreadsheet(self, queryset: QuerySet, spreadsheet_format: str) -> HttpResponseBase:
        user = self.request.user
        return exports.answer(queryset, user=user, file_format=spreadsheet_format, name="tasks")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = [task.pk for task in context["object_list"]]
        user = self.request.user
        self.rights = {
            "edit": ids(permissions.editable_in_admin(user).filter(pk__in=page)),
            "delete": ids(permissions.deletable_in_admin(user).filter(pk__in=page)),
            "bin": set(page) if self.in_bin else set(),
        }
        seen = ids(Task.objects.visible_to(user).filter(pk__in=page))
        for task in context["object_list"]:
            task.on_website = task.pk in seen
        self.has_filters = False  # no bar at the side: the template shows them above the list
        return context | {"groups": self.groups, "undo": self.undo}

    @cached_property
    def groups(self) -> list[desk_bulk.Group]:
        """Return what may be done to many tasks here: nothing without the right to it."""
        user = self.request.user
        mine = permissions.projects_where(user, permissions.BULK)
        if not mine.exists():
            return []
        project = mine.filter(key=self.request.GET.get("project", "")).first()
        return desk_bulk.offered(user, project, in_bin=self.in_bin)

    @property
    def undo(self) -> str:
        """Return the id of the change that the message on this page is about, or ""."""
        waiting = messages.get_messages(self.request)
        tags = [message.extra_tags or "" for message in waiting]
        waiting.used = False  # they were only looked at
        return next((tag[5:] for tag in tags if tag.startswith("undo:")), "")

    def post(self, request: HttpRequest) -> HttpResponse:
        if "restore" in request.POST:
            self.restore(request.POST["restore"])
        else:
            self.change(request.POST)
        return redirect(request.get_full_path())

    def restore(self, pk: str) -> None:
        """Take one task back; what is no longer in the bin, or not for them, is not found."""
        task = self.chosen([pk]).first() if self.in_bin else None
        if task is None:
            raise Http404
        said = words_back(task)
        with one_change(), transaction.atomic():
            task.restore()
            log(instance=task, action="wagtail.edit")
        tell(self.request, said)

    def change(self, sent: Any) -> None:
        change = desk_bulk.change(sent.get("change", ""), self.groups, self.request.user)
        values = sent.getlist("shown" if "all_shown" in sent else "task")[:MOST]
        if change is None or not values:
            messages.warning(self.request, _("Tick tasks, and choose what to do with them."))
            return
        tasks = list(self.chosen(values))
        outcome = services.change_many(tasks=tasks, user=self.request.user, change=change)
        if outcome.changed:
            said = desk_bulk.words(sent["change"], outcome)
            tell(self.request, said, change_id=outcome.change_id)
        elif not outcome.refused:
            messages.info(self.request, _("Nothing had to be changed: they are so already."))
        self.report(outcome, gone=len(set(values)) - len(tasks))

    def chosen(self, values: list[str]) -> QuerySet:
        """Return the tasks named by ``values`` among those the person sees here."""
        rows = self.get_base_queryset().filter(pk__in=filter(None, map(as_id, values)))
        rows = rows.select_related("project", "status", "owner", "reviewer")
        return rows.prefetch_related("project__statuses").order_by("project__key", "number")

    def report(self, outcome: services.Outcome, gone: int) -> None:
        for key, reason in list(outcome.refused.items())[:REASONS]:
            words = {"key": key, "reason": reason}
            messages.warning(self.request, _("%(key)s stays as it is: %(reason)s") % words)
        if n := max(len(outcome.refused) - REASONS, 0) + gone:
            said = ngettext("%(n)d more stays.", "%(n)d more stay.", n) % {"n": n}
            messages.warning(self.request, said)


def ids(rows: QuerySet) -> set[UUID]:
    return set(rows.values_list("pk", flat=True))


def as_id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def select_all() -> SafeString:
    """Return the box in the head of the list; it counts without JavaScript, too."""
    return format_html(
        '<input type="checkbox" name="all_shown" value="1" aria-label="{}" '
        'data-w-bulk-target="all" data-action="w-bulk#toggleAll">',
        _("Select all shown"),
    )


SELECT_ALL = lazy(select_all, SafeString)()
GONE = ["key", "title", "way_back", "project", "status", "owner", "deleted_on"]  # in the bin


class TaskDesk(PortalModelAdmin):
    model = Task
    menu_label = gettext_lazy("Task desk")
    menu_icon = "tasks"
    add_to_admin_menu = False  # stands in the group's menu
    index_view_class = DeskIndexView
    edit_view_class = DeskEditView
    inspect_view_class = DeskInspectView
    history_view_class = DeskHistoryView
    delete_view_class = DeskDeleteView
    index_template_name = "tasks/admin/desk_index.html"
    edit_template_name = "tasks/admin/desk_edit.html"
    inspect_template_name = "tasks/admin/desk_inspect.html"
    history_template_name = "tasks/admin/desk_history.html"
    list_display = (
        *("key", "title", "project", "status", "priority_name", "owner", "reviewer"),
        *("label_names", "due"),
    )
    list_display_add_buttons = "title"
    list_filter = FILTERS
    list_select_related = ("project", "status", "owner", "reviewer")
    list_per_page = 50
    search_fields = ("title", "body")
    ordering = ("-updated_at",)
    list_export = ("key",)  # the columns are those of `exports`
    inspect_view_enabled = True
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("body"),
            FieldRowPanel([FieldPanel("status"), FieldPanel("priority")]),
            FieldRowPanel([FieldPanel("owner"), FieldPanel("reviewer")]),
            FieldRowPanel(
                [FieldPanel("start_on", widget=AdminDateInput), FieldPanel("start_time")]
            ),
            FieldRowPanel([FieldPanel("due_on", widget=AdminDateInput), FieldPanel("due_time")]),
            FieldPanel("collaborators"),
            FieldPanel("labels"),
            FieldPanel("archived"),
        ],
        base_form_class=TaskDeskForm,
    )

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Return the columns. Kept with the request: modeladmin asks for each cell."""
        if not hasattr(request, "desk_columns"):
            kept = request.GET.get("kept")
            many = permissions.projects_where(request.user, permissions.BULK).exists()
            columns = GONE if kept == BIN else [*self.list_display, *["archived_on"] * bool(kept)]
            columns = ["tick", *columns] if many else columns
            request.desk_columns = columns
        return request.desk_columns

    def get_extra_class_names_for_field_col(self, obj: Task, field_name: str) -> list[str]:
        late = field_name == "due" and obj.due_kind == "over"
        return ["ui-admin-late"] if late else []

    def tick(self, task: Task) -> SafeString:
        return format_html(
            '<input type="checkbox" name="task" value="{}" aria-label="{}" '
            'data-w-bulk-target="item" data-action="w-bulk#toggle">'
            '<input type="hidden" name="shown" value="{}">',
            task.pk,
            _("Select %(key)s") % {"key": task.key},
            task.pk,
        )

    tick.short_description = SELECT_ALL

    def key(self, task: Task) -> str:
        if not getattr(task, "on_website", False):
            return task.key
        title = _("%(key)s on the website") % {"key": task.key}
        return format_html(
            '<a href="{}" title="{}">{}</a>', task.get_absolute_url(), title, task.key
        )

    key.admin_order_field = "number"
    key.short_description = gettext_lazy("Key")

    def priority_name(self, task: Task) -> str:
        return task.get_priority_display()

    priority_name.admin_order_field = "priority"
    priority_name.short_description = gettext_lazy("Priority")

    def label_names(self, task: Task) -> str:
        return ", ".join(label.name for label in task.labels)

    label_names.short_description = gettext_lazy("Labels")

    def due(self, task: Task) -> str:
        return task.due_words if task.due_on else ""

    due.admin_order_field = "due_on"
    due.short_description = gettext_lazy("Due")

    def archived_on(self, task: Task) -> Any:
        return task.archived_at and task.archived_at.date()

    archived_on.admin_order_field = "archived_at"
    archived_on.short_description = gettext_lazy("Archived")

    def deleted_on(self, task: Task) -> Any:
        return task.deleted_at and task.deleted_at.date()

    deleted_on.admin_order_field = "deleted_at"
    deleted_on.short_description = gettext_lazy("Deleted")

    def way_back(self, task: Task) -> SafeString:
        return format_html(
            '<button class="button button-small button-secondary" name="restore" value="{}">{}'
            '<span class="w-sr-only"> {}</span></button>',
            task.pk,
            _("Restore"),
            task.key,
        )

    way_back.short_description = gettext_lazy("Way back")
