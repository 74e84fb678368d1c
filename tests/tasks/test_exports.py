"""A list as a spreadsheet: what its reader sees, in the order of the list, and no formula."""

import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tasks import exports
from tasks.models import Label
from tests.factories import make_member, make_task

LIST = "/projects/REP/"


def table(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_it_holds_what_the_list_shows_in_its_order(client, project, vera, mei):
    late = make_task(project, title="late", due_on=date(2026, 12, 24), owner=mei)
    late.set_labels(Label.objects.create(project=project, name=name) for name in ("A", "B"))
    make_task(project, title="soon", due_on=date(2026, 12, 1))
    make_task(project, "done", title="ended")
    client.force_login(vera)
    response = client.get(f"{LIST}?sort=due&export=csv")
    rows = table(response)
    assert response["Content-Disposition"].startswith('attachment; filename="REP-')
    assert [row["Title"] for row in rows] == ["soon", "late"]
    assert rows[1] | {"Owner": "Mei-Ling Chan", "Labels": "A, B", "Due": "2026-12-24"} == rows[1]


def test_a_workbook_says_the_same(client, project, vera):
    make_task(project, title="a task", due_on=date(2026, 12, 24))
    client.force_login(vera)
    response = client.get(f"{LIST}?export=xlsx")
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    head, row = book.active.iter_rows(values_only=True)
    cells = dict(zip(head, row, strict=True))
    assert (cells["Key"], cells["Title"]) == ("REP-1", "a task")
    assert str(cells["Due"]).startswith("2026-12-24")


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_it_runs_no_formula(client, project, vera, title):
    make_task(project, title=title)
    client.force_login(vera)
    assert table(client.get(f"{LIST}?export=csv"))[0]["Title"] == f"'{title}"


def test_a_guest_gets_what_they_see(client, project):
    guest = make_member(project, "guest")
    make_task(project, title="mine", owner=guest)
    make_task(project, title="theirs")
    client.force_login(guest)
    assert [row["Title"] for row in table(client.get(f"{LIST}?export=csv"))] == ["mine"]


def test_strangers_get_nothing(client, task, charlie):
    client.force_login(charlie)
    assert client.get(f"{LIST}?export=csv").status_code == 404


def test_hours_are_those_of_the_reader(client, project, vera):
    vera.time_zone = "Asia/Tokyo"
    vera.save()
    at = datetime(2026, 12, 24, 20, tzinfo=UTC)
    make_task(project, due_on=date(2026, 12, 25), due_at=at)
    client.force_login(vera)
    due = table(client.get(f"{LIST}?export=csv"))[0]["Due"]
    assert due == str(at.astimezone(ZoneInfo("Asia/Tokyo")).replace(tzinfo=None))
    assert timezone.get_current_timezone_name() != "Asia/Tokyo"


def test_it_comes_block_by_block(client, project, vera, monkeypatch):
    monkeypatch.setattr(exports, "BLOCK", 2)
    for number in range(5):
        make_task(project, title=str(number))
    client.force_login(vera)
    rows = table(client.get(f"{LIST}?sort=title&group=owner&export=csv"))
    assert [row["Title"] for row in rows] == list("01234")


def test_an_unknown_kind_is_the_page(client, task, vera):
    client.force_login(vera)
    assert b"<html" in client.get(f"{LIST}?export=exe").content
