"""Tags every template may use: icons, form fields, dates. Built in, so no `{% load %}`."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """Return one symbol of `icons.svg`; hidden from screen readers unless labelled."""
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
        static("portal/icons.svg"),
        name,
    )


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
    return f"{day(local.date())}, {date_format(local, 'CLOCK')}"


@register.filter
def day(value: date | None) -> str:
    """Return a date as people say it: "Today", "Tomorrow", "Thu 26 Nov", "8 Mar 2027"."""
    if value is None:
        return ""
    today = timezone.localdate()
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get((value - today).days)
    if near:
        return near
    return date_format(value, "SHORT_DAY" if value.year == today.year else "DAY_AND_YEAR")


@register.filter
def full_time(moment: datetime | None) -> str:
    """Return the full local date and time, for `title` attributes."""
    return date_format(_local(moment), "FULL_MOMENT") if moment else ""


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
