"""Which administrator may do what to whom.

Superusers may do everything but lock themselves, or the last of them, out. Everybody else
needs Django's permission, never touches a superuser, and passes on only groups of their own:
whatever such a group gives, on any floor of the house, the giver has as well.
"""

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.models import User

VIEW, CHANGE, ERASE = "accounts.view_user", "accounts.change_user", "accounts.delete_user"


class PeoplePolicy(ModelPermissionPolicy):
    """What Wagtail's own screens may do with people: list them. The rest is `accounts.people`.

    Its forms and bulk actions would let whoever may change users make an administrator.
    """

    def user_has_permission(self, user: User, action: str) -> bool:
        return action == "view" and may_look(user)


class GroupPolicy(ModelPermissionPolicy):
    """Groups are for superusers: whoever edits one could give themselves anything."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return user.is_active and user.is_superuser

    def users_with_any_permission(self, actions: set[str]) -> QuerySet:
        return User.objects.filter(is_active=True, is_superuser=True)


def may_look(user: User) -> bool:
    return user.has_perm(VIEW) or user.has_perm(CHANGE)


def may_act(actor: User, person: User, permission: str = CHANGE) -> bool:
    """Return whether ``actor`` may do something to ``person`` at all."""
    if person.erased_at:
        return False
    return actor.has_perm(permission) and (actor.is_superuser or not person.is_superuser)


def require(actor: User, person: User, permission: str = CHANGE) -> None:
    """Raise PermissionDenied with a reason unless ``actor`` may act on ``person``."""
    if not actor.has_perm(permission):
        raise PermissionDenied(_("You may look at people here, but not do this."))
    if not may_act(actor, person, permission):
        raise PermissionDenied(_("Only administrators may do this to an administrator."))


def require_survivor(actor: User, person: User) -> None:
    """Refuse to lock oneself out, or the last administrator with an account at Supabase.

    A local one is for emergencies and does not count.
    """
    if actor.pk == person.pk:
        raise PermissionDenied(_("You cannot do this to yourself. Ask another administrator."))
    if not person.is_superuser:
        return
    others = User.objects.select_related("identity").filter(is_superuser=True, is_active=True)
    others = others.exclude(identity=None).exclude(pk=person.pk)
    if not any(one.may_enter for one in others):
        raise PermissionDenied(_("This is the last administrator. Make another one first."))


def groups_to_give(actor: User) -> QuerySet[Group]:
    """Return the groups that ``actor`` may put people into or take them out of."""
    return Group.objects.all() if actor.is_superuser else actor.groups.all()
