"""The button that takes back what one has just done."""

import uuid

import pytest
from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.test import RequestFactory

from portal.actor import acting
from tasks import services
from tasks.models import Activity, Task
from tests.factories import make_task

URL = "/work/undo/"


@pytest.fixture
def change(project, amara):
    task = make_task(project, title="Before")
    with acting(amara):
        services.change_task(task=task, user=amara, title="After")
    return Activity.objects.get(field="title").change_id


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_it_takes_back_and_leads_back(client, amara, change):
    client.force_login(amara)
    response = client.post(URL, {"change_id": change, "next": "/projects/REP/"})
    assert response["Location"] == "/projects/REP/"
    assert Task.objects.get().title == "Before"
    assert said(response) == ["Undone: REP-1 is as it was."]


def test_it_leads_to_no_other_site(client, amara, change):
    client.force_login(amara)
    response = client.post(URL, {"change_id": change, "next": "https://evil.example/"})
    assert response["Location"] == "/work/"


def test_twice_says_why_not(client, amara, change):
    client.force_login(amara)
    client.post(URL, {"change_id": change})
    assert "changed since" in said(client.post(URL, {"change_id": change}))[-1]


def test_others_cannot_and_learn_nothing(client, mei, charlie, change):
    for user in (mei, charlie):
        client.force_login(user)
        theirs = said(client.post(URL, {"change_id": change}))
        none = said(client.post(URL, {"change_id": uuid.uuid4()}))
        assert theirs[-1] == none[-1] == "This can no longer be undone."
    assert Task.objects.get().title == "After"


def test_a_broken_id_is_not_found(client, amara):
    client.force_login(amara)
    assert client.post(URL, {"change_id": "x"}).status_code == 404
    assert client.post(URL).status_code == 404


def test_only_by_posting_and_signed_in(client, amara, change):
    assert client.post(URL, {"change_id": change})["Location"].startswith("/accounts/sign-in/")
    client.force_login(amara)
    assert client.get(URL).status_code == 405


def test_the_toast_escapes_what_it_says(amara, change):
    request = RequestFactory().get("/work/")
    context = {"said": "<script>alert(1)</script>", "change_id": change}
    toast = render_to_string("tasks/_live.html", context, request)
    assert "<script>" not in toast
    assert f'value="{change}"' in toast
    assert 'name="next" value="/work/"' in toast
