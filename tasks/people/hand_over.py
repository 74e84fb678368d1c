"""What somebody is responsible for in projects, and giving it to somebody else."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.people.hand_over import Owned
from tasks import permissions
from tasks.models import Membership, Project, Status, Task

Role = Membership.Role
WEIGHT = {role: weight for weight, role in enumerate(Role)}  # as they are listed: viewer first


def owned(user: AbstractBaseUser) -> list[Owned]:
    """Return the open tasks of ``user``, and the projects that nobody else manages."""
    desk = f"{reverse('tasks_task_modeladmin_index')}?q="
    return [
        Owned(_("Open tasks"), _open_tasks(user).count(), desk),
        Owned(
            _("Projects that only they manage"),
            len(_managed_alone(user)),
            reverse("membership:index"),
        ),
    ]


def hand_over(user: AbstractBaseUser, to: AbstractBaseUser) -> None:
    """Make ``to`` owner and manager in place of ``user``. Needs a transaction.

    Where ``to`` has no role that may own a task, they get the one ``user`` has. Finished
    tasks stay: they say who did the work.
    """
    for project in _managed_alone(user):
        _raise_to(project, to, Role.MANAGER)
    tasks = _open_tasks(user)
    for project in Project.objects.filter(pk__in=tasks.values("project_id")):
        if not permissions.people(project).filter(pk=to.pk).exists():
            _raise_to(project, to, _role(project, user))
    tasks.hand_over(to)


def _open_tasks(user: AbstractBaseUser) -> QuerySet[Task]:
    return Task.objects.filter(owner=user).exclude(status__category__in=Status.ENDED)


def _managed_alone(user: AbstractBaseUser) -> list[Project]:
    """Return the open projects that would be without a manager."""
    mine = Membership.objects.current().filter(user=user, role=Role.MANAGER)
    projects = Project.objects.open().filter(pk__in=mine.values("project_id"))
    return [
        project
        for project in projects
        if not permissions.people(project, [Role.MANAGER]).exclude(pk=user.pk).exists()
    ]


def _role(project: Project, user: AbstractBaseUser) -> str:
    """Return the highest role of ``user`` that may own tasks."""
    roles = Membership.objects.of(user).filter(project=project).values_list("role", flat=True)
    return max([*roles, Role.GUEST], key=lambda role: WEIGHT[Role(role)])


def _raise_to(project: Project, user: AbstractBaseUser, role: str) -> None:
    """Give ``user`` at least ``role``, for as long as somebody lets them."""
    row = Membership.objects.filter(
        project=project, user=user, source=Membership.Source.MANUAL
    ).first() or Membership(project=project, user=user, role=role)
    if WEIGHT[Role(row.role)] < WEIGHT[Role(role)]:
        row.role = role
    row.expires_at = None
    row.save()
