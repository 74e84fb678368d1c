"""Projects in the admin. Who manages one without a right in the admin does it on the website."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from tasks import services
from tasks.admin.conflicts import VersionedEditView, VersionedForm
from tasks.admin.refusals import ReasonedDeleteView
from tasks.models import Project


class ProjectForm(VersionedForm):
    archived = forms.BooleanField(
        label=_("Archived"),
        required=False,
        help_text=_("It can be read, and nothing in it be changed, until it is taken back."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["archived"] = bool(self.instance.archived_at)
        if not self.instance._state.adding:
            self.fields["key"].help_text = _(
                "Stands in front of each task's number. Addresses with the old key keep working."
            )

    def clean_key(self) -> str:
        return self.cleaned_data["key"].upper()

    def save(self, commit: bool = True) -> Project:
        project = self.instance
        if self.cleaned_data["archived"] != bool(project.archived_at):
            project.archived_at = timezone.now() if self.cleaned_data["archived"] else None
        return super().save(commit)


class ProjectIndexView(IndexView):
    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        # It is found by each key it has had, and listed once.
        found = super().search_queryset(Project.objects.order_by())
        return queryset.filter(pk__in=found.values("pk")) if self.is_searching else queryset

    def get_list_more_buttons(self, instance: Project) -> list:
        query = urlencode({"project": instance.key})
        statuses, labels = reverse("status:index"), reverse("label:index")
        return [
            *super().get_list_more_buttons(instance),
            MenuItem(_("Statuses"), f"{statuses}?{query}", icon_name="list-ul", priority=40),
            MenuItem(_("Labels"), f"{labels}?project={instance.pk}", icon_name="tag", priority=50),
        ]


class ProjectCreateView(CreateView):
    def save_instance(self) -> Project:
        project = super().save_instance()
        services.take_charge(project=project, user=self.request.user)
        return project

    def get_success_message(self, instance: Project) -> str:
        said = _("%(project)s is there, and you manage it. Let in who works on it.")
        return said % {"project": instance}

    def get_success_buttons(self) -> list:
        key = [self.object.key]
        return [
            messages.button(reverse("tasks:members", args=key), _("Members")),
            messages.button(reverse("tasks:board", args=key), _("Board")),
        ]


class ProjectDeleteView(ReasonedDeleteView):
    def why_not(self) -> str:
        return services.why_not_delete_project(self.object)

    @property
    def instead(self) -> tuple[str, str]:
        return reverse("project:edit", args=[self.object.pk]), _("Open it to archive it")

    @property
    def confirmation_message(self) -> str:
        return _(
            "It has no tasks. Its statuses, labels, members and saved views go with it, for good."
        )

    def delete_action(self) -> None:
        services.delete_project(self.object)


def standing(project: Project) -> str:
    return _("Archived") if project.archived_at else _("In use")


class ProjectViewSet(ModelViewSet):
    model = Project
    icon = "folder-open-inverse"
    menu_label = _("Projects")
    index_view_class = ProjectIndexView
    add_view_class = ProjectCreateView
    delete_view_class = ProjectDeleteView
    edit_view_class = VersionedEditView
    search_backend_name = None
    search_fields = ["name", "key", "keys__key"]
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_view_fields = ["key", "name", "description", "visibility", "created_at", "archived_at"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("key"),
            FieldPanel("hue"),
            FieldPanel("description"),
            FieldPanel("visibility"),
            FieldPanel("archived"),
        ],
        base_form_class=ProjectForm,
    )

    @property
    def list_display(self) -> list[Column]:
        return [
            "name",
            Column("key", label=_("Key"), sort_key="key"),
            Column("visibility", label=_("Who sees it"), accessor="get_visibility_display"),
            Column("standing", label=_("State"), accessor=standing, sort_key="archived_at"),
        ]
