from collections.abc import Iterator

import httpx
import pytest
from django.db import connection

from accounts.models import User
from accounts.supabase import jwks, social
from accounts.supabase.connection import http_client
from tests.accounts.fake_auth import FakeAuth


def refuse_in_transaction(request: httpx.Request) -> None:
    """Nothing may be locked while a server somewhere thinks; the test's own frame is no block."""
    ours = [block for block in connection.atomic_blocks if not block._from_testcase]
    assert not ours, f"{request.method} {request.url.path} is asked inside a transaction"


@pytest.fixture
def auth(settings, db) -> Iterator[FakeAuth]:  # the signing keys are kept in a row
    """The Auth server the portal talks to in this test."""
    fake = FakeAuth()
    jwks._key_set.cache_clear()  # an earlier test's server may have had this port, and other keys
    social._remembered.cache_clear()
    settings.SUPABASE_URL = fake.url.removesuffix("/auth/v1")
    settings.SUPABASE_AUTH_URL = settings.SUPABASE_ISSUER = fake.url
    http_client().event_hooks["request"].append(refuse_in_transaction)
    yield fake
    http_client().event_hooks["request"].remove(refuse_in_transaction)
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
