"""Texts of tasks on pages: see `tasks.text`."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.templatetags.portal_tags import field
from tasks.detail.history import Entry
from tasks.models import Project, Task
from tasks.text import Reader, render
from tasks.text.markdown import plain as without_signs

register = template.Library()

EXCERPT = 1_000  # characters of which a line or two are shown
HELP = _("Markdown: **strong**, *soft*, - list, @name, REP-12 or # and words of a title")


@register.simple_tag(takes_context=True)
def markdown(context: template.Context, text: str, project: Project, top: int = 2) -> SafeString:
    """Show a text of ``project`` to the signed-in person; its headings begin at h``top``."""
    return _reader(context, project).render(text, top=top)


@register.simple_tag(takes_context=True)
def read_comments(context: template.Context, entries: Iterable[Entry], project: Project) -> str:
    """Look up at once what all the comments among ``entries`` name. Shows nothing."""
    threads = [one for entry in entries for one in (entry, *entry.replies)]
    comments = [one.activity.comment for one in threads]
    _reader(context, project).prepare(comment.body for comment in comments if comment)
    return ""


@register.simple_tag(takes_context=True)
def read_requests(
    context: template.Context, waiting: Iterable[dict[str, Any]], project: Project
) -> str:
    """Look up at once what all the requests of the triage page name. Shows nothing."""
    _reader(context, project).prepare(one["task"].body for one in waiting)
    return ""


@register.filter
def public_markdown(text: str) -> SafeString:
    """Show a text to visitors: no task and no member in it is looked up."""
    return render(text)


@register.filter
def plain(text: str) -> str:
    """Show the beginning of a text without its Markdown."""
    return without_signs(text[:EXCERPT])


@register.inclusion_tag("components/text_editor.html")
def text_editor(
    bound: BoundField,
    *,
    draft: str,
    of: object = "",
    project: Project | None = None,
    task: Task | None = None,
    team: bool = False,
    **options: Any,
) -> dict[str, Any]:
    """Render a form's text with the tabs Write and Preview; what is typed is kept as a draft.

    ``draft`` and ``of`` name the draft among those of the person: what it is, and of what.
    ``project`` is where names are looked up; without it the form's field "project" says so.
    ``task`` is what it is about, and ``team`` that only its team will read it: "@" offers
    readers. A field "audience" beside it says so too. ``options`` are HTML attributes, as of `field`.
    """
    bound.help_text = bound.help_text or HELP
    shown = field(bound, **options, **{"data-draft": f"{draft} {of}"})
    return {**shown, "project": project or (task and task.project), "task": task, "team": team}


def _reader(context: template.Context, project: Project) -> Reader:
    request = context["request"]
    readers: dict[object, Reader] = request.__dict__.setdefault("_text_readers", {})
    if project.pk not in readers:
        readers[project.pk] = Reader(viewer=request.user, project=project)
    return readers[project.pk]
