"""Who may do what. One table answers every "may"; `visible_to` answers every "sees".

| may…                              | viewer | guest | member | contributor | manager |
|-----------------------------------|--------|-------|--------|-------------|---------|
| see the project's tasks           | yes    | own   | yes    | yes         | yes     |
| comment, add files, watch         |        | yes   | yes    | yes         | yes     |
| move or complete their own        |        | yes   | yes    | yes         | yes     |
| create                            |        |       | yes    | yes         | yes     |
| edit, assign, complete any        |        |       |        | yes         | yes     |
| read and write comments of the team |      |       |        | yes         | yes     |
| share a saved view                |        |       |        | yes         | yes     |
| triage, change many, delete, restore |     |       |        |             | yes     |
| statuses, labels, members, archive |       |       |        |             | yes     |

A guest sees what they have a part in: as owner, collaborator, reviewer, requester or watcher.
"Their own" to move: as owner, collaborator or reviewer. A task that has a reviewer is closed by
the reviewer alone. New requests are seen by managers and by whoever asked. In an archived
project everything can be read and nothing changed, but its managers can take it back.
Comments and files are changed by who added them, and deleted by managers too.
A superuser may do everything. Sources of a role: memberships, personal or of a group.
"""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.models import Attachment, Comment, Membership, Project, SavedView, Status, Task
from tasks.models.task_queries import TaskQuerySet

VIEW, VIEW_ALL = "view", "view_all"
COMMENT, MOVE_OWN, MOVE = "comment", "move_own", "move"
CREATE, EDIT, INTERNAL = "create", "edit", "internal"
TRIAGE, BULK, DELETE, MANAGE = "triage", "bulk", "delete", "manage"
SHARE = "share"
READING = frozenset({VIEW, VIEW_ALL, INTERNAL})

Role = Membership.Role
_VIEWER = frozenset({VIEW, VIEW_ALL})
_MEMBER = _VIEWER | {COMMENT, MOVE_OWN, CREATE}
_CONTRIBUTOR = _MEMBER | {MOVE, EDIT, INTERNAL, SHARE}
CAPABILITIES: dict[str, frozenset[str]] = {
    Role.VIEWER: _VIEWER,
    Role.GUEST: frozenset({VIEW, COMMENT, MOVE_OWN}),
    Role.MEMBER: _MEMBER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.MANAGER: _CONTRIBUTOR | {TRIAGE, BULK, DELETE, MANAGE},
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
        return _in_its_time(EVERYTHING, project)
    if project.pk not in user.__dict__.get("_capabilities", {}):
        load(user, [project])
    return user.__dict__["_capabilities"][project.pk]


def load(user: AbstractBaseUser, projects: Collection[Project]) -> None:
    """Ask for the capabilities of ``user`` in many ``projects`` with one query.

    For pages that list projects or tasks of several; `capabilities` then asks nothing.
    """
    roles: dict[UUID, set[str]] = {project.pk: set() for project in projects}
    mine = Membership.objects.of(user).filter(project__in=roles)
    for project_id, role in mine.values_list("project_id", "role"):
        roles[project_id].add(role)
    for project in projects:
        remember(user, project, roles[project.pk])


def remember(user: AbstractBaseUser, project: Project, roles: Collection[str]) -> None:
    """Take note of the roles that ``user`` holds in ``project``, for who has read them anyway."""
    shared = project.visibility == Project.Visibility.SIGNED_IN
    granted = CAPABILITIES[Role.VIEWER] if shared else NOTHING
    granted = granted.union(*(CAPABILITIES[role] for role in roles))
    user.__dict__.setdefault("_capabilities", {})[project.pk] = _in_its_time(granted, project)


def everywhere(user: AbstractBaseUser) -> dict[UUID, frozenset[str]]:
    """Return what ``user`` may do by the id of each project they see, as if none were archived.

    Two queries. A superuser sees all projects and is not asked about here.
    """
    shared = Project.objects.filter(visibility=Project.Visibility.SIGNED_IN)
    granted = dict.fromkeys(shared.values_list("pk", flat=True), CAPABILITIES[Role.VIEWER])
    for project_id, role in Membership.objects.of(user).values_list("project_id", "role"):
        granted[project_id] = granted.get(project_id, NOTHING) | CAPABILITIES[role]
    return granted


def _in_its_time(granted: frozenset[str], project: Project) -> frozenset[str]:
    """Leave of a role, in an archived project, what changes no task."""
    return granted & (READING | {MANAGE}) if project.archived_at else granted


def tasks_in(project: Project, user: AbstractBaseUser, *, by_status: bool = False) -> TaskQuerySet:
    """Return the tasks of one project that ``user`` sees, without those in triage.

    The same rows as `visible_to`, but asked so that an index of the project serves them: with
    the whole project to see there is no row to ask about. ``by_status``: the caller narrows
    them to statuses of the project. To name it too would mislead PostgreSQL, which takes the
    two for unrelated, expects few rows and sorts what an index holds in order.
    """
    rows = Task.objects.all() if by_status else Task.objects.filter(project=project)
    if VIEW_ALL not in capabilities(user, project):
        rows = rows.visible_to(user)
    if by_status:
        return rows
    triage = [status.pk for status in project.statuses.all() if status.is_triage]
    return rows.exclude(status__in=triage) if triage else rows


def projects_where(user: AbstractBaseUser, capability: str) -> QuerySet[Project]:
    """Return the open projects in which ``user`` may do ``capability`` through a role."""
    if user.is_superuser:
        return Project.objects.open()
    roles = [role for role, granted in CAPABILITIES.items() if capability in granted]
    mine = Membership.objects.of(user).filter(role__in=roles)
    return Project.objects.open().filter(pk__in=mine.values("project_id"))


def may(user: AbstractBaseUser, capability: str, on: Project | Task) -> bool:
    """Return whether ``user`` may do ``capability`` to a project or a task they can see."""
    project = on.project if isinstance(on, Task) else on
    granted = capabilities(user, project)
    if capability == MOVE and isinstance(on, Task) and MOVE_OWN in granted:
        return MOVE in granted or is_own(user, on)
    return capability in granted


def is_own(user: AbstractBaseUser, task: Task) -> bool:
    """Return whether ``user`` has to do ``task``: as its owner, collaborator or reviewer."""
    if user.pk in (task.owner_id, task.reviewer_id):
        return True
    return any(row.user_id == user.pk for row in task.collaborations.all())


def may_close(user: AbstractBaseUser, task: Task) -> bool:
    """Return whether ``user`` may move ``task`` to done. With a reviewer, only the reviewer."""
    return may(user, MOVE, task) and task.reviewer_id in (None, user.pk)


def may_tick(user: AbstractBaseUser, task: Task) -> bool:
    """Return whether ``user`` may tick items of the checklist: editors, and who has to do it."""
    return may(user, EDIT, task) or may(user, MOVE, task)


def why_not_close(user: AbstractBaseUser, task: Task) -> str:
    """Return why somebody who may move ``task`` cannot move it to done, or ""."""
    if task.reviewer_id in (None, user.pk):
        return ""
    return _("Only %(name)s can close %(key)s: they review it.") % {
        "name": task.reviewer,
        "key": task.key,
    }


def why_not_tick(user: AbstractBaseUser, task: Task) -> str:
    """Return why somebody who may move ``task`` cannot tick it off, or "".

    What has a reviewer goes to them with the tick; after that it is theirs.
    """
    waits = task.status.category == Status.Category.REVIEW
    return why_not_close(user, task) if waits else ""


def may_change_comment(user: AbstractBaseUser, comment: Comment) -> bool:
    """Return whether ``user`` may change the words of ``comment``: its author may."""
    return comment.author_id == user.pk and may(user, COMMENT, comment.task)


def may_delete_row(user: AbstractBaseUser, row: Comment | Attachment) -> bool:
    """Return whether ``user`` may delete or restore a comment or file: who added it, a manager."""
    added_by = row.author_id if isinstance(row, Comment) else row.uploader_id
    own = added_by == user.pk and may(user, COMMENT, row.task)
    return own or may(user, DELETE, row.task)


def may_change_view(user: AbstractBaseUser, view: SavedView) -> bool:
    """Return whether ``user`` may rename, update or delete ``view``: its owner, a manager."""
    return view.owner_id == user.pk or (view.shared and may(user, MANAGE, view.project))


def may_read_answers(user: AbstractBaseUser, task: Task) -> bool:
    """Return whether ``user`` reads what a visitor told the form: the team, and who does it.

    People leave telephone numbers there, for whoever comes, not for every member.
    """
    return may(user, INTERNAL, task) or user.pk == task.requester_id or is_own(user, task)


def comments_of(task: Task, user: AbstractBaseUser) -> QuerySet[Comment]:
    """Return the comments on ``task`` that ``user`` may read."""
    rows = Comment.objects.filter(task=task)
    return rows if may(user, INTERNAL, task) else rows.exclude(audience=Comment.Audience.TEAM)


def files_in(project: Project, user: AbstractBaseUser) -> QuerySet[Attachment]:
    """Return the files of the tasks of one project that ``user`` sees.

    Who triages finds those of new requests as well. The kept counter makes it a question
    to the few tasks that have files.
    """
    tasks = tasks_in(project, user)
    if {VIEW_ALL, TRIAGE} <= capabilities(user, project):
        tasks = Task.objects.filter(project=project)
    return Attachment.objects.filter(task__in=tasks.filter(attachment_count__gt=0))


REASONS = {
    COMMENT: gettext_lazy("You can read %(project)s, but not comment in it."),
    CREATE: gettext_lazy("You can read %(project)s, but not add tasks to it."),
    EDIT: gettext_lazy("Only contributors and managers of %(project)s can change this task."),
    MOVE: gettext_lazy(
        "Only its owner, or a contributor of %(project)s, can change the status of this task."
    ),
    TRIAGE: gettext_lazy("Only managers of %(project)s can accept or decline requests."),
    BULK: gettext_lazy("Only managers of %(project)s can change many tasks at once."),
    DELETE: gettext_lazy("Only managers of %(project)s can delete and restore."),
    MANAGE: gettext_lazy("Only managers of %(project)s can change the project."),
    INTERNAL: gettext_lazy("Only contributors and managers of %(project)s read this."),
    SHARE: gettext_lazy("Only contributors and managers of %(project)s can share a view."),
    VIEW_ALL: gettext_lazy("In %(project)s you see the tasks you have a part in, not all of it."),
}


def require(user: AbstractBaseUser, capability: str, on: Project | Task) -> None:
    """Raise PermissionDenied with a reason people can act on unless ``user`` may."""
    if may(user, capability, on):
        return
    project = on.project if isinstance(on, Task) else on
    if project.archived_at:
        raise PermissionDenied(
            _("%(project)s is archived: it can be read, not changed.") % {"project": project.name}
        )
    reason = REASONS[capability] % {"project": project.name}
    managers = people(project, [Role.MANAGER])[:2]
    names = _(" or ").join(str(person) for person in managers)
    raise PermissionDenied(f"{reason} " + (_("Ask %(names)s.") % {"names": names} if names else ""))


def may_begin_projects(user: AbstractBaseUser) -> bool:
    """Return whether ``user`` may make projects, which is done in the Wagtail admin."""
    return user.opens_admin and user.has_perm("tasks.add_project")


def rows_for_admin(user: AbstractBaseUser, among: TaskQuerySet | None = None) -> TaskQuerySet:
    """Return the tasks ``user`` sees at the Task desk of the Wagtail admin.

    All of them with Django's permission to view or change tasks, which a group is given in
    the admin; else those they may edit anyway. ``among``: those outside the bin.
    """
    among = Task.objects.all() if among is None else among
    if user.has_perm("tasks.view_task") or user.has_perm("tasks.change_task"):
        return among
    return _editable_rows(user, among)


def editable_in_admin(user: AbstractBaseUser) -> TaskQuerySet:
    """Return the tasks ``user`` may change at the Task desk."""
    among = Task.objects.all()
    return among if user.has_perm("tasks.change_task") else _editable_rows(user, among)


def deletable_in_admin(user: AbstractBaseUser, among: TaskQuerySet | None = None) -> TaskQuerySet:
    """Return the tasks ``user`` may put in the bin at the Task desk, or take back from it.

    What they see there with Django's permission to delete tasks; else those of the projects
    in which their role lets them.
    """
    among = Task.objects.all() if among is None else among
    if user.has_perm("tasks.delete_task"):
        return rows_for_admin(user, among)
    return among.filter(project__in=projects_where(user, DELETE).values("pk"))


def has_admin_rows(user: AbstractBaseUser) -> bool:
    """Return whether the Task desk is for ``user`` at all."""
    views = user.has_perm("tasks.view_task") or user.has_perm("tasks.change_task")
    return views or projects_where(user, EDIT).exists()


def _editable_rows(user: AbstractBaseUser, among: TaskQuerySet) -> TaskQuerySet:
    """Return what ``user`` may edit. A new request is answered by managers, not by its sender."""
    edited, triaged = (projects_where(user, what).values("pk") for what in (EDIT, TRIAGE))
    settled = Q(project__in=edited) & ~Q(status__category=Status.Category.TRIAGE)
    return among.visible_to(user).filter(settled | Q(project__in=triaged))


def people(
    project: Project,
    roles: list[str] | None = None,
    *,
    for_good: bool = False,
    without: Membership | None = None,
) -> QuerySet:
    """Return the active people of ``project``, by default of every role but viewer.

    ``for_good`` leaves out roles that end some day. ``without`` asks as if that role were gone.
    """
    roles = roles or [role for role in Role if role != Role.VIEWER]
    memberships = Membership.objects.current().filter(project=project, role__in=roles)
    if for_good:
        memberships = memberships.filter(expires_at=None)
    if without is not None:
        memberships = memberships.exclude(pk=without.pk)
    return (
        get_user_model()
        .objects.filter(is_active=True)
        .filter(
            Q(pk__in=memberships.values("user_id")) | Q(groups__in=memberships.values("group_id"))
        )
        .distinct()
    )


def people_at_desk(user: AbstractBaseUser, key: str = "") -> QuerySet:
    """Return the active people of the projects whose tasks ``user`` may see at the Task desk.

    Or of the one of them called ``key``.
    """
    projects = Project.objects.open()
    if not (user.has_perm("tasks.view_task") or user.has_perm("tasks.change_task")):
        projects = projects_where(user, EDIT)
    if key:
        projects = projects.filter(key=key)
    rows = Membership.objects.current().filter(project__in=projects.values("pk"))
    inside = Q(pk__in=rows.values("user_id")) | Q(groups__in=rows.values("group_id"))
    return get_user_model().objects.filter(inside, is_active=True).distinct()
