"""Who hears of review, mentions, comments of the team, and tasks that are free again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Email
from portal.actor import acting
from tasks import services
from tasks.models import Mention, Relation, Watch
from tests.factories import make_member, make_task
from tests.tasks.test_notify import told


@pytest.fixture
def task(project, amara):
    with acting(amara):
        task = make_task(project)
        Email.objects.all().delete()
        yield task


def test_the_reviewer_is_told_when_it_is_their_turn(task, project, amara, mei):
    services.change_task(task=task, user=amara, reviewer=mei)
    assert told() == []
    services.complete_task(task=task, user=amara)
    assert told() == [("task-review", mei.email)]


def test_a_collaborator_is_told(task, amara, tomasz):
    services.set_collaborators(task=task, user=amara, people=[tomasz])
    assert told() == [("task-shared", tomasz.email)]
    services.set_collaborators(task=task, user=amara, people=[])
    assert len(told()) == 1


def test_a_mention_is_told_once_and_stands_on_my_work(task, amara, tomasz):
    comment = services.add_comment(task=task, user=amara, body="@Tomasz, order the pump.")
    assert told() == [("task-mentioned", tomasz.email)]
    assert Mention.objects.get().user == tomasz
    services.edit_comment(comment=comment, user=amara, body="@Tomasz, order it today.")
    assert len(told()) == 1


def test_whoever_cannot_see_the_task_is_not_mentioned(task, project, amara):
    make_member(project, "guest", "Gustav Guest")
    services.add_comment(task=task, user=amara, body="@Gustav, look.")
    assert told() == [] and not Mention.objects.exists()


def test_a_watcher_hears_of_comments_until_they_mute_it(task, project, amara, mei):
    watch = Watch.objects.create(task=task, user=mei)
    services.add_comment(task=task, user=amara, body="One.")
    watch.muted = True
    watch.save()
    services.add_comment(task=task, user=amara, body="Two.")
    assert told() == [("task-commented", mei.email)]


def test_what_only_the_team_reads_is_told_to_the_team_only(task, project, amara, mei, tomasz):
    for person in (mei, tomasz):
        Watch.objects.create(task=task, user=person)
    services.add_comment(task=task, user=amara, body="@Mei, @Tomasz", audience="team")
    assert told() == [("task-mentioned", tomasz.email)]


def test_the_visitor_hears_an_answer_but_not_the_team(asked, amara):
    Email.objects.all().delete()
    with acting(amara):
        services.add_comment(task=asked, user=amara, body="Who pays?", audience="team")
        assert told() == []
        services.add_comment(task=asked, user=amara, body="Which flat is it?")
    mail = Email.objects.get()
    assert (mail.template, mail.to_address) == ("request-answered", "samir@mail.example")


def test_a_merged_request_says_so(asked, project, amara):
    other = make_task(project)
    Email.objects.all().delete()
    with acting(amara):
        assert services.merge_request(task=asked, user=amara, into=other)
        assert not services.merge_request(task=asked, user=amara, into=other)
    assert told() == [("request-merged", "samir@mail.example")]


def test_an_owner_hears_that_nothing_holds_it_up(task, project, amara, tomasz):
    waiting = make_task(project, owner=tomasz)
    Relation(source=task, target=waiting, kind="blocks").save()
    Email.objects.all().delete()
    services.complete_task(task=task, user=amara)
    assert told() == [("task-unblocked", tomasz.email)]


def test_a_comment_costs_the_same_however_many_watch(task, project, amara):
    services.add_comment(task=task, user=amara, body="The first one makes its author watch.")
    costs = []
    for watchers in (1, 10):
        for _ in range(watchers):
            Watch.objects.create(task=task, user=make_member(project))
        with CaptureQueriesContext(connection) as queries:
            services.add_comment(task=task, user=amara, body="Hello all.")
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert Email.objects.count() == 1 + 11
