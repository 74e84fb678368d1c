"""Two people edit one property at the same time: nobody's choice is lost without a word."""

import pytest

from tasks.models import Activity, Label, Task
from tests.tasks.conftest import HTMX


def fresh():
    return Task.objects.get(number=1)


def opened(client, name):
    return client.get(f"/tasks/REP-1/{name}/").context["form"].began


def save(client, name, user, **data):
    client.force_login(user)
    return client.post(f"/tasks/REP-1/{name}/", data, headers=HTMX)


@pytest.fixture
def money(project):
    return Label.objects.create(project=project, name="Money")


@pytest.fixture
def safety(project):
    return Label.objects.create(project=project, name="Safety")


@pytest.fixture
def began(client, task, amara):
    """What the editor of a property carries when both of them open it."""
    client.force_login(amara)
    return lambda name: opened(client, name)


def labels():
    return {link.label.name for link in fresh().label_links.all()}


def test_labels_of_both_are_kept(client, began, amara, tomasz, money, safety):
    at = began("labels")
    save(client, "labels", amara, labels=[money.pk], began=at)
    assert save(client, "labels", tomasz, labels=[safety.pk], began=at).status_code == 200
    assert labels() == {"Money", "Safety"}


def test_who_takes_a_label_away_leaves_the_others_addition(
    client, began, task, amara, tomasz, money, safety
):
    task.set_labels([money])
    at = began("labels")
    save(client, "labels", amara, labels=[money.pk, safety.pk], began=at)
    save(client, "labels", tomasz, began=at)
    assert labels() == {"Safety"}


def test_helpers_of_both_are_kept(client, began, amara, tomasz, mei):
    at = began("collaborators")
    save(client, "collaborators", amara, collaborators=[mei.pk], began=at)
    save(client, "collaborators", tomasz, collaborators=[tomasz.pk], began=at)
    assert {row.user for row in fresh().collaborations.all()} == {mei, tomasz}


CASES = {
    "owner": ("owner", lambda p, t, m: (t.pk, m.pk), "Tomasz Zielinski"),
    "reviewer": ("reviewer", lambda p, t, m: (t.pk, m.pk), "Tomasz Zielinski"),
    "priority": ("priority", lambda p, t, m: (1, 3), "Urgent"),
    "due": ("due_on", lambda p, t, m: ("2027-03-01", "2027-03-02"), "1 Mar"),
    "start": ("start_on", lambda p, t, m: ("2027-03-01", "2027-03-02"), "1 Mar"),
    "status": (
        "status",
        lambda p, t, m: (p.first_status("doing").pk, p.first_status("done").pk),
        "In progress",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_second_is_told_and_may_save_again(client, began, project, amara, tomasz, mei, name):
    field, values, words = CASES[name]
    first, second = values(project, tomasz, mei)
    at = began(name)
    assert save(client, name, amara, **{field: first}, began=at).status_code == 200
    kept = getattr(fresh(), field)
    response = save(client, name, tomasz, **{field: second}, began=at)
    assert response.status_code == 409
    said = response.content.decode()
    assert "Amara Okafor set this to " in said and words in said and "Save again" in said
    assert getattr(fresh(), field) == kept
    again = response.context["form"].began
    assert f'name="began" value="{again}"' in said
    assert save(client, name, tomasz, **{field: second}, began=again).status_code == 200
    assert getattr(fresh(), field) != kept


def test_choosing_the_same_is_no_conflict(client, began, amara, tomasz):
    at = began("priority")
    save(client, "priority", amara, priority=1, began=at)
    assert save(client, "priority", tomasz, priority=1, began=at).status_code == 200
    assert Activity.objects.filter(field="priority").count() == 1


def test_what_was_cleared_is_said_to_be_nothing(client, began, task, amara, tomasz):
    task.owner = amara
    task.save()
    at = began("owner")
    save(client, "owner", amara, owner="", began=at)
    response = save(client, "owner", tomasz, owner=tomasz.pk, began=at)
    assert "set this to nothing" in response.content.decode()


def test_a_moment_that_nobody_touched_is_no_conflict(client, began, amara, tomasz):
    save(client, "due", amara, due_on="2027-03-01", due_time="14:30")
    at = opened(client, "due")
    response = save(client, "due", tomasz, due_on="2027-03-02", due_time="09:00", began=at)
    assert response.status_code == 200


def test_without_knowing_where_it_began_the_last_one_wins(
    client, task, amara, tomasz, money, safety
):
    """The control: this is what is lost when nothing is compared."""
    save(client, "labels", amara, labels=[money.pk])
    save(client, "labels", tomasz, labels=[safety.pk])
    assert labels() == {"Safety"}
    save(client, "priority", amara, priority=1)
    assert save(client, "priority", tomasz, priority=3).status_code == 200
    assert fresh().priority == 3


def test_htmx_shows_the_answer(client, task, amara):
    client.force_login(amara)
    page = client.get("/tasks/REP-1/").content.decode()
    assert '{"code":"409","swap":true}' in page
