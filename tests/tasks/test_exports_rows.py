"""Any tasks as CSV and XLSX: what stands in the cells, what it costs, what never runs."""

import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.spreadsheets import safe_cell
from tasks import exports, services
from tasks.models import Label, Task
from tests.factories import make_project, make_task

SHAPES = [
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x07=1", " =1", "\xa0=1"),
    *("＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "=1;2"),
    *('"=1"', "'=1", "a,=1"),
]


def as_csv(tasks, user):
    answer = exports.answer(tasks, user=user, file_format="csv", name="tasks")
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def as_cells(tasks, user):
    answer = exports.answer(tasks, user=user, file_format="xlsx", name="tasks")
    data = io.BytesIO(b"".join(answer.streaming_content))
    return list(openpyxl.load_workbook(data).active.iter_rows())


def test_it_says_who_what_and_when(project, tomasz, mei, amara):
    task = make_task(project, title="Lift", owner=tomasz, reviewer=amara, due_on=date(2026, 12, 1))
    task.set_labels([Label.objects.create(project=project, name=name) for name in ("b", "a")])
    task.set_collaborators([mei])
    services.add_items(task=task, user=amara, texts=["one", "two"])
    (row,) = as_csv(Task.objects.all(), amara)
    assert (row["Key"], row["Owner"], row["Helping"]) == (task.key, str(tomasz), str(mei))
    assert (row["Reviewer"], row["Labels"], row["Due"]) == (str(amara), "a, b", "2026-12-01")
    assert (row["Checklist"], row["Ticked off"], row["Archived"]) == ("2", "0", "")


def test_comments_of_the_team_are_not_counted_for_others(project, task, amara, mei):
    services.add_comment(task=task, user=amara, body="For all")
    services.add_comment(task=task, user=amara, body="For us", audience="team")
    for user, count in ((amara, "2"), (mei, "1")):
        assert as_csv(Task.objects.all(), user)[0]["Comments"] == count


def test_times_are_those_of_the_reader_though_it_runs_behind_the_middleware(project, amara):
    moment = datetime(2026, 7, 1, 10, tzinfo=UTC)
    make_task(project, due_on=date(2026, 7, 1), due_at=moment)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        answer = exports.answer(Task.objects.all(), user=amara, file_format="csv", name="tasks")
    assert b"2026-07-01 19:00:00" in answer.getvalue()


def test_the_order_is_the_list_s(project, amara):
    for title in ("b", "c", "a"):
        make_task(project, title=title)
    rows = as_csv(Task.objects.order_by("title"), amara)
    assert [row["Title"] for row in rows] == ["a", "b", "c"]


def test_no_shape_of_formula_is_one_in_csv(project, amara):
    for shape in SHAPES:
        make_task(project, title=shape)
    titles = [row["Title"] for row in as_csv(Task.objects.order_by("number"), amara)]
    assert len(titles) == 20
    assert [one for one in titles if not one.startswith("'")] == ['"=1"', "a,=1"]


def test_no_shape_of_formula_is_one_in_xlsx(project, amara):
    for shape in SHAPES:
        make_task(project, title=shape)
    cells = [row[1] for row in as_cells(Task.objects.all(), amara)]
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_nul_hides_no_formula():
    assert safe_cell("\x00=1") == "'=1"  # SQLite keeps one in a title, PostgreSQL refuses it


def test_numbers_and_moments_stay_what_they_are(task, amara):
    head, row = as_cells(Task.objects.all(), amara)
    values = {name.value: cell for name, cell in zip(head, row, strict=True)}
    assert values["Checklist"].data_type == "n"
    assert values["Created"].is_date


def test_an_empty_list_has_its_headings(project, amara):
    answer = exports.answer(Task.objects.none(), user=amara, file_format="csv", name="tasks")
    assert answer.getvalue().decode().count("\r\n") == 1
    assert answer["Content-Disposition"].startswith('attachment; filename="tasks-2')


@pytest.fixture
def many(project):
    """Ten thousand tasks, written past `save()`: it is the reading that is measured."""
    status = project.first_status("todo")
    Task.everything.bulk_create(
        (
            Task(project=project, status=status, number=n, position=n, title=f"Task {n}")
            for n in range(1, 10_001)
        ),
        batch_size=2_000,
    )


def test_ten_thousand_are_read_in_blocks_while_they_are_sent(many, amara):
    tasks = Task.objects.order_by("number")
    with CaptureQueriesContext(connection) as queries:
        answer = iter(exports.answer(tasks, user=amara, file_format="csv", name="tasks"))
        _mark, _heads, first = next(answer), next(answer), next(answer)
        assert first.count(b"\r\n") == exports.BLOCK
        assert len(queries) <= 6  # ids, projects, roles; one block and what hangs on it
        assert sum(block.count(b"\r\n") for block in answer) == 10_000 - exports.BLOCK
    assert len(queries) <= 3 + 3 * 10_000 / exports.BLOCK


def test_tasks_of_many_projects_cost_no_query_each(amara, project):
    def cost(count):
        for _one in range(count):
            make_task(make_project())
        with CaptureQueriesContext(connection) as queries:
            as_csv(Task.objects.all(), type(amara).objects.get(pk=amara.pk))
        return len(queries)

    assert cost(1) == cost(10)
