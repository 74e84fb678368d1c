"""Labels in the admin: named, coloured, merged, deleted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from tasks import services
from tasks.admin.conflicts import VersionedEditView, VersionedForm
from tasks.admin.refusals import ReasonedDeleteView
from tasks.models import Label


class LabelForm(VersionedForm):
    """The project is chosen once. ``into`` gives its tasks to another label of the project."""

    into = forms.ModelChoiceField(
        Label.objects.none(),
        label=gettext_lazy("Merge into"),
        required=False,
        empty_label=gettext_lazy("Keep it"),
        help_text=gettext_lazy("All tasks with this label get the other one; this one is deleted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = self.instance
        if label._state.adding:
            del self.fields["into"]
        else:
            del self.fields["project"]
            self.fields["into"].queryset = label.project.labels.on_offer().exclude(pk=label.pk)


class LabelEditView(VersionedEditView):
    def form_valid(self, form: LabelForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as error:
            form.add_error(None, error.messages)
            self.produced_error_message = self.get_error_message()
            response = self.form_invalid(form)
            response.status_code = 409
            return response

    def save_instance(self) -> Label:
        into = self.form.cleaned_data["into"]
        self.refuse_late()
        if why_not := services.why_not_change_label(Label.objects.get(pk=self.object.pk)):
            raise ValidationError(why_not)
        if into is None:
            label = super().save_instance()
            self.waits = not services.catch_up(label) if "name" in self.form.changed_data else False
            return label
        gone = Label.objects.get(pk=self.object.pk)
        self.waits = services.has_many_tasks(gone)
        self.merged = services.delete_label(gone, into=into)
        return into

    def get_success_message(self) -> str:
        if not hasattr(self, "merged"):
            later = _("Search finds its tasks by the new name in a few minutes.")
            return " ".join([super().get_success_message(), *([later] if self.waits else [])])
        if self.waits:
            said = _("%(n)d tasks get the label “%(label)s” in the next minutes.")
            return said % {"n": self.merged, "label": self.object}
        said = ngettext(
            "%(n)d task now has the label “%(label)s”.",
            "%(n)d tasks now have the label “%(label)s”.",
            self.merged,
        )
        return said % {"n": self.merged, "label": self.object}


class LabelDeleteView(ReasonedDeleteView):
    def why_not(self) -> str:
        return services.why_not_delete_label(self.object)

    @property
    def confirmation_message(self) -> str:
        n = self.object.task_links.count()
        said = ngettext("%(n)d task loses this label.", "%(n)d tasks lose this label.", n)
        return said % {"n": n} + " " + _("To give them another one, open the label and merge it.")

    def delete_action(self) -> None:
        self.waits = services.has_many_tasks(self.object)
        self.removed = services.delete_label(self.object)

    def get_success_message(self) -> str:
        if not self.waits:
            return super().get_success_message()
        said = _("%(n)d tasks lose the label “%(label)s” in the next minutes; then it is gone.")
        return said % {"n": self.removed, "label": self.object}


class LabelIndexView(IndexView):
    default_ordering = ("project__name", "name")

    def get_base_queryset(self) -> Any:
        return Label.objects.select_related("project").annotate(used=Count("task_links"))


class LabelViewSet(ModelViewSet):
    model = Label
    icon = "tag"
    menu_label = gettext_lazy("Labels")
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    search_fields = ["name"]
    list_filter = ["project"]
    list_per_page = 50
    index_view_class = LabelIndexView
    edit_view_class = LabelEditView
    delete_view_class = LabelDeleteView
    edit_handler = ObjectList(
        [FieldPanel("project"), FieldPanel("name"), FieldPanel("hue"), FieldPanel("into")],
        base_form_class=LabelForm,
    )

    @property
    def list_display(self) -> list:
        return [
            "name",
            Column("project", label=gettext_lazy("Project"), sort_key="project__name"),
            Column("hue", label=gettext_lazy("Colour"), accessor="get_hue_display"),
            Column("used", label=gettext_lazy("Tasks"), sort_key="used"),
        ]
