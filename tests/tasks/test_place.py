"""Where a task stands on the board: computed by the server from its neighbours."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks import services
from tasks.models import Activity, Status, Task
from tests.factories import make_member, make_project, make_task


def column(project, category="todo"):
    rows = Task.objects.filter(project=project, status__category=category)
    return [task.title for task in rows.order_by("position", "pk")]


@pytest.fixture
def three(project):
    return [make_task(project, title=title) for title in ("c", "b", "a")][::-1]


def status(project, category):
    return Status.objects.get(project=project, category=category)


def place(task, user, category="todo", **neighbours):
    fresh = Task.objects.with_row().get(pk=task.pk)
    to = status(task.project, category)
    ids = {name: other.pk for name, other in neighbours.items()}
    return services.place_task(task=fresh, user=user, status=to, **ids)


def test_a_new_task_stands_on_top(project, three):
    assert column(project) == ["a", "b", "c"]


def test_it_goes_below_a_neighbour(project, amara, three):
    a, b, c = three
    place(a, amara, after=b)
    assert column(project) == ["b", "a", "c"]
    place(b, amara, after=c)
    assert column(project) == ["a", "c", "b"]


def test_it_goes_above_a_neighbour(project, amara, three):
    a, b, c = three
    place(c, amara, before=b)
    assert column(project) == ["a", "c", "b"]


def test_it_goes_to_the_top_of_another_column(project, amara, three):
    place(three[2], amara, "doing")
    place(three[1], amara, "doing")
    assert column(project, "doing") == ["b", "c"]


def test_a_neighbour_that_has_left_is_no_obstacle(project, amara, three):
    a, b, c = three
    place(b, amara, "doing")
    place(c, amara, after=b)
    assert column(project) == ["c", "a"]


def test_a_move_within_the_column_is_no_history(project, amara, three):
    place(three[0], amara, after=three[2])
    assert not Activity.objects.filter(kind="changed").exists()


def test_a_move_to_another_column_is(project, amara, three):
    place(three[0], amara, "doing")
    row = Activity.objects.get(kind="changed")
    assert (row.field, row.old_value, row.new_value) == ("status", "To do", "In progress")


def test_a_column_without_room_is_numbered_anew(project, amara, three):
    a, b, c = three
    for n in range(60):  # doubles alone would run out after some fifty halvings
        place((b, c)[n % 2], amara, after=a)
    assert column(project) == ["a", "c", "b"]
    positions = list(Task.objects.filter(project=project).values_list("position", flat=True))
    assert len(set(positions)) == 3


def test_equal_places_are_put_right(project, amara, three):
    Task.objects.all().put_at(5.0)
    first, second, _third = Task.objects.order_by("pk")
    place(second, amara, after=first)
    assert len(set(Task.objects.values_list("position", flat=True))) == 3


def test_a_neighbour_from_another_project_is_refused(project, amara, three):
    stranger = make_task(make_project("OTH"))
    with pytest.raises(Task.DoesNotExist):
        place(three[0], amara, after=stranger)


def test_a_status_of_another_project_is_refused(project, amara, three):
    other = status(make_project("OTH"), "todo")
    with pytest.raises(ValidationError):
        services.place_task(task=three[0], user=amara, status=other)


def test_a_member_places_only_their_own(project, three):
    mei = make_member(project, "member")
    with pytest.raises(PermissionDenied):
        place(three[0], mei, "doing")
    Task.objects.filter(pk=three[0].pk).update(owner=mei)
    place(three[0], mei, "doing")


def test_what_comes_back_from_the_bin_keeps_its_place(project, amara, three):
    a, b, c = three
    gone = Task.objects.with_row().get(pk=b.pk)
    gone.delete()
    place(c, amara, after=a)
    Task.everything.with_row().get(pk=b.pk).restore()
    assert column(project) == ["a", "c", "b"]
