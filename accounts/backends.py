"""Sign-in sessions belong to accounts that Supabase still lets in."""

from uuid import UUID

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class SupabaseBackend(ModelBackend):
    """Permissions as Django does them; nobody signs in with a local password."""

    def authenticate(self, request, **credentials) -> None:
        return None

    def get_user(self, user_id: UUID) -> User | None:
        """Return the session's user, or None once the account is switched off or banned.

        Asked on each request that needs the user, so a ban is felt at the next one.
        """
        user = User.objects.select_related("identity").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User) -> bool:
        return user.may_enter
