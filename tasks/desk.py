"""The Task desk: every task a person may see or edit, in the Wagtail admin."""

import re
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateInput

from tasks import permissions
from tasks.admin_base import PortalModelAdmin, StrictIndexView
from tasks.models import Membership, Project, Status, Task

FILTER_PROJECTS = 50


class CategoryFilter(SimpleListFilter):
    title = _("status")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: PortalModelAdmin) -> list:
        return list(Status.Category.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(status__category=self.value()) if self.value() else queryset


class OwnerFilter(SimpleListFilter):
    """Not a list of everybody: that would show all names to each."""

    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: PortalModelAdmin) -> list:
        return [("me", _("Me")), ("nobody", _("Nobody yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "me":
            return queryset.filter(owner=request.user)
        return queryset.filter(owner=None) if self.value() == "nobody" else queryset


class ProjectFilter(SimpleListFilter):
    title = _("project")
    parameter_name = "project"

    def lookups(self, request: HttpRequest, model_admin: PortalModelAdmin) -> list:
        rows = permissions.rows_for_admin(request.user).values("project")
        projects = Project.objects.open().filter(pk__in=rows)
        return list(projects.values_list("key", "name")[:FILTER_PROJECTS])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(project__key=self.value()) if self.value() else queryset


class DeskIndexView(StrictIndexView):
    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """Find by words of title and description, or by key: "REP-12"."""
        key = term.strip().upper()
        if re.fullmatch(r"[A-Z][A-Z0-9]{1,7}-[1-9][0-9]{0,8}", key):
            return queryset.with_key(key)
        return super().get_search_results(request, queryset, term)


class TaskDeskForm(WagtailAdminModelForm):
    """Statuses of the task's project, and people who belong to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = self.instance.project
        triage = Status.Category.TRIAGE
        statuses = project.statuses.all()
        if not self.instance.status.is_triage:
            statuses = statuses.exclude(category=triage)
        self.fields["status"].queryset = statuses
        self.fields["status"].empty_label = None
        self.fields["owner"].queryset = permissions.people(project)
        self.fields["owner"].empty_label = _("Nobody yet")


class TaskDesk(PortalModelAdmin):
    model = Task
    menu_label = _("Task desk")
    menu_icon = "tasks"
    add_to_admin_menu = False  # stands in the group's menu
    index_view_class = DeskIndexView
    list_display = ("key", "title", "project", "status", "priority_name", "owner", "due_on")
    list_display_add_buttons = "title"
    list_filter = (CategoryFilter, "priority", OwnerFilter, ProjectFilter)
    list_select_related = ("project", "status", "owner", "requester", "request")
    list_per_page = 50
    search_fields = ("title", "body")
    ordering = ("-updated_at",)
    list_export = (
        "key",
        "title",
        "project",
        "status",
        "priority_name",
        "owner",
        "asked_by",
        "due_on",
        "created_at",
        "updated_at",
        "completed_at",
    )
    export_filename = "tasks"
    inspect_view_enabled = True
    inspect_view_fields = (
        "key",
        "title",
        "body",
        "project",
        "status",
        "priority",
        "owner",
        "asked_by",
        "due_on",
        "created_at",
        "updated_at",
        "completed_at",
    )
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("body"),
            FieldRowPanel([FieldPanel("status"), FieldPanel("owner")]),
            FieldRowPanel([FieldPanel("priority"), FieldPanel("due_on", widget=AdminDateInput)]),
        ],
        base_form_class=TaskDeskForm,
    )

    def key(self, task: Task) -> str:
        return task.key

    key.admin_order_field = "number"
    key.short_description = _("Key")

    def priority_name(self, task: Task) -> str:
        return task.get_priority_display()

    priority_name.admin_order_field = "priority"
    priority_name.short_description = _("Priority")


class ProjectViewSet(ModelViewSet):
    model = Project
    icon = "folder-open-inverse"
    menu_label = _("Projects")
    list_display = ["name", "key", "visibility", "archived_at"]
    search_fields = ["name", "key"]
    inspect_view_enabled = True
    copy_view_enabled = False
    form_fields = ["name", "key", "hue", "description", "visibility", "archived_at"]

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        """A project's key is part of every address and e-mail: it stays once it is given."""
        form = super().get_form_class(for_update)
        if not for_update:
            return form
        return type(
            form.__name__, (form,), {"Meta": type("Meta", (form.Meta,), {"exclude": ["key"]})}
        )


class MembershipViewSet(ModelViewSet):
    model = Membership
    icon = "group"
    menu_label = _("Project members")
    list_display = ["__str__", "role", "source", "expires_at"]
    list_filter = ["project", "role"]
    search_fields = ["user__display_name", "user__email", "group__name"]
    copy_view_enabled = False
    form_fields = ["project", "user", "group", "role", "expires_at"]
