"""Tasks on pages: which projects may show visitors how far they are."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tasks.models import Project


def projects_in_public(ids: Iterable[UUID | str]) -> list[Project]:
    """Return the projects of ``ids`` whose progress may stand on a public page, in that order.

    Anything else is left out without a word: an archived project, one that has been made
    private since the page was published. Two queries, whatever the number of tasks.
    """
    wanted = [str(pk) for pk in ids]
    found = (
        Project.objects.open()
        .filter(pk__in=wanted, visibility=Project.Visibility.PUBLIC_SUMMARY)
        .prefetch_related("statuses")
    )
    return sorted(found, key=lambda project: wanted.index(str(project.pk)))


def check_public(project_id: UUID | str) -> None:
    """Raise ValidationError, saying what to change, unless visitors may see the progress."""
    if projects_in_public([project_id]):
        return
    project = Project.objects.filter(pk=project_id).first()
    raise ValidationError(
        _(
            "%(project)s is not shown to the public. Choose another project, or ask somebody who "
            "may change it to set “Who sees it” to “%(choice)s”."
        )
        % {
            "project": project or _("This project"),
            "choice": Project.Visibility.PUBLIC_SUMMARY.label,
        }
    )
