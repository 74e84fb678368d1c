"""Sign-in sessions belong to accounts that Supabase still lets in."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Exists, Q, QuerySet, Subquery
from django.http import HttpRequest

from accounts.models import AccessSettings, User
from portal.written import Written


def _with_what_pages_ask(pk: UUID) -> QuerySet[User]:
    """Return one person with what each page asks of them, so that it asks the database once.

    Their identity; ``second_factor_rule``, whom the site asks for a second factor; and
    ``admin_granted``, whether they or a group of theirs may open the editing area.
    """
    opening = Permission.objects.filter(
        Q(user=pk) | Q(group__user=pk),  # by the id itself: asked once, not for a row
        content_type__app_label="wagtailadmin",
        codename="access_admin",
    )
    rule = AccessSettings.objects.order_by("pk").values("second_factor")[:1]
    people = User.objects.filter(pk=pk).order_by().select_related("identity")
    return people.annotate(second_factor_rule=Subquery(rule), admin_granted=Exists(opening))


_person = Written(_with_what_pages_ask)


class SupabaseBackend(ModelBackend):
    """Permissions as Django does them; nobody signs in with a local password."""

    def authenticate(self, request, **credentials) -> None:
        return None

    def get_user(self, user_id: UUID) -> User | None:
        """Return the session's user, or None once the account is switched off or banned.

        Asked on each request that needs the user, so a ban is felt at the next one. What each
        page asks of them comes with the row.
        """
        user = next(iter(_person(pk=user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User) -> bool:
        return user.may_enter


class BreakGlassBackend(BaseBackend):
    """Local administrators, for emergencies: see `accounts.entry.break_glass`, its only caller."""

    def authenticate(
        self, request: HttpRequest | None, break_glass_name: str = "", password: str = "", **others
    ) -> User | None:
        """Return the local administrator of this name and password; None for anybody else."""
        if not break_glass_name:
            return None
        user = User.objects.filter(username=break_glass_name, identity=None).first()
        if user is None:
            User().set_password(password)  # takes as long as checking one: names stay secret
            return None
        right = user.check_password(password)
        return user if right and self.may_break_glass(user) else None

    def get_user(self, user_id: UUID) -> User | None:
        """Return the session's user as long as they are a local administrator."""
        user = User.objects.select_related("identity").filter(pk=user_id).first()
        return user if user is not None and self.may_break_glass(user) else None

    @staticmethod
    def may_break_glass(user: User) -> bool:
        return user.is_active and user.is_superuser and not hasattr(user, "identity")
