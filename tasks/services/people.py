"""Who may be given a part in a task."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import Task


def check_people(task: Task) -> None:
    """Raise ValidationError for an owner or reviewer who does not belong to the project.

    So it is for who asked, once somebody changes that: a form on the website is open to others.
    """
    asked = () if task._state.adding else ("requester",)
    for name in ("owner", "reviewer", *asked):
        person = getattr(task, name)
        if person is None or person.is_superuser or f"{name}_id" not in task.changed_fields():
            continue
        if not permissions.people(task.project).filter(pk=person.pk).exists():
            raise ValidationError(
                {
                    name: _(
                        "%(name)s does not belong to %(project)s. Add them to the project first."
                    )
                    % {"name": person, "project": task.project}
                }
            )
