"""Statuses in the admin: those of one project at a time, in the order of its board."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, IndexView, ReorderView
from wagtail.admin.viewsets.model import ModelViewSet

from tasks import services
from tasks.admin.conflicts import VersionedEditView, VersionedForm
from tasks.admin.refusals import ReasonedDeleteView
from tasks.models import Project, Status, Task


class StatusForm(VersionedForm):
    """``place`` counts from 1: the way to order them without a mouse and without JavaScript."""

    place = forms.IntegerField(
        label=_("Place"),
        required=False,
        min_value=1,
        help_text=_("1 is the first column of the board. Empty: the last."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["project"]
            before = self.instance.project.statuses.filter(order__lt=self.instance.order)
            self.initial["place"] = before.count() + 1

    def clean_category(self) -> str:
        category = self.cleaned_data["category"]
        changes = not self.instance._state.adding and category != self.initial["category"]
        if changes and (needed := services.why_needed(self.instance)):
            raise ValidationError(needed)
        return category

    def save(self, commit: bool = True) -> Status:
        status = super().save(commit)
        place = self.cleaned_data["place"]
        services.place_status(status, place - 1 if place else status.project.statuses.count())
        return status


class OfProject:
    """Leads back to the list of the row's project."""

    def get_success_url(self) -> str:
        return list_of(self.object.project)


def list_of(project: Project) -> str:
    return _address("status:index", project=project.key)


def _address(name: str, *args: str, **query: object) -> str:
    query = urlencode({name: value for name, value in query.items() if value})
    return reverse(name, args=args) + (f"?{query}" if query else "")


class StatusIndexView(IndexView):
    default_ordering = "order"

    @cached_property
    def project(self) -> Project | None:
        """Return the project that the address names, else the first."""
        projects = Project.objects.order_by("archived_at", "name")
        key = self.request.GET.get("project", "")
        return projects.filter(key=key).first() or projects.open().first() or projects.first()

    def get_base_queryset(self) -> QuerySet:
        return Status.objects.filter(project=self.project)

    def get_add_url(self) -> str | None:
        url = super().get_add_url()
        return f"{url}?{urlencode({'project': self.project.key})}" if url and self.project else url

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        projects = Project.objects.values_list("key", "name")
        return context | {"project": self.project, "projects": projects}


class StatusCreateView(OfProject, CreateView):
    def get_initial_form_instance(self) -> Status:
        project = Project.objects.filter(key=self.request.GET.get("project", "")).first()
        return Status(project=project)


class StatusEditView(OfProject, VersionedEditView):
    pass


class StatusDeleteView(OfProject, ReasonedDeleteView):
    def why_not(self) -> str:
        return services.why_not_delete(self.object)

    @cached_property
    def instead(self) -> tuple[str, str] | None:
        """Lead to where what stands here can be moved all at once, of what the reader may open."""
        status, project = self.object, self.object.project
        here = Task.objects.filter(status=status)
        kept = "" if here.current().exists() else "archived" if here.exists() else "bin"
        if not Task.everything.filter(status=status).exists():
            return None
        if not Project.objects.visible_to(self.request.user).filter(pk=project.pk).exists():
            query = {"project": project.key, "category": status.category, "kept": kept}
            return _address("tasks_task_modeladmin_index", **query), _("See them at the Task desk")
        if kept == "bin":
            return _address("tasks:trash", project.key), _("See the bin")
        if status.is_triage:
            return _address("tasks:triage", project.key), _("See these requests")
        query = {"status": status.pk, "archived": "yes" if kept else ""}
        return _address("tasks:list", project.key, **query), _("See these tasks")

    def delete_action(self) -> None:
        services.delete_status(self.object)


class StatusReorderView(ReorderView):
    """Moves a status among those of its project, under the project's lock."""

    def post(self, request: HttpRequest, pk: str) -> JsonResponse:
        try:
            status = get_object_or_404(Status, pk=UUID(pk))
        except ValueError as error:
            raise Http404 from error
        position = request.GET.get("position", "")
        index = int(position) if position.isascii() and position.isdigit() else 10_000
        services.place_status(status, index)
        return JsonResponse({"success": True})


class StatusViewSet(ModelViewSet):
    model = Status
    icon = "list-ul"
    menu_label = _("Statuses")
    copy_view_enabled = False
    add_to_reference_index = False
    # Wagtail builds the address of the drag handle with a number in the place of the key.
    pk_path_converter = "str"
    sort_order_field = "order"
    index_view_class = StatusIndexView
    add_view_class = StatusCreateView
    edit_view_class = StatusEditView
    delete_view_class = StatusDeleteView
    reorder_view_class = StatusReorderView
    index_template_name = "tasks/admin/status_index.html"
    edit_handler = ObjectList(
        [
            FieldPanel("project"),
            FieldPanel("name"),
            FieldPanel("category", heading=_("Kind")),
            FieldPanel("hue", heading=_("Colour")),
            FieldPanel("wip_limit"),
            FieldPanel("place"),
        ],
        base_form_class=StatusForm,
    )

    @property
    def list_display(self) -> list:
        return [
            "name",
            Column("category", label=_("Kind"), accessor="get_category_display"),
            Column("hue", label=_("Colour"), accessor="get_hue_display"),
            Column("task_count", label=_("Tasks")),
            Column("wip_limit", label=_("Limit")),
        ]
