from django.utils import timezone

from accounts.models import AuthSession, Identity
from accounts.schedule import forget_ended_sessions
from tests.factories import make_user


def keep(identity, session_key):
    AuthSession.objects.create(
        identity=identity, session_key=session_key, access_token="a", refresh_token="r",
        expires_at=timezone.now(),
    )  # fmt: skip


def test_it_forgets_tokens_of_sessions_that_are_gone(client, db):
    user = make_user()
    identity = Identity.objects.create(user=user, issuer="i", subject=user.pk)
    client.force_login(user)
    keep(identity, client.session.session_key)
    keep(identity, "gone")
    forget_ended_sessions()
    assert [s.session_key for s in AuthSession.objects.all()] == [client.session.session_key]
