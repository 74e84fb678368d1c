"""The board: what stands where, for whom, and how much of it."""

import itertools
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.models import ChecklistItem, Label, Status, Task, TaskLabel
from tests.factories import make_member, make_project, make_task
from tests.tasks.conftest import HTMX

URL = "/projects/REP/board/"
numbers = itertools.count(1_000)


def fill(project, many, category="todo", start=0, **fields):
    """Write rows straight into the tables: 1,000 saves would take a minute."""
    here = Status.objects.get(project=project, category=category)
    now = timezone.now() if here.is_ended else None
    Task.objects.bulk_create(
        Task(
            project=project,
            number=next(numbers),
            position=n // 3,  # three share a place: the id decides
            title=f"Task {n}",
            status=here,
            closed_at=now,
            **fields,
        )
        for n in range(start, start + many)
    )
    Status.objects.filter(pk=here.pk).count_by(task_count=many)


def label_all(project, labels):
    tasks = Task.objects.filter(project=project)
    TaskLabel.objects.bulk_create(
        TaskLabel(task=task, label=label) for task in tasks for label in labels
    )


def cost(client):
    """Return how many queries the board takes, and its bytes."""
    client.get(URL)  # what is cached once per process is not the page's
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(URL)
    return len(queries), len(answer.content)


def board(client, **query):
    return {column.status.name: column for column in client.get(URL, query).context["columns"]}


def titles(column):
    return [card.title for card in column.cards]


def status(project, category):
    return Status.objects.get(project=project, category=category)


def test_it_hides_the_project_from_strangers(client, project, charlie):
    client.force_login(charlie)
    assert client.get(URL).status_code == 404


def test_it_shows_each_column_in_its_order(client, project, vera, asked):
    make_task(project, title="below")
    make_task(project, title="above")
    make_task(project, "doing", title="other")
    client.force_login(vera)
    columns = board(client)
    assert list(columns) == ["To do", "In progress", "In review", "Done", "Cancelled"]
    assert titles(columns["To do"]) == ["above", "below"]
    assert titles(columns["In progress"]) == ["other"]


def test_it_leaves_out_the_bin_and_the_archive(client, project, vera):
    make_task(project, title="deleted").delete()
    archived = make_task(project, title="archived")
    archived.archived_at = timezone.now()
    archived.save()
    client.force_login(vera)
    assert titles(board(client)["To do"]) == []


def test_what_is_done_stands_last_finished_first_for_a_fortnight(client, project, vera):
    for days in (3, 20, 1):
        task = make_task(project, "done", title=f"{days} days ago")
        Task.objects.filter(pk=task.pk).backdate(
            timezone.now(), timezone.now(), closed_at=timezone.now() - timedelta(days=days)
        )
    client.force_login(vera)
    done = board(client)["Done"]
    assert titles(done) == ["1 days ago", "3 days ago"]
    assert (done.count, done.more) == ("2", "Show older")
    older = board(client, column=done.status.pk, after=done.next)["Done"]
    assert (titles(older), older.next) == (["20 days ago"], "")


def test_people_see_the_tasks_they_may_see(client, project):
    guest = make_member(project, "guest")
    make_task(project, title="not theirs")
    make_task(project, title="theirs", owner=guest)
    client.force_login(guest)
    column = board(client)["To do"]
    assert (titles(column), column.count) == (["theirs"], "1")


def test_it_pages_a_column(client, project, vera):
    fill(project, 30)
    client.force_login(vera)
    first = board(client)["To do"]
    assert (len(first.cards), first.count, first.more) == (20, "30", "Show 10 more")
    rest = board(client, column=first.status.pk, after=first.next, shown=20)["To do"]
    assert rest.next == ""
    assert sorted(titles(first) + titles(rest)) == sorted(f"Task {n}" for n in range(30))


def test_more_cards_come_as_a_fragment(client, project, vera):
    fill(project, 30)
    client.force_login(vera)
    first = board(client)["To do"]
    query = {"column": first.status.pk, "after": first.next}
    answer = client.get(URL, query, headers=HTMX).content.decode()
    assert answer.count("<li") == 10
    assert "10 more tasks of To do shown" in answer
    assert "<html" not in answer


@pytest.mark.parametrize("place", ["nonsense", "nan_x", "1_2", "inf_" + "0" * 32, "\x00"])
def test_a_place_that_is_none_is_not_found(client, project, vera, place):
    client.force_login(vera)
    query = {"column": status(project, "todo").pk, "after": place}
    assert client.get(URL, query).status_code == 404


def test_a_column_of_another_project_is_not_found(client, project, vera):
    client.force_login(vera)
    other = status(make_project("OTH"), "todo")
    for column in (other.pk, status(project, "triage").pk, "nonsense"):
        assert client.get(URL, {"column": column}).status_code == 404


def test_it_warns_at_the_limit(client, project, vera):
    Status.objects.filter(project=project, category="doing").update(wip_limit=2)
    make_task(project, "doing")
    client.force_login(vera)
    words = "At its limit: finish one before you start one."
    limit = re.compile(r'<p[^>]*id="limit-[^>]*>')
    assert "hidden" in limit.search(client.get(URL).content.decode()).group()
    make_task(project, "doing")
    page = client.get(URL).content.decode()
    assert "hidden" not in limit.search(page).group()
    assert words in page
    assert "<span>2</span> of 2" in page


def test_only_mine(client, project, amara):
    make_task(project, title="mine", owner=amara)
    make_task(project, title="somebody's")
    client.force_login(amara)
    column = board(client, owner="me")["To do"]
    assert (titles(column), column.count) == (["mine"], "1")


def test_it_filters_like_the_list(client, project, vera):
    task = make_task(project, title="Loose handrail")
    task.set_labels([Label.objects.create(project=project, name="Safety")])
    make_task(project, title="Dripping tap")
    client.force_login(vera)
    assert titles(board(client, label="Safety")["To do"]) == ["Loose handrail"]
    assert titles(board(client, q="tap")["To do"]) == ["Dripping tap"]
    assert "Nothing matches" in client.get(URL, {"q": "nowhere"}).content.decode()


def test_a_card_tells_what_matters(client, project, amara, task):
    Label.objects.create(project=project, name="Doors & locks", hue="teal")
    task.set_labels(Label.objects.all())
    task.owner, task.priority, task.due_on = amara, 1, timezone.localdate()
    task.save()
    for done in (True, False):
        ChecklistItem(task=task, text="Oil it", is_done=done).save()
    client.force_login(amara)
    page = client.get(URL).content.decode()
    card = re.search(rf'<li class="ui-tile" id="{task.key}".*?</li>', page).group()
    for words in ("Urgent priority", "Doors &amp; locks", "Today", "1/2", "Amara Okafor"):
        assert words in card


def test_handles_are_for_who_may_move(client, project, mei, vera):
    mine = make_task(project, owner=mei)
    other = make_task(project)
    client.force_login(mei)
    page = client.get(URL).content.decode()
    assert f"Move {mine.key}" in page
    assert f"Move {other.key}" not in page
    client.force_login(vera)
    assert "ui-grip" not in client.get(URL).content.decode()


def test_it_costs_the_same_at_1000_as_at_10(client, project, amara):
    client.force_login(amara)
    fill(project, 10)
    few = cost(client)
    fill(project, 990, start=10)
    assert cost(client)[0] == few[0]
    assert few[0] <= 6


def test_a_full_board_is_less_than_100_kb(client, project, amara):
    client.force_login(amara)
    for category in ("todo", "doing", "review", "done", "cancelled"):
        fill(project, 200, category, owner=amara, due_on=timezone.localdate())
    labels = [Label(project=project, name=name, hue="teal") for name in ("Heating", "Safety")]
    label_all(project, Label.objects.bulk_create(labels))
    queries, size = cost(client)
    assert size <= 100_000


@pytest.mark.postgres
def test_it_reads_the_tops_of_indexes_alone(client, project, amara):
    if connection.vendor != "postgresql":
        pytest.skip("The plans asked for are PostgreSQL's.")
    client.force_login(amara)
    for category in ("todo", "doing", "review", "done", "cancelled"):
        fill(project, 3000, category)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        asked = next(q["sql"] for q in queries if "UNION ALL" in q["sql"])
        cursor.execute(f"EXPLAIN ANALYZE {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("tasks_board") == 3
    assert plan.count("tasks_ended") == 2
    assert "WindowAgg" not in plan
    assert "Seq Scan on tasks_task " not in plan


def test_a_filter_by_status_shows_no_other_column(client, project, vera):
    """The columns' queries differ in one id: a filter that names one must not be swapped too."""
    for category in ("todo", "doing", "review"):
        make_task(project, category, title=f"is {category}")
    client.force_login(vera)
    page = client.get(URL, {"status": "doing"}).content
    assert b"is doing" in page
    assert b"is todo" not in page
    assert b"is review" not in page


HINT = "On a handle"


def test_an_empty_board_says_so_and_leads_on(client, project, amara, vera):
    client.force_login(amara)
    page = client.get(URL).content.decode()
    assert "No tasks yet" in page and "Add the first task" in page
    assert HINT not in page
    fill(project, 1, "done")
    Task.objects.update(closed_at=timezone.now() - timedelta(days=15))
    page = client.get(URL).content.decode()
    assert "Show older" in page and "No tasks yet" not in page


def test_keys_are_explained_to_who_has_handles(client, project, vera, amara, task):
    assert HINT not in client.get(URL).content.decode()
    client.force_login(amara)
    assert HINT in client.get(URL).content.decode()
    project.archived_at = timezone.now()
    project.save()
    assert HINT not in client.get(URL).content.decode()
