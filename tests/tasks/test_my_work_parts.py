"""The parts of My work: what I help with, review, was named in, asked for; hours and zones."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tasks import my_work, services
from tasks.models import Activity, Comment, Mention, Task
from tests.factories import make_member, make_project, make_task, make_user
from tests.tasks.conftest import HTMX

URL = "/work/"


def due(days):
    return timezone.localdate() + timedelta(days=days)


def tasks_in(user, which):
    return {group.id: group.tasks for group in my_work.work_of(user).groups}[which]


def test_it_shows_what_i_help_with(project, tomasz, mei):
    task = make_task(project, owner=tomasz, due_on=due(0))
    task.set_collaborators([mei])
    assert tasks_in(mei, "today") == [task]
    assert tasks_in(tomasz, "today") == [task]


def test_what_i_own_and_help_with_stands_once(project, mei):
    task = make_task(project, owner=mei, due_on=due(0))
    task.set_collaborators([mei])
    assert tasks_in(mei, "today") == [task]


def test_what_i_own_and_what_i_help_with_are_one_list(project, tomasz, mei):
    mine = make_task(project, owner=mei, due_on=due(-1))
    helped = make_task(project, owner=tomasz, due_on=due(-2))
    helped.set_collaborators([mei])
    assert tasks_in(mei, "overdue") == [helped, mine]


def test_what_i_asked_for_and_help_with_waits_for_nobody_else(project, tomasz, mei):
    task = make_task(project, owner=tomasz, requester=mei)
    assert my_work.work_of(mei).waiting.tasks == [task]
    task.set_collaborators([mei])
    assert my_work.work_of(mei).waiting.tasks == []


def test_it_shows_what_waits_for_my_review(project, tomasz, mei):
    task = make_task(project, "review", owner=mei, reviewer=tomasz)
    make_task(project, "doing", owner=mei, reviewer=tomasz)
    assert tasks_in(tomasz, "review") == [task]
    assert my_work.work_of(mei).waiting.tasks == [task]


def test_it_leaves_out_what_is_in_the_bin_or_archived(project, mei):
    make_task(project, owner=mei).delete()
    make_task(project, owner=mei, archived_at=timezone.now())
    assert not any(group.tasks for group in my_work.work_of(mei).groups)


@pytest.mark.parametrize(
    ("minutes", "which"), [(-1, "overdue"), (1, "today"), (24 * 60, "week"), (9 * 24 * 60, "later")]
)
def test_an_hour_counts(project, mei, minutes, which):
    at = timezone.now() + timedelta(minutes=minutes)
    if which == "today" and timezone.localdate(at) != timezone.localdate():
        pytest.skip("It is nearly midnight.")
    task = make_task(project, owner=mei, due_on=timezone.localdate(at), due_at=at)
    assert tasks_in(mei, which) == [task]
    assert my_work.group_of(task) == which


@pytest.mark.parametrize(
    ("zone", "which"), [("Pacific/Kiritimati", "week"), ("Pacific/Pago_Pago", "today")]
)
def test_a_day_is_the_reader_s_own(project, mei, zone, which):
    with timezone.override(ZoneInfo(zone)):
        here = timezone.localtime()
        at = here.replace(hour=23, minute=59, second=59)
        if which == "week":
            at += timedelta(minutes=1)
        task = make_task(
            project, owner=mei, due_on=at.astimezone(ZoneInfo("UTC")).date(), due_at=at
        )
        assert tasks_in(mei, which) == [task]
        assert my_work.group_of(task) == which


def mention(task, user, author, **fields):
    comment = services.add_comment(task=task, user=author, body="Look, @mei", **fields)
    Mention.objects.filter(task=task, user=user).delete()
    return Mention.objects.create(task=task, comment=comment, user=user)


def test_it_shows_mentions_until_they_are_put_away(client, task, mei, tomasz):
    row = mention(task, mei, tomasz)
    client.force_login(mei)
    assert client.get(URL).context["mentions"].tasks == [row]
    assert client.get(URL).context["mentions"].tasks == [row]  # looking puts nothing away
    for _ in range(2):
        response = client.post(f"/work/mentions/{row.pk}/dismiss/", headers=HTMX)
        assert "The mention is put away." in response.content.decode()
    assert client.get(URL).context["mentions"].tasks == []


def test_a_mention_shows_words_and_leads_to_its_comment(client, task, mei, tomasz):
    comment = services.add_comment(task=task, user=tomasz, body="**Look**, @Mei-Ling")
    client.force_login(mei)
    page = client.get(URL).content.decode()
    assert "Look, @Mei-Ling</p>" in page
    assert f'href="/tasks/REP-1/#c-{comment.pk.hex}"' in page


def test_nobody_puts_away_the_mention_of_another(client, task, mei, tomasz):
    row = mention(task, mei, tomasz)
    client.force_login(tomasz)
    assert client.post(f"/work/mentions/{row.pk}/dismiss/").status_code == 404
    assert my_work.mentions(mei).tasks == [row]


def test_a_mention_i_may_not_read_is_not_shown(task, mei, amara, tomasz):
    mention(task, mei, amara, audience=Comment.Audience.TEAM)
    assert my_work.mentions(mei).tasks == []
    tomasz_s = mention(task, tomasz, amara, audience=Comment.Audience.TEAM)
    assert my_work.mentions(tomasz).tasks == [tomasz_s]


def test_a_mention_on_a_task_i_no_longer_see_is_not_shown(task, mei, tomasz):
    mention(task, mei, tomasz)
    mei.memberships.all().delete()
    assert my_work.mentions(mei).tasks == []


def test_what_the_team_says_is_not_told_to_others(task, mei, tomasz):
    services.change_task(task=task, user=tomasz, owner=mei)
    services.add_comment(task=task, user=tomasz, body="x", audience=Comment.Audience.TEAM)
    told = my_work.recent(mei, [task])
    assert [entry.activity.kind for entry in told if entry.activity.comment] == []


def test_one_change_of_two_tasks_is_told_of_each(project, mei):
    tasks = [make_task(project, owner=mei) for _ in range(2)]
    change = tasks[0].pk
    for task in tasks:
        Activity.objects.create(
            task=task, change_id=change, kind="changed", field="title", actor_name="Jo"
        )
    told = [e.activity.task for e in my_work.recent(mei, tasks) if e.activity.change_id == change]
    assert {task.pk for task in told} == {task.pk for task in tasks}


@pytest.fixture
def sent(project, mei):
    """A request that Mei sent through a form."""
    return services.open_request(
        project=project, title="Dripping tap", name="Mei", requester=mei
    ).task


def state(user):
    return [line.state for line in my_work.my_requests(my_work.work_of(user).requested).tasks]


def test_my_requests_say_in_plain_words_how_they_stand(sent, mei, amara, tomasz):
    assert state(mei) == ["Not answered yet"]
    services.accept_request(task=sent, user=amara)
    assert state(mei) == ["Accepted, nobody has it yet"]
    task = Task.objects.with_row().get(pk=sent.pk)
    services.change_task(task=task, user=amara, owner=tomasz, due_on=due(1))
    assert state(mei) == ["Tomasz does it by Tomorrow"]
    services.complete_task(task=task, user=amara)
    assert state(mei) == ["Done: Just now"]


def test_a_declined_request_says_why(sent, mei, amara):
    services.decline_request(task=sent, user=amara, reason="Not ours.")
    assert state(mei) == ["Declined: Not ours."]


def test_an_answered_request_goes_after_two_weeks(sent, mei, amara):
    services.decline_request(task=sent, user=amara, reason="Not ours.")
    Task.objects.filter(pk=sent.pk).backdate(
        sent.created_at, sent.updated_at, closed_at=timezone.now() - timedelta(days=15)
    )
    assert state(mei) == []


def test_a_new_request_that_was_put_off_waits_for_its_day(sent, amara):
    assert my_work.new_requests(amara).tasks == [sent]
    services.snooze_request(task=sent, user=amara, until=due(2))
    assert my_work.new_requests(amara).tasks == []


def test_others_tasks_are_not_mine(project, mei, tomasz):
    stranger = make_user("Otto Else")
    make_task(make_project("OTH"), owner=stranger)
    make_task(project, owner=tomasz)
    make_member(project, "viewer")
    assert not any(group.tasks for group in my_work.work_of(mei).groups)


def test_what_i_added_and_nobody_has_waits_for_somebody(client, project, mei):
    task = make_task(project, requester=mei, title="Find a plumber")
    assert my_work.work_of(mei).waiting.tasks == [task]
    client.force_login(mei)
    page = client.get("/work/").content.decode().partition('id="waiting"')[2]
    assert "Find a plumber" in page
    assert "Nobody has it yet, no date" in page
