"""The views of a project, as the tabs of its head. A new view adds its line here."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks import permissions
from tasks.models import Project


@dataclass(frozen=True)
class Tab:
    id: str  # what a view hands in as `tab`
    name: Promise
    url_name: str  # takes the project's key
    icon: str
    capability: str  # who sees the tab


TABS = (
    Tab("overview", _("Overview"), "tasks:overview", "chart", permissions.VIEW),
    Tab("list", _("List"), "tasks:list", "list", permissions.VIEW),
    Tab("board", _("Board"), "tasks:board", "board", permissions.VIEW),
    Tab("files", _("Files"), "tasks:files", "clip", permissions.VIEW),
    Tab("members", _("Members"), "tasks:members", "users", permissions.VIEW),
    Tab("triage", _("New requests"), "tasks:triage", "inbox", permissions.TRIAGE),
    Tab("trash", _("Bin"), "tasks:trash", "trash", permissions.DELETE),
)


def tabs(user: AbstractBaseUser, project: Project) -> list[Tab]:
    """Return the tabs that lead ``user`` somewhere."""
    return [tab for tab in TABS if permissions.may(user, tab.capability, project)]
