import pytest

from accounts.models import User
from accounts.supabase import jwks, social
from tests.accounts.fake_auth import FakeAuth


@pytest.fixture
def auth(settings, db):  # the signing keys are kept in a row
    """The Auth server the portal talks to in this test."""
    fake = FakeAuth()
    jwks._key_set.cache_clear()  # an earlier test's server may have had this port, and other keys
    social._remembered.cache_clear()
    settings.SUPABASE_URL = fake.url.removesuffix("/auth/v1")
    settings.SUPABASE_AUTH_URL = settings.SUPABASE_ISSUER = fake.url
    yield fake
    fake.close()


@pytest.fixture
def ada(db, auth, client):
    """Ada, signed in through the sign-in page."""
    record = auth.record()
    auth.answers["POST /token"] = (200, auth.session(record))
    client.post(
        "/accounts/sign-in/", {"email": record["email"], "password": "correct horse battery"}
    )
    return User.objects.get(identity__subject=record["id"])
