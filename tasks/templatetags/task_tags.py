"""What the member area's pages ask of tasks: the side bar, who may, a property's cell."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.mould import kept
from tasks import board, frame, permissions
from tasks import shortcuts as keys
from tasks.detail.properties import PROPERTIES
from tasks.lists.rows import Row, printed
from tasks.models import Attachment, Comment, Project, Task

register = template.Library()


@register.simple_tag(takes_context=True)
def sidebar(context: template.Context) -> frame.Sidebar:
    """Return what the side bar and the tab bar show: see `tasks.frame`."""
    return frame.sidebar(context["request"], context.get("current_project"))


@register.simple_tag(takes_context=True)
def shortcuts(context: template.Context) -> SafeString:
    """Render the list of keyboard shortcuts, which `shortcuts.js` works by."""
    project, new_task_url = context.get("current_project"), sidebar(context).new_task_url

    def render() -> str:
        everywhere = keys.everywhere(new_task_url, project)
        groups = [(_("Everywhere"), everywhere), (_("In a list"), keys.IN_LISTS)]
        groups.append((_("On a task"), keys.ON_A_TASK))
        return render_to_string("components/shortcuts.html", {"groups": groups})

    key = project.key if project else ""
    return kept(("shortcuts", get_language(), key, new_task_url), render)


@register.simple_tag(takes_context=True)
def task_lines(context: template.Context, rows: list[Row], focus: bool = False) -> SafeString:
    """Return the lines of a list; ``focus``: the first gets the focus, as one just loaded."""
    outside = {name: context.get(name) for name in ("listing", "may_bulk")}
    return printed(rows, outside, focus=focus)


@register.simple_tag
def tiles(cards: list[board.Card]) -> SafeString:
    """Return the cards of a column."""
    return board.tiles(cards)


@register.simple_tag(takes_context=True)
def may(context: template.Context, capability: str, on: Project | Task) -> bool:
    """Return whether the signed-in person may do ``capability``: see `permissions`."""
    return permissions.may(context["request"].user, capability, on)


@register.simple_tag(takes_context=True)
def may_read_answers(context: template.Context, task: Task) -> bool:
    return permissions.may_read_answers(context["request"].user, task)


@dataclass(frozen=True)
class CommentRights:
    reply: bool
    edit: bool
    delete: bool

    @property
    def any(self) -> bool:
        return self.reply or self.edit or self.delete


@register.simple_tag(takes_context=True)
def comment_rights(context: template.Context, comment: Comment) -> CommentRights:
    """Return what the signed-in person may do with a comment."""
    user = context["request"].user
    return CommentRights(
        reply=permissions.may(user, permissions.COMMENT, comment.task),
        edit=permissions.may_change_comment(user, comment),
        delete=permissions.may_delete_row(user, comment),
    )


@register.inclusion_tag("tasks/_property.html", takes_context=True)
def task_property(
    context: template.Context, task: Task, name: str, focus: bool = False, oob: bool = False
) -> dict[str, Any]:
    """Render the cell of one property: a link to its editor for who may change it."""
    what = PROPERTIES[name]
    return {
        "task": task,
        "name": name,
        "label": what.label,
        "focus": focus,
        "oob": oob,
        "editable": what.editable(context["request"].user, task),
        "url": reverse("tasks:set", args=[task.key, name]),
        **_linked(context, task, name),
    }


def _linked(context: template.Context, task: Task, name: str) -> dict[str, Any]:
    """Return what the cell shows beside the task's own row."""
    if name == "labels":
        links = task.label_links.select_related("label").order_by("label__name")
        return {"labels": [link.label for link in links]}
    if name == "collaborators":
        people = context.get("people")
        if people is not None:
            return {"helping": people.helping}
        return {"helping": [row.user for row in task.collaborations.select_related("user")]}
    return {}


@register.simple_tag(takes_context=True)
def may_delete_file(context: template.Context, file: Attachment, task: Task) -> bool:
    """Return whether the signed-in person may delete a file of ``task``."""
    file.task = task  # known already: it costs no query
    return permissions.may_delete_row(context["request"].user, file)


@register.simple_tag(takes_context=True)
def may_tick(context: template.Context, task: Task) -> bool:
    """Return whether the signed-in person may tick items of the checklist."""
    return permissions.may_tick(context["request"].user, task)


@register.simple_tag(takes_context=True)
def why_not_tick(context: template.Context, task: Task) -> str:
    """Return why the signed-in person cannot tick ``task`` off, or ""."""
    return permissions.why_not_tick(context["request"].user, task)


@register.simple_tag(takes_context=True)
def why_not_close(context: template.Context, task: Task) -> str:
    """Return why the signed-in person cannot move ``task`` to done, or ""."""
    return permissions.why_not_close(context["request"].user, task)
