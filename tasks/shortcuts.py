"""Keys that people press instead of a button: one table, for the script and for the help."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks.models import Project


@dataclass(frozen=True)
class Shortcut:
    """``keys`` are pressed one after the other. What it does is one of these, tried in order:

    ``press`` the last visible element that a selector finds, or put the focus there if it is
    a field; ``row``: "next", "previous" or "select" of what is listed; ``go`` to an address.
    """

    keys: str
    words: Promise
    press: str = ""
    go: str = ""
    row: str = ""

    @property
    def each(self) -> list[str]:
        return self.keys.split()


def _property(keys: str, words: Promise, name: str) -> Shortcut:
    return Shortcut(keys, words, press=f"[data-property='{name}']")


def everywhere(new_task_url: str, project: Project | None) -> list[Shortcut]:
    found = [
        Shortcut("?", _("Show this list"), press="[data-shortcuts-open]"),
        Shortcut("/", _("Search")),  # search_key.js: it knows the page's search box
        Shortcut("Ctrl+K", _("Search everything, also while you write (⌘K on a Mac)")),  # there too
        Shortcut(
            "Ctrl+Enter", _("Send or save the text you write (⌘Enter on a Mac)")
        ),  # submit_key.js
        Shortcut("g m", _("Go to My work"), go=reverse("tasks:my-work")),
        Shortcut("g p", _("Go to the projects"), go=reverse("tasks:project-list")),
    ]
    if new_task_url:
        found.append(Shortcut("c", _("New task"), press="#quick", go=new_task_url))
    if project is not None:
        key = [project.key]
        found += [
            Shortcut("v l", _("See this project as a list"), go=reverse("tasks:list", args=key)),
            Shortcut("v b", _("See this project as a board"), go=reverse("tasks:board", args=key)),
        ]
    return found


IN_LISTS = [
    Shortcut("j", _("Next task, also from an open one"), press="[rel=next]", row="next"),
    Shortcut("k", _("Previous task, also from an open one"), press="[rel=prev]", row="previous"),
    Shortcut("Enter", _("Open the task")),  # its title has the focus and is a link
    Shortcut("x", _("Select the task"), row="select"),
]
ON_A_TASK = [
    _property("s", _("Status"), "status"),
    _property("p", _("Priority"), "priority"),
    _property("a", _("Owner"), "owner"),
    Shortcut("i", _("Take it yourself"), press="[data-shortcut='i']"),
    _property("l", _("Labels"), "labels"),
    _property("d", _("Due date"), "due"),
    Shortcut("m", _("Write a comment"), press="#write textarea"),
    Shortcut("e", _("Edit title and description"), press="[data-shortcut='e']"),
    Shortcut(".", _("Copy the link"), press="[data-copy-link]"),
]
