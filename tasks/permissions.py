"""Who may do what. One table answers every "may"; `visible_to` answers every "sees".

| may…                          | viewer | guest | member | contributor | manager |
|-------------------------------|--------|-------|--------|-------------|---------|
| see the project's tasks       | yes    | own   | yes    | yes         | yes     |
| comment, add files            |        | yes   | yes    | yes         | yes     |
| move or complete their own    |        | yes   | yes    | yes         | yes     |
| create                        |        |       | yes    | yes         | yes     |
| edit, assign, complete any    |        |       |        | yes         | yes     |
| triage requests, manage       |        |       |        |             | yes     |

"Own" means: owner of the task. New requests are seen by managers and by whoever asked.
A superuser may do everything. Sources of a role: memberships, personal or of a group.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.models import Membership, Project, Task

VIEW, COMMENT, CREATE, EDIT, TRIAGE, MANAGE = (
    "view",
    "comment",
    "create",
    "edit",
    "triage",
    "manage",
)
MOVE_OWN, MOVE = "move_own", "move"

Role = Membership.Role
CAPABILITIES: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset({VIEW}),
    Role.GUEST: frozenset({VIEW, COMMENT, MOVE_OWN}),
    Role.MEMBER: frozenset({VIEW, COMMENT, MOVE_OWN, CREATE}),
    Role.CONTRIBUTOR: frozenset({VIEW, COMMENT, MOVE_OWN, MOVE, CREATE, EDIT}),
    Role.MANAGER: frozenset({VIEW, COMMENT, MOVE_OWN, MOVE, CREATE, EDIT, TRIAGE, MANAGE}),
}
EVERYTHING = CAPABILITIES[Role.MANAGER]
NOTHING: frozenset[str] = frozenset()


def capabilities(user: AbstractBaseUser, project: Project) -> frozenset[str]:
    """Return what ``user`` may do in ``project``: the union over their current roles.

    Asked once per project and user object, so a page's many questions cost one query.
    """
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    if user.is_superuser:
        return EVERYTHING
    known = user.__dict__.setdefault("_capabilities", {})
    if project.pk not in known:
        roles = Membership.objects.of(user).filter(project=project).values_list("role", flat=True)
        shared = project.visibility != Project.Visibility.MEMBERS
        granted = CAPABILITIES[Role.VIEWER] if shared else NOTHING
        known[project.pk] = granted.union(*(CAPABILITIES[role] for role in roles))
    return known[project.pk]


def may(user: AbstractBaseUser, capability: str, on: Project | Task) -> bool:
    """Return whether ``user`` may do ``capability`` to a project or a task they can see."""
    project = on.project if isinstance(on, Task) else on
    granted = capabilities(user, project)
    if capability == MOVE and isinstance(on, Task) and on.owner_id == user.pk:
        return bool(granted & {MOVE, MOVE_OWN})
    return capability in granted


REASONS = {
    COMMENT: gettext_lazy("You can read %(project)s, but not comment in it."),
    CREATE: gettext_lazy("You can read %(project)s, but not add tasks to it."),
    EDIT: gettext_lazy("Only contributors and managers of %(project)s can change this task."),
    MOVE: gettext_lazy(
        "Only its owner, or a contributor of %(project)s, can change the status of this task."
    ),
    TRIAGE: gettext_lazy("Only managers of %(project)s can accept or decline requests."),
    MANAGE: gettext_lazy("Only managers of %(project)s can change the project."),
}


def require(user: AbstractBaseUser, capability: str, on: Project | Task) -> None:
    """Raise PermissionDenied with a reason people can act on unless ``user`` may."""
    if may(user, capability, on):
        return
    project = on.project if isinstance(on, Task) else on
    reason = REASONS[capability] % {"project": project.name}
    managers = people(project, [Role.MANAGER])[:2]
    names = _(" or ").join(str(person) for person in managers)
    raise PermissionDenied(f"{reason} " + (_("Ask %(names)s.") % {"names": names} if names else ""))


def people(project: Project, roles: list[str] | None = None) -> QuerySet:
    """Return the active people of ``project``, by default of every role but viewer."""
    roles = roles or [role for role in Role if role != Role.VIEWER]
    memberships = Membership.objects.current().filter(project=project, role__in=roles)
    return (
        get_user_model()
        .objects.filter(is_active=True)
        .filter(
            Q(pk__in=memberships.values("user_id")) | Q(groups__in=memberships.values("group_id"))
        )
        .distinct()
    )
