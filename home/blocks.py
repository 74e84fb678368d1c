"""Blocks that show or make tasks, and the streams that pages are built from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from home import content_blocks, page_tasks
from home.content_blocks import ICONS
from home.link_blocks import LinkBlock
from portal.actor import current_actor
from tasks.models import Project, Task


def offered_projects() -> list[tuple[str, str]]:
    """Return the projects the acting editor may choose from: (UUID as text, name)."""
    visible = Project.objects.open().visible_to(current_actor())
    return [(str(pk), name) for pk, name in visible.values_list("pk", "name")]


class ProjectBlock(blocks.ChoiceBlock):
    """A project by its UUID. A chooser block reads UUID keys back as None, so this is a choice."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("search_index", False)  # names of projects are not for visitors
        # A list shows its items without labels.
        widget = forms.Select(attrs={"aria-label": _("Project")})
        super().__init__(choices=offered_projects, widget=widget, **options)

    class Meta:
        icon = "tasks"
        label = _("Project")

    def normalize_choice(self, value: str | None) -> str | None:
        # Wagtail would ask for all choices to read back each value: a query a project.
        return value

    def clean(self, value: str) -> str:
        """Refuse a project whose progress visitors may not see, and say what to change."""
        if value and not self.is_deferred_validation:
            page_tasks.check_public(value)
        return super().clean(value)


class ProgressBlock(blocks.StructBlock):
    heading = content_blocks.heading(default=_("What we are working on"))
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=240)
    link = LinkBlock(optional=True)
    projects = blocks.ListBlock(
        ProjectBlock(),
        label=_("Projects"),
        min_num=1,
        max_num=5,
        help_text=_("Only projects that may be shown to the public."),
    )

    class Meta:
        icon = "tasks"
        template = "blocks/progress.html"
        label = _("Live progress")
        description = _("How far projects are, straight from their task lists.")
        preview_value = {"heading": "What we are working on", "text": "Live from the task lists."}

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict[str, Any]:
        projects = page_tasks.projects_in_public(pk for pk in value["projects"] if pk)
        return super().get_context(value, parent_context) | {"projects": projects}


class Section:
    """A block on its page: whether its background is tinted, and the anchor it is named by."""

    TINTED = ("cards", "quote")

    def __init__(self, block: Any, anchor: str) -> None:
        self.block = block
        self.anchor = anchor
        self.tint = False

    @classmethod
    def lay_out(cls, stream: Any) -> list["Section"]:
        """Return the stream's blocks as sections: no two neighbours tinted, anchors unique."""
        sections: list[Section] = []
        for block in stream:
            sections.append(cls(block, cls._anchor(block, {s.anchor for s in sections})))
        for before, section in zip([None, *sections], sections, strict=False):
            section.tint = section.block.block_type in cls.TINTED and not (before and before.tint)
        # Progress takes the tint only where it would otherwise stand among plain blocks.
        for i, section in enumerate(sections):
            near = sections[max(i - 1, 0) : i + 2]
            if section.block.block_type == "progress" and not any(s.tint for s in near):
                section.tint = True
        return sections

    @staticmethod
    def _anchor(block: Any, taken: set[str]) -> str:
        heading = block.value.get("heading", "") if isinstance(block.value, dict) else ""
        name = slugify(heading) or block.block_type
        number = 1
        while (anchor := f"{name}-{number}" if number > 1 else name) in taken:
            number += 1
        return anchor


class BodyBlock(blocks.StreamBlock):
    """What any page of the site is built from."""

    notice = content_blocks.NoticeBlock(group=_("Show"))
    cards = content_blocks.CardsBlock(group=_("Show"))
    text = content_blocks.TextBlock(group=_("Tell"))
    picture = content_blocks.PictureBlock(group=_("Show"))
    media = content_blocks.MediaBlock(group=_("Tell"))
    quote = content_blocks.QuoteBlock(group=_("Tell"))
    questions = content_blocks.QuestionsBlock(group=_("Tell"))
    steps = content_blocks.StepsBlock(group=_("Tell"))
    news = content_blocks.NewsBlock(group=_("Live"))
    progress = ProgressBlock(group=_("Live"))
    call_to_action = content_blocks.CallToActionBlock(group=_("Show"))

    class Meta:
        template = "blocks/body.html"
        block_counts = {"call_to_action": {"max_num": 1}}

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors = {} if self.is_deferred_validation else dict(self.misplaced(cleaned))
        if errors:
            raise blocks.StreamBlockValidationError(block_errors=errors)
        return cleaned

    def misplaced(self, stream: Any) -> list[tuple[int, ValidationError]]:
        """Return the index and the error of each block that stands in the wrong place."""
        return [
            (i, ValidationError(_t("Move the call to action to the end of the page.")))
            for i, block in enumerate(stream)
            if block.block_type == "call_to_action" and i != len(stream) - 1
        ]

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict[str, Any]:
        return super().get_context(value, parent_context) | {"sections": Section.lay_out(value)}


class HomeBodyBlock(BodyBlock):
    """The home page has an opening as well."""

    hero = content_blocks.HeroBlock(group=_("Show"))

    class Meta:
        block_counts = {"call_to_action": {"max_num": 1}, "hero": {"max_num": 1}}

    def misplaced(self, stream: Any) -> list[tuple[int, ValidationError]]:
        return super().misplaced(stream) + [
            (i, ValidationError(_t("Move the opening to the top of the page.")))
            for i, block in enumerate(stream)
            if block.block_type == "hero" and i
        ]


class ArticleBlock(blocks.StreamBlock):
    """The running text of an article, with what may interrupt it."""

    text = content_blocks.TextBlock(template="blocks/article_text.html")
    picture = content_blocks.PictureBlock(template="blocks/article_picture.html")
    quote = content_blocks.QuoteBlock(template="blocks/article_quote.html")
    notice = content_blocks.NoticeBlock(template="blocks/aside_notice.html")

    class Meta:
        template = "blocks/article.html"


class AnswerBlock(blocks.StructBlock):
    """One answer people can choose in a form, and how urgent it makes the task."""

    label = blocks.CharBlock(label=_("Answer"), max_length=80)
    hint = blocks.CharBlock(label=_("Explanation"), required=False, max_length=160)
    icon = blocks.ChoiceBlock(label=_("Sign"), choices=ICONS, required=False)
    priority = blocks.ChoiceBlock(
        label=_("Priority"),
        choices=[(str(value), label) for value, label in Task.Priority.choices],
        required=False,
        help_text=_("Counts where the question becomes the priority."),
    )

    class Meta:
        icon = "radio-full"
        label = _("Answer")
        label_format = "{label}"


class AsideBlock(blocks.StreamBlock):
    """What stands beside a form."""

    notice = content_blocks.NoticeBlock(template="blocks/aside_notice.html")
    steps = content_blocks.StepsBlock(template="blocks/aside_steps.html")
