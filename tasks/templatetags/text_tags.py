"""Texts of tasks on pages: see `tasks.text`."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from tasks.history import Entry
from tasks.models import Project
from tasks.text import Reader, render

register = template.Library()


@register.simple_tag(takes_context=True)
def markdown(context: template.Context, text: str, project: Project, top: int = 2) -> SafeString:
    """Show a text of ``project`` to the signed-in person; its headings begin at h``top``."""
    return _reader(context, project).render(text, top=top)


@register.simple_tag(takes_context=True)
def read_comments(context: template.Context, entries: Iterable[Entry], project: Project) -> str:
    """Look up at once what all the comments among ``entries`` name. Shows nothing."""
    comments = [entry.activity.comment for entry in entries]
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


def _reader(context: template.Context, project: Project) -> Reader:
    request = context["request"]
    readers: dict[object, Reader] = request.__dict__.setdefault("_text_readers", {})
    if project.pk not in readers:
        readers[project.pk] = Reader(viewer=request.user, project=project)
    return readers[project.pk]
