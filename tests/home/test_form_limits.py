"""Too many forms: the page asks to wait and keeps everything typed."""

import uuid

import pytest

from home import requests
from portal import limits
from tasks.models import Task
from tests.home.pictures import picture


def use_up(name: str, key: str, limit: int, seconds: int) -> None:
    for _ in range(limit):
        limits.spend(name, key, limit=limit, seconds=seconds)


@pytest.fixture
def busy_client(db):
    use_up("form client", "127.0.0.1", requests.CLIENT_LIMIT, requests.CLIENT_SECONDS)


def test_it_asks_to_wait_and_keeps_what_was_typed(client, form_page, filled, busy_client):
    answer = client.post(form_page.url, filled | {"q_photos": picture("tap.jpg")})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert "Send it again in a minute" in page
    assert "<title>Error: " in page
    assert "The tap drips." in page
    assert "tap.jpg" in page
    assert not Task.objects.exists()


def test_other_clients_go_on(client, form_page, filled, busy_client):
    assert client.post(form_page.url, filled, REMOTE_ADDR="203.0.113.9").status_code == 303


def test_everybody_together_has_a_limit(client, form_page, filled):
    use_up("form", "", requests.OVERALL_LIMIT, requests.OVERALL_SECONDS)
    answer = client.post(form_page.url, filled, REMOTE_ADDR="203.0.113.9")
    assert (answer.status_code, answer["Retry-After"]) == (429, "6")


def test_as_many_forms_pass_as_the_limit_says(client, form_page, filled):
    typed = [
        filled | {"submission": uuid.uuid4(), "q_e-mail": f"{n}@mail.example"} for n in range(21)
    ]
    statuses = [client.post(form_page.url, each).status_code for each in typed]
    assert statuses == [303] * requests.CLIENT_LIMIT + [429]
    assert Task.objects.count() == requests.CLIENT_LIMIT


def test_robots_cost_nobody_a_form(client, form_page, filled):
    for _ in range(25):
        client.post(form_page.url, filled | {"website": "buy"})
    assert client.post(form_page.url, filled).status_code == 303
