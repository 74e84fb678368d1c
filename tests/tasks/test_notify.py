import pytest

from notifications.models import Email
from portal.actor import acting
from tasks import notify, services
from tasks.models import Activity
from tasks.signal_handlers import muted
from tests.factories import make_member, make_task


def told():
    return sorted(Email.objects.values_list("template", "to_address"))


def test_a_request_tells_the_visitor_and_the_managers(project, amara, tomasz):
    services.open_request(project=project, title="x", name="Samir", email="s@mail.example")
    assert told() == [("request-new", amara.email), ("request-received", "s@mail.example")]


def test_a_visitor_without_an_address_is_no_obstacle(project):
    services.open_request(project=project, title="x", name="Samir")
    assert told() == []


def test_an_owner_is_told_of_the_task(project, amara, tomasz):
    services.create_task(project=project, user=amara, title="x", owner=tomasz)
    assert told() == [("task-assigned", tomasz.email)]


def test_nobody_is_told_of_what_they_did(project, amara):
    with acting(amara):
        task = services.create_task(project=project, user=amara, title="x", owner=amara)
        services.add_comment(task=task, user=amara, body="note")
        services.complete_task(task=task, user=amara)
    assert told() == []


def test_a_comment_tells_owner_requester_and_who_talked_once_each(
    project, amara, tomasz, mei, vera
):
    task = make_task(project, owner=tomasz, requester=tomasz)
    Email.objects.all().delete()
    services.add_comment(task=task, user=mei, body="first")
    assert told() == [("task-commented", tomasz.email)]
    Email.objects.all().delete()
    services.add_comment(task=task, user=amara, body="second")
    assert told() == sorted([("task-commented", tomasz.email), ("task-commented", mei.email)])


def test_a_guest_hears_no_more_of_a_task_they_gave_away(project, amara, tomasz):
    guest = make_member(project, "guest")
    task = make_task(project, owner=guest)
    services.add_comment(task=task, user=guest, body="I cannot do this.")
    services.change_task(task=task, user=amara, owner=tomasz)
    Email.objects.all().delete()
    services.add_comment(task=task, user=amara, body="Between us.")
    assert told() == [("task-commented", tomasz.email)]


def test_completing_tells_the_visitor_and_the_team(project, asked, amara, tomasz):
    with acting(amara):
        services.accept_request(task=asked, user=amara, owner=tomasz)
    Email.objects.all().delete()
    with acting(tomasz):
        services.complete_task(task=asked, user=tomasz)
    assert told() == [("request-completed", "samir@mail.example")]


def test_an_owner_who_left_the_project_is_not_told(project, amara, tomasz):
    task = make_task(project, owner=tomasz)
    tomasz.memberships.all().delete()
    Email.objects.all().delete()
    with acting(amara):
        services.complete_task(task=task, user=amara)
    assert told() == []


@pytest.mark.parametrize("kind", ["created", "commented", "changed"])
def test_telling_twice_owes_nothing_twice(project, amara, tomasz, asked, kind):
    with acting(amara):
        services.accept_request(task=asked, user=amara, owner=tomasz)
        services.add_comment(task=asked, user=amara, body="On Monday.")
    before = told()
    for activity in Activity.objects.filter(kind=kind):
        notify.tell(activity)
    assert told() == before
    assert before


def test_nobody_is_told_of_loaded_history(project, amara, tomasz):
    with muted():
        make_task(project, owner=tomasz)
    assert told() == []
    make_task(project, owner=tomasz)
    assert told() == [("task-assigned", tomasz.email)]
