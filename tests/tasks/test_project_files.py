"""The files of a project: of the tasks one sees, and of no other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tasks import services
from tasks.files import CheckedFile
from tasks.models import Attachment, Task
from tests.factories import make_member, make_project, make_task
from tests.tasks.conftest import HTMX
from tests.tasks.test_query_counts import cost

URL = "/projects/REP/files/"


def attach(task, user, name="plan.pdf", kind="application/pdf"):
    return services.add_attachment(task=task, user=user, file=CheckedFile(name, kind, b"x"))


def many(task, count, start=0):
    now = timezone.now()
    rows = [
        Attachment(
            task=task, name=f"{n}.pdf", content_type="application/pdf", size=1, file=f"{n}.pdf"
        )
        for n in range(start, start + count)
    ]
    Attachment.objects.bulk_create(rows)
    for n, row in enumerate(rows):
        moment = now - timedelta(minutes=n // 2)  # two of the same moment
        Attachment.objects.filter(pk=row.pk).update(created_at=moment)
    Task.objects.filter(pk=task.pk).count_by(attachment_count=count)


def names(response):
    return [file.name for file in response.context["files"]]


def test_the_latest_stands_first_with_the_way_to_its_task(client, task, amara):
    attach(task, amara, "old.pdf")
    attach(task, amara, "new.pdf")
    client.force_login(amara)
    response = client.get(URL)
    assert names(response) == ["new.pdf", "old.pdf"]
    assert 'href="/tasks/REP-1/"' in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=pictures", ["door.png"]),
        ("kind=documents", ["Plan.pdf"]),
        ("name=PLAN", ["Plan.pdf"]),
        ("name=plan&kind=pictures", []),
        ("name=%00%25", []),
    ],
)
def test_it_is_filtered_by_name_and_kind(client, task, amara, query, found):
    attach(task, amara, "Plan.pdf")
    attach(task, amara, "door.png", "image/png")
    client.force_login(amara)
    response = client.get(f"{URL}?{query}")
    assert names(response) == found
    assert found or b"Nothing matches" in response.content


def test_every_file_is_loaded_once(client, task, amara):
    many(task, 60)
    client.force_login(amara)
    seen, place = [], ""
    for _ in range(3):
        response = client.get(URL, {"after": place}, headers=HTMX)
        seen += names(response)
        place = response.context["next"]
    assert (len(seen), len(set(seen)), place) == (60, 60, "")
    assert b"<html" not in response.content


@pytest.mark.parametrize("place", ["x", "2026-01-01T00:00_x", "0001-01-01T00:00+14:00_x"])
def test_a_place_that_is_none_is_not_found(client, project, amara, place):
    client.force_login(amara)
    assert client.get(URL, {"after": place}).status_code == 404
    assert client.get(URL, {"kind": place}).status_code == 404


def test_nobody_finds_files_of_tasks_they_do_not_see(client, project, task, asked, amara):
    guest = make_member(project, "guest")
    attach(task, amara, "everybody.pdf")
    attach(make_task(project, owner=guest), amara, "theirs.pdf")
    attach(asked, amara, "request.pdf")
    attach(
        make_task(make_project("OTH", visibility="signed_in")),
        amara.__class__.objects.create(is_superuser=True, display_name="Root"),
        "other.pdf",
    )
    found = {}
    for user in (guest, make_member(project, "viewer"), amara):
        client.force_login(user)
        found[user] = sorted(names(client.get(URL)))
    assert list(found.values()) == [
        ["theirs.pdf"],
        ["everybody.pdf", "theirs.pdf"],
        ["everybody.pdf", "request.pdf", "theirs.pdf"],
    ]


def test_what_is_deleted_is_not_here(client, task, amara):
    attach(task, amara).delete()
    attach(make_task(task.project), amara).task.delete()
    client.force_login(amara)
    assert b"No files yet" in client.get(URL).content


def test_strangers_find_nothing(client, project, otto):
    assert client.get(URL)["Location"].startswith("/accounts/sign-in/")
    client.force_login(otto)
    assert client.get(URL).status_code == 404
    assert client.post(URL).status_code == 405


def test_it_costs_the_same_at_1000_as_at_10(client, task, amara):
    client.force_login(amara)
    many(task, 30)
    few = cost(client, URL)
    many(task, 970, start=30)
    assert cost(client, URL) == few
