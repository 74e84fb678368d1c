"""Keep a list or board under a name, for oneself or for everybody of the project."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import Project, SavedView

QUERY_MAX = SavedView._meta.get_field("query").max_length
MOST = 50  # views of one person in one project


@transaction.atomic
def save_view(
    *,
    project: Project,
    user: AbstractBaseUser,
    name: str,
    query: str,
    shared: bool = False,
    layout: str = SavedView.Layout.LIST,
) -> SavedView:
    """Keep the list or board ``query`` under ``name``. Raises ValidationError for one taken."""
    if shared:
        permissions.require(user, permissions.SHARE, project)
    if SavedView.objects.filter(project=project, owner=user).count() >= MOST:
        raise ValidationError(
            _("You have %(n)d views here. Delete one that you no longer need.") % {"n": MOST}
        )
    view = SavedView(
        project=project, owner=user, name=name, query=query, shared=shared, layout=layout
    )
    _check(view)
    view.save()
    return view


@transaction.atomic
def change_view(
    *, view: SavedView, user: AbstractBaseUser, version: int | None = None, **fields: Any
) -> SavedView:
    """Set ``name``, ``query`` or ``shared``. Raises Conflict when it is not at ``version``."""
    require_change(view, user)
    if fields.get("shared") and not view.shared:
        permissions.require(user, permissions.SHARE, view.project)
    row = SavedView.locked(view.pk, version)
    for name in fields.keys() & {"name", "query", "shared"}:
        setattr(row, name, fields[name])
    _check(row)
    row.save()
    return row


def delete_view(*, view: SavedView, user: AbstractBaseUser) -> None:
    require_change(view, user)
    view.delete()


def require_change(view: SavedView, user: AbstractBaseUser) -> None:
    """Raise PermissionDenied unless ``user`` may rename, update or delete ``view``."""
    if not permissions.may_change_view(user, view):
        raise PermissionDenied(
            _("Only %(name)s or a manager of %(project)s can change this view.")
            % {"name": view.owner, "project": view.project}
        )


def _check(view: SavedView) -> None:
    if len(view.query) > QUERY_MAX:
        raise ValidationError(_("These are too many filters for one view. Take some away."))
    others = SavedView.objects.filter(project=view.project_id).exclude(pk=view.pk)
    own = others.filter(owner=view.owner_id, name=view.name)
    if own.exists() or (view.shared and others.filter(shared=True, name=view.name).exists()):
        raise ValidationError(
            {"name": _("There is a view of this name already. Choose another name.")}
        )
