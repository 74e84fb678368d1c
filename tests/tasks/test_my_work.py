from datetime import timedelta

import pytest
from django.utils import timezone

from portal.actor import acting
from tasks import my_work, services
from tests.factories import make_member, make_project, make_task

URL = "/work/"


def due(days):
    return timezone.localdate() + timedelta(days=days)


def group(response, which):
    return {g.id: g for g in response.context["groups"]}[which]


def test_it_asks_to_sign_in(client, db):
    assert client.get(URL)["Location"] == f"/accounts/sign-in/?next={URL}"


@pytest.mark.parametrize(
    ("days", "which"),
    [(-1, "overdue"), (0, "today"), (1, "week"), (7, "week"), (8, "later"), (None, "none")],
)
def test_it_puts_a_task_where_its_date_belongs(client, project, tomasz, days, which):
    task = make_task(project, owner=tomasz, due_on=None if days is None else due(days))
    client.force_login(tomasz)
    response = client.get(URL)
    assert group(response, which).tasks == [task]
    assert my_work.group_of(task) == which


def test_it_orders_by_date_then_priority(client, project, tomasz):
    late = make_task(project, owner=tomasz, due_on=due(-1), priority=1)
    normal = make_task(project, owner=tomasz, due_on=due(-3), priority=3)
    urgent = make_task(project, owner=tomasz, due_on=due(-3), priority=1)
    client.force_login(tomasz)
    assert group(client.get(URL), "overdue").tasks == [urgent, normal, late]


def test_it_leaves_out_what_is_done_or_somebody_elses(client, project, tomasz, mei):
    make_task(project, "done", owner=tomasz)
    make_task(project, owner=mei)
    client.force_login(tomasz)
    response = client.get(URL)
    assert not any(g.tasks for g in response.context["groups"])
    assert b"Nothing here yet" not in response.content
    assert b"All done" in response.content


def test_who_is_new_reads_what_will_stand_here(client, project, tomasz):
    client.force_login(tomasz)
    assert b"Nothing here yet" in client.get(URL).content


def test_it_shows_what_waits_for_others(client, project, tomasz, mei):
    with_mei = make_task(project, requester=tomasz, owner=mei)
    make_task(project, requester=tomasz, owner=tomasz)
    client.force_login(tomasz)
    assert client.get(URL).context["waiting"].tasks == [with_mei]


def test_it_shows_new_requests_to_who_triages(client, amara, tomasz, asked):
    client.force_login(amara)
    assert client.get(URL).context["requests"].tasks == [asked]
    client.force_login(tomasz)
    response = client.get(URL)
    assert response.context["requests"].tasks == []
    assert asked.title.encode() not in response.content


def test_it_shows_what_others_did_to_my_tasks(client, project, tomasz, mei):
    task = make_task(project, owner=tomasz)
    services.add_comment(task=task, user=mei, body="On my way.")
    services.add_comment(task=task, user=tomasz, body="Thanks.")
    client.force_login(tomasz)
    texts = [e.activity.actor_name + " " + e.text for e in client.get(URL).context["recent"]]
    assert texts[0] == "Mei-Ling Chan commented"
    assert not any(text.startswith("Tomasz") for text in texts)


def test_it_shows_fifty_and_leads_to_more(client, project, tomasz):
    for _ in range(51):
        make_task(project, owner=tomasz)
    client.force_login(tomasz)
    response = client.get(URL)
    undated = group(response, "none")
    assert (len(undated.tasks), undated.count) == (50, "50+")
    assert b"?group=none" in response.content
    assert len(client.get(URL, {"group": "none"}).context["group"].tasks) == 51


def test_it_knows_no_other_groups(client, tomasz):
    client.force_login(tomasz)
    assert client.get(URL, {"group": "nonsense"}).status_code == 404


def test_it_offers_only_projects_i_may_add_to(client, project, mei):
    make_member(make_project("READ"), "viewer")
    make_project("SEEN", visibility="signed_in")
    client.force_login(mei)
    assert [p.key for p in client.get(URL).context["quick"].projects] == ["REP"]


def test_it_keeps_a_former_members_tasks_to_itself(client, project, tomasz):
    make_task(project, owner=tomasz, title="Left behind")
    tomasz.memberships.all().delete()
    client.force_login(tomasz)
    assert b"Left behind" not in client.get(URL).content


def test_the_assigned_task_stands_first_when_it_is_most_pressing(client, project, amara, tomasz):
    make_task(project, owner=tomasz, due_on=due(3))
    with acting(amara):
        task = make_task(project, owner=tomasz, due_on=due(0), title="Newly given")
    client.force_login(tomasz)
    shown = [t for g in client.get(URL).context["groups"] for t in g.tasks]
    assert shown[0] == task
