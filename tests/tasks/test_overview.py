"""How a project is doing, and who sees what of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from portal.actor import acting
from tasks import services
from tasks.models import Comment, Project, Task
from tasks.projects import overview
from tests.factories import make_member, make_project, make_task
from tests.tasks.test_query_counts import cost, fill

URL = "/projects/REP/overview/"


def fresh(project):
    return Project.objects.prefetch_related("statuses").get(pk=project.pk)


def past(project, created, done=None, category="todo"):
    """Make a task that is ``created`` days old and was done ``done`` days ago."""
    now = timezone.now()
    task = make_task(project, category if done is None else "done")
    times = {"completed_at": now - timedelta(days=done)} if done is not None else {}
    rows = Task.objects.filter(pk=task.pk)
    rows.backdate(now - timedelta(days=created), now, **times)
    return task


def test_weeks_start_as_the_language_says():
    with translation.override("en-gb"):
        assert overview.week_starts(date(2026, 11, 26), 2) == [
            date(2026, 11, 16),
            date(2026, 11, 23),
        ]
    with translation.override("en-us"):
        assert overview.week_starts(date(2026, 11, 22), 1) == [date(2026, 11, 22)]


def test_it_counts_what_came_and_what_was_done(project):
    past(project, created=15, done=1)
    past(project, created=1)
    past(project, created=200)
    past(project, created=1, category="cancelled")
    past(project, created=1, category="triage")
    weeks = overview.weeks(fresh(project))
    assert (sum(w.created for w in weeks), sum(w.done for w in weeks)) == (2, 1)
    assert (weeks[0].scope, weeks[0].done_by_then) == (1, 0)
    assert (weeks[-1].scope, weeks[-1].done_by_then) == (3, 1)


@pytest.mark.parametrize(("zone", "week"), [("Pacific/Auckland", 1), ("America/Los_Angeles", 0)])
def test_the_members_time_zone_decides_the_week(project, zone, week):
    # Sunday night in London and noon in Los Angeles, but Monday in Auckland.
    task = make_task(project)
    starts = [date(2026, 11, 16), date(2026, 11, 23)]
    moment = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    Task.objects.filter(pk=task.pk).backdate(moment, moment)
    with timezone.override(zone):
        counts = overview._a_week(Task.objects.all(), "created_at", starts)
    assert counts[week] == 1


def test_the_usual_time_is_the_middle_one(project):
    for days in range(1, 11):
        past(project, created=days + 1, done=1)
    lead = overview.lead_time(project)
    assert (lead.usual_words, lead.long_words, lead.many) == ("6 days", "9 days", 10)


def test_without_anything_done_there_is_no_usual_time(project):
    past(project, created=100, done=95)
    assert overview.lead_time(project) is None


@pytest.mark.parametrize(
    ("hours", "words"), [(0.2, "Under an hour"), (1, "1 hour"), (30, "30 hours"), (60, "2 days")]
)
def test_a_length_of_time_is_one_round_number(hours, words):
    assert overview.span(timedelta(hours=hours)) == words


def test_it_counts_what_is_late_and_what_is_due_soon(project, amara):
    today = timezone.localdate()
    for days in (-3, 0, 7, 8):
        make_task(project, due_on=today + timedelta(days=days))
    make_task(project, "done", due_on=today - timedelta(days=3))
    assert overview.due(fresh(project), amara) == overview.Due("1", "2")


def test_due_next_begins_today(project, amara):
    today = timezone.localdate()
    for days in (2, 0, -1):
        make_task(project, title=f"{days}", due_on=today + timedelta(days=days))
    assert [task.title for task in overview.due_next(fresh(project), amara)] == ["0", "2"]


def test_the_outlook_goes_by_the_last_four_weeks(project):
    weeks = overview.weeks(fresh(project))
    assert overview.outlook(weeks, 0) == "All of it is done."
    assert overview.outlook(weeks, 5) == "Nothing was done in the last four weeks."
    past(project, created=3, done=0)
    weeks = overview.weeks(fresh(project))
    assert "done " in overview.outlook(weeks, 1)
    assert "more than a year" in overview.outlook(weeks, 500)


def test_the_page_says_the_finding_and_has_a_table(client, project, amara):
    past(project, created=2, done=1)
    past(project, created=2)
    client.force_login(amara)
    page = client.get(URL).content.decode()
    assert 'aria-label="1 of 2 tasks done, 50 percent"' in page
    assert "In the last 8 weeks 2 tasks came and 1 was done." in page
    assert page.count("Show as table") == 3


def test_an_empty_project_says_what_will_be_here(client, project, amara):
    client.force_login(amara)
    page = client.get(URL).content.decode()
    assert "No tasks yet" in page
    assert '<svg class="ui-chart' not in page


def test_guests_get_their_part_and_no_totals(client, project, amara):
    guest = make_member(project, "guest")
    today = timezone.localdate()
    make_task(project, title="Not theirs", due_on=today)
    make_task(project, title="Their own", due_on=today, owner=guest)
    client.force_login(guest)
    response = client.get(URL)
    page = response.content.decode()
    assert "Their own" in page
    assert "Not theirs" not in page
    assert "donut" not in response.context


@pytest.mark.parametrize(("role", "many"), [("member", 0), ("contributor", 1)])
def test_recent_activity_leaves_the_teams_talk_to_the_team(project, amara, task, role, many):
    services.add_comment(task=task, user=amara, body="Between us", audience=Comment.Audience.TEAM)
    user = make_member(project, role)
    said = [e for e in overview.recent(fresh(project), user) if e.activity.comment]
    assert len(said) == many


def change_many(tasks, user):
    with acting(user):
        return services.change_many(
            tasks=tasks,
            user=user,
            change=lambda task: services.change_task(task=task, user=user, priority=1),
        )


def test_a_change_of_many_tasks_is_one_line_of_recent_activity(project, amara, mei):
    before = make_task(project, title="before")
    services.add_comment(task=before, user=mei, body="Seen.")
    change_many([make_task(project) for _ in range(40)], amara)
    found = overview.recent(fresh(project), amara)
    assert (found[0].text, found[0].many) == ("changed the priority of 40 tasks", 40)
    assert before in [entry.activity.task for entry in found]
    assert [entry.many for entry in found[1:]] == [0] * (len(found) - 1)


def test_two_tasks_are_told_by_themselves(project, amara):
    change_many([make_task(project) for _ in range(2)], amara)
    found = overview.recent(fresh(project), amara)
    assert [entry.many for entry in found[:2]] == [0, 0]


def test_of_many_tasks_a_guest_hears_of_theirs(project, amara):
    guest = make_member(project, "guest")
    tasks = [make_task(project, requester=guest if n < 3 else None) for n in range(5)]
    change_many(tasks, amara)
    assert overview.recent(fresh(project), guest)[0].many == 3


def test_an_empty_project_leads_on(client, project, amara, vera):
    for user, words in ((amara, "Add members"), (vera, "Go to the list")):
        client.force_login(user)
        page = client.get(URL).content.decode()
        assert words in page
        assert ("Add the first task" in page) == (user == amara)


def test_recent_activity_is_of_this_project_only(project, amara, task):
    make_task(make_project("OTH"))
    assert {e.activity.task for e in overview.recent(fresh(project), amara)} == {task}


def test_strangers_find_nothing(client, project, otto):
    assert client.get(URL)["Location"].startswith("/accounts/sign-in/")
    client.force_login(otto)
    assert client.get(URL).status_code == 404


def test_it_is_only_read(client, project, amara):
    client.force_login(amara)
    assert client.post(URL).status_code == 405


def test_it_costs_the_same_at_1000_as_at_10(client, project, amara):
    make_task(project)
    client.force_login(amara)
    fill(project, amara, 10)
    few = cost(client, URL)
    fill(project, amara, 990, start=200)
    assert cost(client, URL) == few


def test_nothing_counts_all_tasks(client, project, amara):
    """What has no bound is a kept counter: no COUNT(*) but those of a few weeks."""
    make_task(project)
    client.force_login(amara)
    with CaptureQueriesContext(connection) as queries:
        client.get(URL)
    counts = [q["sql"] for q in queries if "COUNT(" in q["sql"] and "tasks_task" in q["sql"]]
    assert all("created_at" in sql or "completed_at" in sql for sql in counts)
