"""What is offered to who found nothing: only where PostgreSQL has trigrams."""

import pytest
from django.db import DatabaseError, connection, transaction

from tasks.search.find import find
from tasks.search.similar import similar
from tests.factories import make_member, make_project, make_task, make_user

URL = "/work/search/"


@pytest.fixture
def trigrams(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no trigrams: run the suite with DATABASE_URL for PostgreSQL.")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        pytest.skip(f"This server has no trigrams: {error}")


@pytest.mark.postgres
def test_titles_that_read_alike_are_offered(trigrams, task, vera, client):
    make_task(task.project, title="Water the garden")
    client.force_login(vera)
    response = client.get(URL, {"q": "bikke stoer"})
    assert response.context["similar"] == [task]
    assert b"Titles that read alike" in response.content
    assert find(vera, "bikke stoer").tasks == []


@pytest.mark.postgres
def test_only_what_one_sees_is_offered(trigrams, task, charlie):
    guest = make_member(task.project, "guest")
    make_task(task.project, "triage", title="Bike stare", requester=None)
    boss = make_user(is_superuser=True)
    viewer = make_member(task.project, "viewer")
    assert similar(charlie, "bikke store") == similar(guest, "bikke store") == []
    assert similar(viewer, "bikke store") == [task]
    assert len(similar(boss, "bikke store")) == 2
    assert similar(boss, "bikke store", make_project("OTH")) == []


def test_without_trigrams_nothing_is_offered(task, vera, client):
    client.force_login(vera)
    response = client.get(URL, {"q": "bikke stoer"})
    assert response.status_code == 200 and response.context["similar"] == []
