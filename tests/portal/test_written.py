"""Queries that are written once answer as Django's own do, for other values and in other threads."""

from threading import Thread

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from portal.written import Alike, Statement, Written
from tasks.models import Membership, Project, Task
from tests.factories import make_project

pytestmark = pytest.mark.django_db


def test_it_answers_for_each_value(django_assert_num_queries):
    first, second = make_project("AAA"), make_project("BBB")
    query = Written(lambda key: Project.objects.filter(key=key))
    with django_assert_num_queries(3):
        assert [query(key=key) for key in ("AAA", "BBB", "CCC")] == [[first], [second], []]


def test_it_takes_ids_and_joins(amara, project):
    query = Written(
        lambda user: Membership.objects.filter(user=user, role="manager").select_related("project")
    )
    (found,) = query(user=amara.pk)
    assert found.project == project
    assert query(user=project.pk) == []


def test_one_value_may_stand_in_several_places(project):
    query = Written(lambda key: Project.objects.filter(Q(name=key) | Q(key=key)))
    assert query(key="REP") == query(key="Repairs") == [project]


def test_a_quote_stays_a_value():
    query = Written(lambda key: Project.objects.filter(name=key))
    assert query(key="x") == query(key="' OR '1'='1") == []


def test_a_moment_is_refused():
    query = Written(lambda: Project.objects.filter(created_at__gt=timezone.now()))
    with pytest.raises(ValueError, match="Now"):
        query()


def test_a_day_is_refused():
    query = Written(lambda: Task.objects.filter(due_on__lt=timezone.localdate()))
    with pytest.raises(ValueError, match="Now"):
        query()


def test_what_would_not_be_fetched_is_refused():
    query = Written(lambda: Project.objects.prefetch_related("statuses"))
    with pytest.raises(ValueError, match="prefetch"):
        query()


@pytest.mark.parametrize(
    "where",
    [
        lambda key: Q(key__startswith=key),
        lambda key: Q(name=key) | Q(key__startswith=key),
    ],
)
def test_a_value_that_is_changed_on_its_way_is_refused(where):
    query = Written(lambda key: Project.objects.filter(where(key)))
    with pytest.raises(ValueError, match="as it is"):
        query(key="A")


def test_each_thread_has_its_own(project):
    query = Written(lambda key: Project.objects.filter(key=key))
    query(key="REP")
    compiled = [query._compiled.compiled]

    def other() -> None:
        compiled.append("compiled" in query._compiled.__dict__)
        connection.close()

    thread = Thread(target=other)
    thread.start()
    thread.join()
    assert compiled[1] is False


def named(key):
    return lambda: Statement.of(Project.objects.filter(pk=key).values_list("key"))


def test_what_is_alike_is_written_once_and_filled_in(django_assert_num_queries):
    first, second = make_project("AAA"), make_project("BBB")
    alike, written = Alike(), []

    def write(pk):
        written.append(pk)
        return named(pk)()

    with django_assert_num_queries(2):
        for project in (first, second):
            assert alike.rows("x", [project.pk], lambda: write(project.pk)) == [(project.key,)]  # noqa: B023 - called at once
    assert written == [first.pk, first.pk]


def test_another_kind_is_written_anew(project):
    alike = Alike()
    assert alike.rows("one", [project.pk], named(project.pk)) == [("REP",)]
    other = Project.objects.filter(pk=project.pk).values_list("name")
    assert alike.rows("two", [project.pk], lambda: Statement.of(other)) == [("Repairs",)]


def test_an_id_that_does_not_stand_in_it_is_refused(project):
    with pytest.raises(ValueError, match="as it is"):
        Alike().rows("x", [project.pk, make_project().pk], named(project.pk))


def test_what_changes_by_itself_has_no_kind(project):
    def write():
        rows = Project.objects.filter(pk=project.pk, created_at__lt=timezone.now())
        return Statement.of(rows.values_list("key"))

    with pytest.raises(ValueError, match="no kind"):
        Alike().rows("x", [project.pk], write)


def test_a_query_that_can_have_no_rows_asks_nothing(project, django_assert_num_queries):
    with django_assert_num_queries(0):
        none = Project.objects.filter(pk__in=[]).values_list("key")
        assert Alike().rows("x", [], lambda: Statement.of(none)) == []


def test_a_statement_is_asked_over_the_rows_of_another():
    make_project("AAA", name="First"), make_project("BBB", name="Second")
    whole = Statement.of(Project.objects.order_by("key").values_list("name"))
    some = Statement.of(Project.objects.filter(key="BBB").values("key", "name"))
    assert whole.rows() == [("First",), ("Second",)]
    assert whole.over(some, "tasks_project").rows() == [("Second",)]


@pytest.mark.parametrize("table", ["tasks_project", "tasks_task"])
def test_a_statement_that_chooses_itself_is_not_asked_over_others(table):
    chosen = Statement.of(Project.objects.filter(key="BBB").values_list("name"))
    with pytest.raises(ValueError, match="whole of"):
        chosen.over(chosen, table)
