"""Forget a person: their account is deleted at Supabase, here a "Former member" remains."""

import logging

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Identity, User
from accounts.personal_data import modules
from accounts.supabase import admin
from accounts.supabase.errors import AuthProblem
from portal.actor import acting, current_actor

logger = logging.getLogger(__name__)


def erase(user: User, *, if_due: bool = False) -> None:
    """Forget ``user`` now and for good. Harmless when it was done before.

    With ``if_due`` nothing happens to somebody who has changed their mind meanwhile.

    The person is shut out first, then their Supabase account is deleted, then everything
    here in one transaction. Call it outside any transaction: the middle step is network.

    Raises PermissionDenied, with words to show, for the only administrator: nothing has
    happened then. Raises AuthProblem when the Auth server does not answer: the person is
    shut out already, and the scheduled job `erase_due` does the rest as soon as it can.
    """
    if not _shut_out(user, if_due=if_due):
        return
    identity = Identity.objects.filter(user=user).first()
    if identity is not None:
        admin.delete_user(identity.subject)
    _forget(user)


def erase_due() -> None:
    """Erase everybody whose time is up. One who cannot be erased does not stop the others.

    Raises the last AuthProblem at the end, so that the job is tried again soon.
    """
    problem = None
    for user in User.objects.filter(erase_after__lte=timezone.now(), erased_at=None):
        try:
            erase(user, if_due=True)  # the list is as old as the calls for those before
        except AuthProblem as error:
            problem = error
        except PermissionDenied as error:
            logger.error("Somebody whose time is up cannot be erased: %s", error)
    if problem is not None:
        raise problem


def _shut_out(user: User, *, if_due: bool) -> bool:
    """Close the account, so that nothing new is written meanwhile; False when not to be erased."""
    with transaction.atomic():
        # All of them: two administrators who leave at once must not both find the other.
        bosses = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
        ids = {boss.pk for boss in bosses.order_by("pk")}
        if ids == {user.pk}:
            raise PermissionDenied(
                _("This is the only administrator. Make somebody else one first.")
            )
        row = User.objects.select_for_update().get(pk=user.pk)
        if row.erased_at or (if_due and not _is_due(row)):
            return False
        row.is_active, row.is_superuser = False, False
        row.erase_after = row.erase_after or timezone.now()
        row.erase_after = min(row.erase_after, timezone.now())
        row.save(update_fields=["is_active", "is_superuser", "erase_after"])
        for identity in Identity.objects.filter(user=row):
            for session in identity.sessions.all():
                session.end()
        return True


def _is_due(row: User) -> bool:
    return row.erase_after is not None and row.erase_after <= timezone.now()


def _forget(user: User) -> None:
    eraser = current_actor()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.erased_at:
            return
        with acting(None):  # the history says that it happened, not who pressed the button
            for module in reversed(modules()):
                module.erase(user)
        with acting(None if eraser == user else eraser):
            audit.record("person.erased", target=user.pk)
