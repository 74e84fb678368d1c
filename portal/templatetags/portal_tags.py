"""Tags every template may use: icons, form fields, dates. Built in, so no `{% load %}`.

A list prints its icons and dates a hundred times over. What depends on a name or a day alone
is therefore kept: formatting a date costs Django more than the rest of a cell.
"""

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from secrets import token_hex
from typing import Any, NoReturn

from django import template
from django.forms import BoundField
from django.template.base import FilterExpression, Parser, Token
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.mould import kept, slot

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """Return one symbol of `icons.svg`; hidden from screen readers unless labelled."""
    return _icon(name, classes, str(label))


@lru_cache(maxsize=1_000)
def _icon(name: str, classes: str, label: str) -> SafeString:
    described = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="ui-icon{}{}" {}><use href="{}#{}"/></svg>',
        " " if classes else "",
        classes,
        described,
        _sprite(),
        name,
    )


@cache
def _sprite() -> str:
    return static("portal/icons.svg")


class Hidden:
    """Stands in a shared block for what belongs to one reader, and refuses to be looked at."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _refuse(self, *_args: object) -> NoReturn:
        raise RuntimeError(f"{self.name} is another one for each reader: not in a shared block.")

    __getattr__ = __getitem__ = __str__ = __bool__ = __iter__ = _refuse


READER = {name: Hidden(name) for name in ("request", "user", "perms", "csrf_token", "messages")}


class LiveNode(template.Node):
    """What is another one on each page, inside of a shared block: see `shared`."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes
        self.slot = slot(token_hex(16))  # which nobody can write into a text

    def render(self, context: template.Context) -> str:
        return self.slot if context.get("_made_for_all") else self.nodes.render(context)


class SharedNode(template.Node):
    """What many pages repeat: see `shared`."""

    def __init__(self, nodes: template.NodeList, values: list[FilterExpression]) -> None:
        self.nodes, self.values = nodes, values
        self.live = {node.slot: node for node in nodes.get_nodes_by_type(LiveNode)}

    def render(self, context: template.Context) -> str:
        if self.live and context.get("_made_for_all"):
            raise RuntimeError("A shared block with something live stands inside of another.")
        values = (value.resolve(context) for value in self.values)
        made = kept((self, get_language(), *values), lambda: self._made(context))
        for mark, node in self.live.items():
            if mark in made:
                made = made.replace(mark, node.render(context))
        return made

    def _made(self, context: template.Context) -> str:
        with context.push(**READER, _made_for_all=True):
            return self.nodes.render(context)


@register.tag
def live(parser: Parser, _token: Token) -> LiveNode:
    """Render what stands in it on each page, inside of a `shared` block."""
    nodes = parser.parse(("endlive",))
    parser.delete_first_token()
    return LiveNode(nodes)


@register.tag
def shared(parser: Parser, token: Token) -> SharedNode:
    """Render the block once a process for the same values: `{% shared site.accent %}`.

    Name everything that it depends on, by what it shows: a row changes and keeps its id, and is
    refused; so is what belongs to the session. No date that is "today" only now. What differs
    from page to page stands in `{% live %}…{% endlive %}`, in the same template: it is rendered
    each time, and sees what is known around the block.
    """
    _name, *values = token.split_contents()
    nodes = parser.parse(("endshared",))
    parser.delete_first_token()
    return SharedNode(nodes, [parser.compile_filter(value) for value in values])


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """Render a form field with label, help and error above the control.

    The widget gets `aria-describedby` and `aria-invalid`; ``options`` override its HTML
    attributes (``rows=5``, ``autocomplete="email"``).
    """
    described = []
    if bound.help_text:
        described.append(f"{bound.id_for_label}_help")
    if bound.errors:
        described.append(f"{bound.id_for_label}_error")
    attrs = {name: str(value) for name, value in options.items()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "textarea")
    css = {"select": "form-select", "checkbox": "form-check-input"}.get(kind, "form-control")
    attrs["class"] = f"{css} is-invalid" if bound.errors else css
    return {"bound": bound, "kind": kind, "control": bound.as_widget(attrs=attrs)}


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


@register.filter
def when(moment: datetime | None) -> str:
    """Return an instant as people say it: "12 minutes ago", "Yesterday, 17:12", "Sun 22 Nov, 08:15"."""
    if moment is None:
        return ""
    now, local = timezone.localtime(), _local(moment)
    age = now - local
    if timedelta(0) <= age < timedelta(minutes=1):
        return _("Just now")
    if timedelta(0) <= age < timedelta(hours=1):
        minutes = int(age.total_seconds() // 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if timedelta(0) <= age < timedelta(hours=24) and local.date() == now.date():
        hours = int(age.total_seconds() // 3600)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return f"{day(local.date())}, {_clock(local.hour, local.minute, get_language())}"


@register.filter
def day(value: date | None) -> str:
    """Return a date as people say it: "Today", "Tomorrow", "Thu 26 Nov", "8 Mar 2027"."""
    if value is None:
        return ""
    return _day(value, timezone.localdate(), get_language())


@lru_cache(maxsize=5_000)
def _day(value: date, today: date, language: str) -> str:
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get((value - today).days)
    if near:
        return near
    return date_format(value, "SHORT_DAY" if value.year == today.year else "DAY_AND_YEAR")


@register.filter
def full_time(moment: datetime | None) -> str:
    """Return the full local date and time, for `title` attributes."""
    if not moment:
        return ""
    local = _local(moment)
    clock = _clock(local.hour, local.minute, get_language())
    return f"{full_day(local.date())}, {clock}"


@register.filter
def full_day(value: date | None) -> str:
    """Return the full date, for `title` attributes."""
    return _full_day(value, get_language()) if value else ""


@lru_cache(maxsize=5_000)
def _full_day(value: date, language: str) -> str:
    return date_format(value, "FULL_DAY")


@lru_cache(maxsize=5_000)
def _clock(hour: int, minute: int, language: str) -> str:
    return date_format(time(hour, minute), "CLOCK")


@register.filter
def instant(value: str) -> datetime | None:
    """Return the instant that an ISO 8601 text names, as mails keep it among their facts."""
    return parse_datetime(value) if value else None


@register.filter
def iso(value: date | datetime | None) -> str:
    """Return a machine-readable date or instant, for `datetime` attributes."""
    if isinstance(value, datetime):
        value = _local(value).replace(microsecond=0)
    return value.isoformat() if value else ""
