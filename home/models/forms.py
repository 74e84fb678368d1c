"""Forms that editors make and visitors send: each one opens a task."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from home import requests
from home.blocks import AnswerBlock, AsideBlock
from home.form_editor import RequestFormPageForm
from home.models.base import PortalPage
from home.visitor_forms import VisitorForm


class RequestField(Orderable):
    """One question of a form, or a heading between questions."""

    class Kind(models.TextChoices):
        LINE = "line", _("One line")
        TEXT = "text", _("Longer text")
        EMAIL = "email", _("E-mail")
        TEL = "tel", _("Telephone")
        NUMBER = "number", _("Whole number")
        DATE = "date", _("Date")
        RADIO = "radio", _("One of a few answers (cards)")
        DROPDOWN = "dropdown", _("One of many answers (list)")
        CHECKBOX = "checkbox", _("Yes or no")
        PHOTOS = "photos", _("Photos")
        HEADING = "heading", _("Heading between questions")

    class Becomes(models.TextChoices):
        ANSWER = "answer", _("An answer on the task")
        TITLE = "title", _("Part of the task’s title")
        BODY = "body", _("The task’s description")
        SUBJECT = "subject", _("The task’s description, and how its title begins")
        NAME = "name", _("The sender’s name")
        EMAIL = "email", _("The sender’s e-mail")
        PRIORITY = "priority", _("The task’s priority")

    page = ParentalKey("home.RequestFormPage", on_delete=models.CASCADE, related_name="fields")
    # The name in the HTML form. It stays when the question is reworded, so that a form
    # somebody has open meanwhile can still be sent.
    name = models.CharField(max_length=60, blank=True, editable=False)
    label = models.CharField(
        _("question"), max_length=120, help_text=_("Short, like “What is wrong?”.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.LINE)
    becomes = models.CharField(
        _("what the answer becomes"),
        max_length=10,
        choices=Becomes,
        default=Becomes.ANSWER,
        help_text=_(
            "Several questions may be parts of the title; the others count once. Let the title "
            "begin with what people write and end with the place: that tells requests apart."
        ),
    )
    required = models.BooleanField(_("must be answered"), default=True)
    help_text = models.CharField(_("help"), max_length=255, blank=True)
    missing_text = models.CharField(
        _("when the answer is missing, say"),
        max_length=120,
        blank=True,
        help_text=_("Like “Choose what the repair is about”. Empty: we repeat the question."),
    )
    maximum = models.PositiveIntegerField(
        _("at most"),
        null=True,
        blank=True,
        help_text=_("The most characters of a text, or the largest number."),
    )
    answers = StreamField(
        [("answer", AnswerBlock())], verbose_name=_("answers to choose from"), blank=True
    )

    panels: ClassVar = [
        FieldPanel("label"),
        FieldPanel("kind"),
        FieldPanel("becomes"),
        FieldPanel("answers"),
        FieldPanel("help_text"),
        FieldPanel("required"),
        MultiFieldPanel(["missing_text", "maximum"], heading=_("Details"), classname="collapsed"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("question")

    def __str__(self) -> str:
        return self.label

    @property
    def html_name(self) -> str:
        # The prefix keeps a question called “Website” away from the field for robots.
        return self.name or f"q_{slugify(self.label, allow_unicode=True)[:50]}"

    def save(self, **kwargs: Any) -> None:
        self.name = self.html_name
        super().save(**kwargs)


class RequestFormPage(PortalPage):
    intro = models.TextField(
        _("introduction"),
        max_length=300,
        blank=True,
        help_text=_("What the form is for and how long it takes."),
    )
    project = models.ForeignKey(
        "tasks.Project",
        verbose_name=_("project"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("What people send arrives in this project’s new requests."),
    )
    button = models.CharField(
        _("button"),
        max_length=40,
        default=_("Send"),
        help_text=_("Say what happens: “Send report”."),
    )
    small_print = RichTextField(
        _("below the button"),
        features=["link", "bold"],
        blank=True,
        help_text=_("How long you keep what people tell you."),
    )
    thank_you = models.CharField(
        _("thanks"),
        max_length=200,
        blank=True,
        help_text=_("Said once, above the reference: what happens next."),
    )
    aside = StreamField(AsideBlock(), verbose_name=_("beside the form"), blank=True)

    base_form_class = RequestFormPageForm
    content_panels: ClassVar = [
        *Page.content_panels,
        "intro",
        "project",
        InlinePanel("fields", heading=_("Questions"), label=_("Question")),
        MultiFieldPanel(["button", "small_print", "thank_you"], heading=_("Sending")),
        "aside",
    ]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("intro")]
    parent_page_types: ClassVar = ["home.HomePage", "home.StandardPage"]
    subpage_types: ClassVar = []
    page_description = _("A form that opens a task, like “Report a repair”.")

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")

    @property
    def is_open(self) -> bool:
        """Whether what people send has somewhere to go."""
        return self.project is not None and self.project.archived_at is None

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and self.is_open:
            return self._receive(request)
        return self._show(request, VisitorForm.blank(self, request.user))

    def _receive(self, request: HttpRequest) -> HttpResponse:
        form = VisitorForm(self, request.POST, request.FILES)
        if form.is_from_robot:
            # It learns nothing: the same answer as for a person, and no task.
            return HttpResponseRedirect(f"{self.get_url(request)}?sent=1", status=303)
        wait = requests.wait_seconds(request)
        valid = form.is_valid()
        if wait:
            form.ask_to_wait()
        if wait or not valid:
            form.keep_photos()
            return self._show(request, form, status=429 if wait else 422, wait=wait)
        opened = requests.open_task(self, form, request.user)
        if self.thank_you:
            messages.success(request, self.thank_you)
        return HttpResponseRedirect(f"{opened.get_absolute_url()}?sent=1", status=303)

    def _show(
        self, request: HttpRequest, form: VisitorForm, status: int = 200, wait: int = 0
    ) -> HttpResponse:
        context = self.get_context(request) | {"form": form}
        headers = {"Retry-After": str(wait)} if wait else None
        template = self.get_template(request)
        return TemplateResponse(request, template, context, status=status, headers=headers)
