"""Hand everything a person is responsible for to somebody else.

The modules named in `settings.HAND_OVER` answer for their apps. Each has

* ``owned(user) -> list[Owned]``: what there is, in words and with a link;
* ``hand_over(user, to) -> None``: give it to ``to``, inside the caller's transaction. The
  actor is whoever `portal.actor` says.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from portal.actor import acting


@dataclass(frozen=True)
class Owned:
    """Some things a person is responsible for."""

    label: str | Promise  # "Open tasks"
    count: int
    url: str = ""  # where an administrator sees them


def owned(user: User) -> list[Owned]:
    """Return what ``user`` would hand over; kinds of which there is nothing are left out."""
    return [one for module in _modules() for one in module.owned(user) if one.count]


def hand_over(actor: User, person: User, to: User) -> int:
    """Give everything of ``person`` to ``to``, all or nothing, and return how many things.

    For superusers: what is handed over brings roles in projects with it. Harmless twice.
    Raises PermissionDenied.
    """
    if not (actor.is_active and actor.is_superuser):
        raise PermissionDenied(_("Only administrators may hand over what somebody owns."))
    if not to.may_enter or to.pk == person.pk:
        raise PermissionDenied(_("This person cannot take anything over."))
    with transaction.atomic(), acting(actor):
        # In this order everywhere, so that two handings-over wait and do not deadlock.
        rows = User.objects.select_for_update(no_key=True).filter(pk__in=[person.pk, to.pk])
        list(rows.order_by("pk"))
        things = owned(person)
        for module in _modules():
            module.hand_over(person, to)
        if things:
            audit.record(
                "person.handed-over",
                target=person.pk,
                to=str(to.pk),
                things={str(one.label): one.count for one in things},
            )
    return sum(one.count for one in things)


def _modules() -> list[ModuleType]:
    return [import_module(name) for name in settings.HAND_OVER]
