"""What editors build pages from. Blocks that show tasks are in `home.blocks`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from home.link_blocks import LinkBlock, TargetBlock

INLINE = ["bold", "italic", "link"]
PROSE = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "blockquote"]
ICONS = [
    ("bell", _("Bell")),
    ("bolt", _("Power")),
    ("calendar", _("Calendar")),
    ("clock", _("Clock")),
    ("comment", _("Speech")),
    ("door", _("Door")),
    ("drop", _("Water")),
    ("file", _("Paper")),
    ("flame", _("Heating")),
    ("help", _("Question")),
    ("home", _("House")),
    ("info", _("Information")),
    ("key", _("Key")),
    ("leaf", _("Leaf")),
    ("lock", _("Lock")),
    ("mail", _("Letter")),
    ("more", _("Something else")),
    ("phone", _("Telephone")),
    ("pin", _("Place")),
    ("users", _("People")),
    ("warning", _("Warning")),
    ("wrench", _("Tool")),
]


def heading(default: str = "", **options: Any) -> blocks.CharBlock:
    """Return the heading most blocks begin with; it is the block's anchor as well."""
    options.setdefault("max_length", 80)
    return blocks.CharBlock(label=_("Heading"), default=default, **options)


class HeroBlock(blocks.StructBlock):
    heading = heading(
        max_length=60,
        help_text=_("The page's headline, up to 60 characters. Say what this place is."),
    )
    text = blocks.TextBlock(label=_("Text"), max_length=240, help_text=_("Two sentences at most."))
    image = ImageBlock(label=_("Picture"), required=False)
    buttons = blocks.ListBlock(
        LinkBlock(),
        label=_("Buttons"),
        max_num=2,
        default=[],
        help_text=_("The first one stands out: let it be what most people come for."),
    )

    class Meta:
        icon = "title"
        template = "blocks/hero.html"
        label = _("Opening")
        description = _("The first thing people see: headline, two sentences, a picture.")
        preview_value = {
            "heading": "84 homes around one courtyard.",
            "text": "The people who live here own it and look after it.",
            "buttons": [{"label": "Report a repair", "address": "/"}],
        }


class NoticeBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[
            ("info", _("Information")),
            ("success", _("Good news")),
            ("warning", _("Warning")),
            ("danger", _("Danger")),
        ],
        default="info",
    )
    icon = blocks.ChoiceBlock(label=_("Sign"), choices=ICONS, default="info")
    text = blocks.RichTextBlock(
        label=_("Text"),
        features=INLINE,
        max_length=280,
        help_text=_("What, where, when, and until when. Bold the first words."),
    )

    class Meta:
        icon = "warning"
        template = "blocks/notice.html"
        label = _("Notice")
        description = _("One line that must not be missed, such as a shut-off.")
        preview_value = {
            "tone": "warning",
            "icon": "drop",
            "text": "<p><b>No hot water in Alder House</b> on Thursday, 09:00 to 12:00.</p>",
        }


class CardBlock(blocks.StructBlock):
    icon = blocks.ChoiceBlock(label=_("Sign"), choices=ICONS, default="info")
    heading = heading(max_length=40)
    text = blocks.TextBlock(label=_("Text"), max_length=160)
    link = TargetBlock(optional=True, help_text=_("The whole card leads there."))

    class Meta:
        icon = "form"
        label = _("Card")
        label_format = "{heading}"


class CardsBlock(blocks.StructBlock):
    heading = heading()
    cards = blocks.ListBlock(CardBlock(), label=_("Cards"), min_num=1, max_num=6)

    COLUMNS = {1: "col-md-6", 2: "col-md-6", 3: "col-md-4", 4: "col-sm-6 col-lg-3"}

    class Meta:
        icon = "grip"
        template = "blocks/cards.html"
        label = _("Cards")
        description = _("Up to 6 short things side by side, each with a sign.")
        preview_value = {
            "heading": "What would you like to do?",
            "cards": [
                {"icon": "wrench", "heading": "Report a repair", "text": "Takes three minutes."},
                {"icon": "help", "heading": "Find an answer", "text": "Charges, keys, pets."},
            ],
        }

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict[str, Any]:
        columns = self.COLUMNS.get(len(value["cards"]), "col-sm-6 col-lg-4")
        return super().get_context(value, parent_context) | {"columns": columns}


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **options: Any) -> None:
        options.setdefault("features", PROSE)
        super().__init__(**options)

    class Meta:
        icon = "pilcrow"
        template = "blocks/text.html"
        label = _("Text")
        description = _("Paragraphs, lists and headings, in a width that reads well.")
        preview_value = "<h2>What changes for you</h2><p>The house charge falls by £9.40.</p>"


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        template = "blocks/picture.html"
        label = _("Picture")
        description = _("One picture over the full width.")


class MediaBlock(blocks.StructBlock):
    heading = heading()
    image = ImageBlock(label=_("Picture"))
    text = blocks.RichTextBlock(label=_("Text"), features=[*INLINE, "ul"])
    link = LinkBlock(optional=True)

    class Meta:
        icon = "media"
        template = "blocks/media.html"
        label = _("Picture and text")
        description = _("A picture with a short story beside it.")


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(
        label=_("Words"), max_length=280, help_text=_("Without quotation marks: we add them.")
    )
    name = blocks.CharBlock(label=_("Who said it"), max_length=80)
    role = blocks.CharBlock(label=_("Who that is"), required=False, max_length=120)

    class Meta:
        icon = "openquote"
        template = "blocks/quote.html"
        label = _("Quotation")
        description = _("What somebody said, with their name.")
        preview_value = {
            "text": "Here I know all of Rowan House.",
            "name": "Mei-Ling Chan",
            "role": "Alder 9, member since 2021",
        }


class CallToActionBlock(blocks.StructBlock):
    heading = heading(max_length=60)
    text = blocks.TextBlock(label=_("Text"), max_length=240)
    link = LinkBlock(label=_("Button"))
    image = ImageBlock(label=_("Picture"), required=False)

    class Meta:
        icon = "pick"
        template = "blocks/call_to_action.html"
        label = _("Call to action")
        description = _("The dark band at the end of a page: one thing to do next.")
        preview_value = {
            "heading": "Something broken?",
            "text": "Tell us what and where. You get a reference at once.",
            "link": {"label": "Report a repair", "address": "/"},
        }


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=120)
    answer = blocks.RichTextBlock(label=_("Answer"), features=[*INLINE, "ul"])

    class Meta:
        icon = "help"
        label = _("Question")
        label_format = "{question}"


class QuestionsBlock(blocks.StructBlock):
    heading = heading(default=_("Questions"))
    text = blocks.RichTextBlock(
        label=_("Beside it"),
        features=INLINE,
        required=False,
        help_text=_("Whom to ask when the answer is not here."),
    )
    questions = blocks.ListBlock(QuestionBlock(), label=_("Questions"), min_num=1, max_num=30)

    class Meta:
        icon = "help"
        template = "blocks/questions.html"
        label = _("Questions and answers")
        description = _("Questions that open to show their answer. The first one is open.")
        preview_value = {
            "heading": "Questions",
            "text": "<p>Not here? Write to the office.</p>",
            "questions": [{"question": "May I keep a pet?", "answer": "<p>Yes.</p>"}],
        }


class StepsBlock(blocks.StructBlock):
    heading = heading(default=_("What happens next"))
    steps = blocks.ListBlock(
        blocks.RichTextBlock(features=INLINE, label=_("Step")),
        label=_("Steps"),
        min_num=1,
        max_num=8,
    )

    class Meta:
        icon = "list-ol"
        template = "blocks/steps.html"
        label = _("Steps")
        description = _("What happens one after the other, numbered.")
        preview_value = {
            "heading": "What happens next",
            "steps": ["<p>You get a reference.</p>", "<p>You hear who comes and when.</p>"],
        }


class NewsBlock(blocks.StructBlock):
    heading = heading(default=_("News"))
    index = blocks.PageChooserBlock(label=_("From"), page_type="home.NewsIndexPage")

    class Meta:
        icon = "calendar-alt"
        template = "blocks/news.html"
        label = _("Latest news")
        description = _("The four newest articles; the newest one with its picture.")

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict[str, Any]:
        index = value["index"]
        latest = list(index.articles()[:4]) if index and index.live else []
        return super().get_context(value, parent_context) | {
            "lead": latest[0] if latest else None,
            "others": latest[1:],
        }
