"""Markdown to HTML that cannot do harm. Knows nothing of tasks and people: see `text`.

Two walls. The parser makes no HTML of HTML and no link of `javascript:`; what it makes goes
through an allow-list all the same. Pictures become links, because a picture from elsewhere
tells a stranger who read the text, and when.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

import nh3
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST = 20_000  # characters; what is longer is shown as it was typed
NESTED = 50  # quotes in lists in quotes: deeper than anybody writes, and no deep recursion
MOST_CELLS = 5_000  # two characters of a table's row can ask for a thousand cells
# Bare words become links in these domains only: "README.md" does not lead to Moldova.
DOMAINS = ["com", "edu", "gov", "int", "mil", "net", "org"]
MAIL_DOMAINS = ["[a-z]{2,24}"]  # behind an "@" there is no such doubt
# Without one of these a text is its own words.
SIGNS = re.compile(r"[*_`~\[\]<#|\\&>]|^\s*(?:[-+]|\d+[.)])\s|^ {4}", re.MULTILINE)
BOX = re.compile(r"\[([ xX])\]\s+")

# Gets a run of plain text; gives it back in parts, some of them ready HTML.
Weave = Callable[[str], Iterable[str | SafeString]]

TAGS = """
a blockquote br code em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul
"""
CLEANER = nh3.Cleaner(
    tags=set(TAGS.split()),
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    allowed_classes={"td": {"text-end", "text-center"}, "th": {"text-end", "text-center"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener",
)


def render(text: str, *, weave: Weave | None = None, top: int = 2) -> SafeString:
    """Return ``text`` as HTML; its highest headings become h``top``, none skips a level.

    ``weave`` may replace parts of the plain text, which is all outside code and links.
    """
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
    if len(text) > LONGEST:
        return SafeString(linebreaks(text, autoescape=True))
    kept = _Kept()
    env: dict[str, Any] = {"weave": weave, "kept": kept, "top": top}
    html = CLEANER.clean(_parser(text).render(text, env))
    return kept.put_back(html)


def plain_runs(text: str) -> list[str]:
    """Return the runs of plain text in ``text``: what `render` would hand to its weave."""
    runs: list[str] = []

    def note(words: str) -> list[str]:
        runs.append(words)
        return [words]

    if len(text) <= LONGEST:
        _parser(text).parse(text, {"weave": note, "kept": _Kept(), "top": 2})
    return runs


def plain(text: str) -> str:
    """Return what ``text`` says on one line, without its signs: for excerpts.

    What is too long to be parsed keeps them: hand in the part that is shown.
    """
    if len(text) <= LONGEST and SIGNS.search(text):
        tokens = _parser(text).parse(text, {"weave": None, "kept": _Dropped(), "top": 2})
        text = " ".join(_said(token) for token in tokens)
    return " ".join(text.split())


def _said(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(map(_said, token.children)) if token.children else token.content


class _Dropped:
    """Takes the place of HTML of ours where only words are wanted."""

    def keep(self, html: SafeString) -> str:
        return ""


class _Kept:
    """HTML of ours, kept out of the allow-list's way behind marks that nobody can guess."""

    def __init__(self) -> None:
        self.mark = f"kept{secrets.token_hex(8)}"
        self.html: list[SafeString] = []

    def keep(self, html: SafeString) -> str:
        self.html.append(html)
        return f"{self.mark}x{len(self.html) - 1}x"

    def put_back(self, html: str) -> SafeString:
        if not self.html:
            return SafeString(html)
        found = re.compile(f"{self.mark}x([0-9]+)x")
        return SafeString(found.sub(lambda match: self.html[int(match[1])], html))


def _settle_headings(state: StateCore) -> None:
    headings = [token for token in state.tokens if token.type.startswith("heading_")]
    used = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(6, state.env['top'] + used.index(token.tag))}"


def _tick_boxes(state: StateCore) -> None:
    """Make a box of "[ ]" and "[x]" where an item of a list begins."""
    for item, paragraph, inline in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if item.type != "list_item_open" or paragraph.type != "paragraph_open":
            continue
        first = inline.children[0] if inline.children else None
        match = first and first.type == "text" and BOX.match(first.content)
        if match:
            first.content = first.content[match.end() :]
            box = _text(state.env["kept"].keep(_box(match[1] != " ")), first)
            inline.children.insert(0, box)


def _box(ticked: bool) -> SafeString:
    return format_html(
        '<input class="form-check-input" type="checkbox" disabled{} aria-label="{}">',
        SafeString(" checked") if ticked else "",
        _("Done") if ticked else _("To do"),
    )


def _weave(state: StateCore) -> None:
    """Hand plain text to the weave; before `text_join`, while "\\@" still differs from "@"."""
    if state.env["weave"] is None:
        return
    for inline in state.tokens:
        if inline.type == "inline":
            inline.children = list(_woven(inline.children or [], state.env))


def _woven(tokens: list[Token], env: MutableMapping[str, Any]) -> Iterator[Token]:
    in_link = 0
    for token in tokens:
        in_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text" or in_link:
            yield token
            continue
        for part in env["weave"](token.content):
            if part:
                ready = isinstance(part, SafeString)
                yield _text(env["kept"].keep(part) if ready else part, token)


def _text(content: str, beside: Token) -> Token:
    return Token("text", "", 0, content=content, level=beside.level)


def _align_by_class(state: StateCore) -> None:
    for token in state.tokens:
        style = str(token.attrs.pop("style", ""))  # the page's policy lets no style pass
        if style in ("text-align:right", "text-align:center"):
            token.attrs["class"] = "text-end" if style.endswith("right") else "text-center"


def _table_open(_self: Any, _tokens: Any, _index: int, _options: Any, env: Any) -> str:
    """A wide table scrolls, also by keyboard."""
    scrolls = '<div class="ui-scroll" tabindex="0" role="group" aria-label="{}">'
    return env["kept"].keep(format_html(scrolls, _("Table"))) + "<table>"


def _table_close(_self: Any, _tokens: Any, _index: int, _options: Any, env: Any) -> str:
    return "</table>" + env["kept"].keep(SafeString("</div>"))


def _new_parser(*, tables: bool) -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": NESTED}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["linkify", "strikethrough"] + ["table"] * tables)
    # A line of dashes under a paragraph is how mails are signed, not a heading.
    parser.disable(["image", "lheading"])
    parser.linkify.tlds(DOMAINS)
    parser.linkify.re["email_fuzzy"] = LinkifyIt().tlds(MAIL_DOMAINS).re["email_fuzzy"]
    parser.core.ruler.before("text_join", "headings", _settle_headings)
    parser.core.ruler.before("text_join", "boxes", _tick_boxes)
    parser.core.ruler.before("text_join", "weave", _weave)
    parser.core.ruler.push("alignment", _align_by_class)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


PARSER, WITHOUT_TABLES = _new_parser(tables=True), _new_parser(tables=False)


def _parser(text: str) -> MarkdownIt:
    widest = max((line.count("|") for line in text.splitlines()), default=0)
    return WITHOUT_TABLES if widest * text.count("\n") > MOST_CELLS else PARSER
