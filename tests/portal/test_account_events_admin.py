"""Hints from Supabase under Reports."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import SyncEvent


@pytest.fixture
def event(db) -> SyncEvent:
    return SyncEvent.objects.create(
        dedupe_key="k", kind="UPDATE", subject=uuid.uuid4(), state="dead", last_error="404"
    )


@pytest.mark.parametrize("query", ["", "update", '"'])
def test_it_lists_and_searches(event, admin_client, query):
    answer = admin_client.get("/admin/people/account-events/", {"q": query})
    assert answer.status_code == 200
    assert (str(event.subject) in answer.content.decode()) == (query != '"')


def test_it_applies_a_hint_again(event, admin_client):
    admin_client.post(reverse("account-events:retry", args=[event.pk]))
    event.refresh_from_db()
    assert event.state == SyncEvent.State.PENDING


def test_it_hides_from_members(event, client, amara):
    client.force_login(amara)
    assert client.get("/admin/people/account-events/").status_code == 302
