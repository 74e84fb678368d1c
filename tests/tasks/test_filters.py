"""The filters in the address of a list or board."""

import random
import string
import time
from datetime import timedelta

import pytest
from django.db.models import prefetch_related_objects
from django.http import QueryDict
from django.utils import timezone

from tasks import permissions, services
from tasks.lists import filters
from tasks.models import Collaborator, Label, Status, Task
from tests.factories import make_task


@pytest.fixture
def found(project, amara):
    """Return the titles that an address selects for Amara."""

    def ask(query):
        read = filters.parse(QueryDict(query), project=project, user=amara)
        rows = read.apply(permissions.tasks_in(project, amara))
        return sorted(rows.values_list("title", flat=True))

    return ask


def day(days):
    return timezone.localdate() + timedelta(days=days)


def test_open_is_what_it_shows_at_first(project, found):
    for category in ("todo", "doing", "done", "cancelled", "triage"):
        make_task(project, category, title=category)
    assert found("") == ["doing", "todo"]
    assert found("show=done") == ["done"]
    assert found("show=all") == ["cancelled", "doing", "done", "todo"]


def test_a_status_by_id_or_by_its_category(project, found):
    for category in ("todo", "doing", "done", "triage"):
        make_task(project, category, title=category)
    done = Status.objects.get(project=project, category="done")
    assert found(f"status={done.pk}") == ["done"]
    assert found("status=done&status=doing") == ["doing", "done"]
    assert found("status=triage") == ["doing", "todo"]


def test_people(project, found, amara, mei):
    make_task(project, title="mine", owner=amara, requester=mei)
    make_task(project, title="hers", owner=mei, reviewer=amara)
    Collaborator.objects.create(task=make_task(project, title="helped"), user=mei)
    assert found("owner=me") == ["mine"]
    assert found(f"owner=nobody&owner={mei.pk}") == ["helped", "hers"]
    assert found(f"with={mei.pk}") == ["helped"]
    assert found("reviewer=me") == ["hers"]
    assert found(f"requester={mei.pk}") == ["mine"]


def test_nobody_from_outside_is_named(project, amara, otto):
    read = filters.parse(QueryDict(f"owner={otto.pk}"), project=project, user=amara)
    assert read.unknown == ("owner",)
    assert read.chips == []


def test_labels_by_name_or_id_or_none(project, found):
    heat = Label.objects.create(project=project, name="Heating")
    make_task(project, title="warm").set_labels([heat])
    make_task(project, title="plain")
    assert found("label=heating") == found(f"label={heat.pk}") == ["warm"]
    assert found("label=none") == ["plain"]
    assert found("label=none&label=Heating") == ["plain", "warm"]


def test_due(project, found):
    for name, days in (("late", -1), ("today", 0), ("soon", 7), ("far", 40)):
        make_task(project, title=name, due_on=day(days))
    make_task(project, title="never")
    make_task(project, "done", title="was late", due_on=day(-1))
    assert found("due=overdue&show=all") == ["late"]
    assert found("due=today") == ["today"]
    assert found("due=week") == ["soon", "today"]
    assert found("due=none") == ["never"]
    assert found(f"due_from={day(1)}&due_to={day(8)}") == ["soon"]
    assert found(f"due=none&due_to={day(0)}") == ["late", "never", "today"]


def test_the_hour_counts_where_there_is_one(project, found):
    now = timezone.now()
    make_task(project, title="past", due_on=day(0), due_at=now - timedelta(minutes=1))
    make_task(project, title="ahead", due_on=day(-1), due_at=now + timedelta(minutes=1))
    assert found("due=overdue") == ["past"]


def test_the_rest(project, found):
    make_task(project, title="urgent", priority=1)
    make_task(project, title="stuck", blocker_count=1)
    make_task(project, title="papers", attachment_count=1)
    make_task(project, title="shelved", archived_at=timezone.now())
    assert found("priority=urgent") == ["urgent"]
    assert found("blocked=yes") == ["stuck"]
    assert found("files=yes") == ["papers"]
    assert found("archived=yes") == ["shelved"]
    assert "shelved" not in found("show=all")


def test_words_of_the_title_in_any_order_or_a_number(project, found):
    make_task(project, title="Bike store door")
    make_task(project, title="Front door")
    assert found("q=door+BIKE") == ["Bike store door"]
    assert found("q=REP-2") == ["Front door"]
    assert found("q=%25") == []


def test_words_of_description_and_comments_too(project, found, amara):
    task = make_task(project, title="Cellar", body="The stopcock drips.")
    services.add_comment(task=task, user=amara, body="Ask the plumber.")
    make_task(project, title="Attic")
    assert found("q=stopcock") == found("q=plumber") == ["Cellar"]


def test_it_says_what_it_left_out(project, amara):
    query = QueryDict("show=x&status=x&owner=x&due=x&due_to=2026-13-01&priority=9&blocked=no")
    read = filters.parse(query, project=project, user=amara)
    assert set(read.unknown) == set(query)
    assert not read.is_narrow


def test_chips_take_away_one_filter_each(project, amara):
    query = QueryDict("show=all&owner=me&owner=nobody&q=door")
    read = filters.parse(query, project=project, user=amara)
    assert [chip.words for chip in read.chips] == [
        "Owner: me",
        "Owner: Nobody",
        "Contains “door”",
    ]
    assert read.chips[0].query == "show=all&owner=nobody&q=door"
    assert read.query == "show=all&owner=me&owner=nobody&q=door"


def test_the_address_of_a_reading_reads_the_same(project, amara):
    Label.objects.create(project=project, name="Heating")
    query = QueryDict("label=heating&due_to=2026-12-31&due=none&status=doing&q=a+b&priority=low")
    once = filters.parse(query, project=project, user=amara)
    again = filters.parse(QueryDict(once.query), project=project, user=amara)
    assert again == once
    assert again.query == once.query


LOOKUPS = ["", "__startswith", "__in", "__password__startswith", "__isnull", "__regex", "__gt"]
ODD = ["_connector", "_negated", "ordering", "pk", "assignee", "project__key", "owner_id", "sort"]


def hostile(seed):
    """Return an address of random names, look-ups and values."""
    chance = random.Random(seed)
    names = [*filters.NAMES, "q", "show", *ODD]
    text = string.printable + "\x00\ud7ffé😀'\"%;\\"
    query = QueryDict(mutable=True)
    for _ in range(chance.randint(1, 12)):
        name = chance.choice(names) + chance.choice(LOOKUPS)
        query.appendlist(name, "".join(chance.choices(text, k=chance.randint(0, 60))))
    return query


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_no_address_reaches_the_orm(project, amara, seed, django_assert_max_num_queries):
    prefetch_related_objects([project], "statuses")
    permissions.load(amara, [project])
    for number in range(seed, seed + 20):
        with django_assert_max_num_queries(6):
            read = filters.parse(hostile(number), project=project, user=amara)
            list(read.apply(permissions.tasks_in(project, amara)))


def test_five_hundred_terms_are_answered_fast(project, amara):
    query = QueryDict("&".join(f"owner=x{n}" for n in range(500)) + "&q=" + "+".join("a" * 500))
    start = time.process_time()
    read = filters.parse(query, project=project, user=amara)
    list(read.apply(Task.objects.filter(project=project)))
    assert read.unknown == ("owner",)
    assert time.process_time() - start < 1
