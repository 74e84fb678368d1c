"""What is offered while "@to" or "#bike" is typed in a text."""

import pytest

from tests.factories import make_member, make_task
from tests.tasks.test_query_counts import cost

URL = "/tasks/names/"


def offered(client, typed, project="REP"):
    page = client.get(URL, {"project": project, "q": typed})
    assert page.status_code == 200
    return [part.partition('"')[0] for part in page.content.decode().split('data-insert="')[1:]]


@pytest.fixture
def signed_in(client, mei, amara, tomasz):
    client.force_login(mei)
    return client


@pytest.mark.parametrize("typed", ["@tom", "@Tomasz Z", "@ziel", "@TOMASZ zielinski", "@ Tom"])
def test_people_are_found_by_the_beginning_of_a_name(signed_in, typed):
    assert offered(signed_in, typed) == ["@Tomasz Zielinski"]


def test_an_at_alone_offers_who_is_there_but_readers(signed_in, vera, otto):
    names = ["@Amara Okafor", "@Mei-Ling Chan", "@Tomasz Zielinski"]
    assert offered(signed_in, "@") == names
    assert offered(signed_in, "@otto") == []


def test_tasks_are_found_by_number_and_by_words(signed_in, project):
    door, lamp = make_task(project, title="Bike door"), make_task(project, title="Bike lamp")
    assert offered(signed_in, "#bike") == [lamp.key, door.key]
    assert offered(signed_in, f"#{door.number}") == [door.key]


@pytest.mark.parametrize(
    "typed", ["", "#", "x", "@\x00", "#\x00", "#999999999999", "#²", "@%", "#_"]
)
def test_odd_words_find_no_task_and_break_nothing(signed_in, task, typed):
    assert [name for name in offered(signed_in, typed) if not name.startswith("@")] == []


def test_it_offers_only_tasks_one_sees(signed_in, asked, charlie):
    make_task(charlie.memberships.get().project, title="Entry of others")
    assert offered(signed_in, "#entry") == []


def test_it_is_hidden_from_strangers_and_refused_to_readers(client, project, charlie, vera):
    for who, status in ((charlie, 404), (vera, 403)):
        client.force_login(who)
        assert client.get(URL, {"project": "REP", "q": "@a"}).status_code == status
    assert client.post(URL).status_code == 405


def test_on_a_task_it_offers_who_can_read_it(signed_in, project, task):
    guest, watcher = (make_member(project, "guest", f"Tom {n}") for n in ("Away", "Watching"))
    task.watches.create(user=watcher)
    page = signed_in.get(URL, {"project": "REP", "q": "@tom", "task": task.key}).content.decode()
    assert [str(one) in page for one in (guest, watcher)] == [False, True]
    assert "@Tomasz Zielinski" in page


def test_among_the_team_it_offers_the_team(client, project, task, mei, amara, tomasz):
    query = {"project": "REP", "q": "@", "task": task.key, "audience": "team"}
    client.force_login(tomasz)
    page = client.get(URL, query).content.decode()
    assert [str(one) in page for one in (mei, amara, tomasz)] == [False, True, True]
    client.force_login(mei)
    assert client.get(URL, query).status_code == 403


def test_of_a_hidden_task_it_tells_nothing(signed_in, project, asked, charlie):
    other = make_task(charlie.memberships.get().project)
    for key in (asked.key, other.key, "REP-999", "x\x00"):
        query = {"project": "REP", "q": "@a", "task": key}
        assert signed_in.get(URL, query).status_code == 404


def test_in_a_new_request_it_offers_who_answers_it(client, asked, amara, tomasz):
    client.force_login(amara)
    query = {"project": "REP", "q": "@", "task": asked.key}
    page = client.get(URL, query).content.decode()
    assert [str(one) in page for one in (amara, tomasz)] == [True, False]


def test_names_are_text(signed_in, project):
    make_member(project, "member", '<b>"Bo"')
    make_task(project, title="<script>")
    assert offered(signed_in, "@b bo") == ["@&lt;b&gt;&quot;Bo&quot;"]
    page = signed_in.get(URL, {"project": "REP", "q": "#script"}).content.decode()
    assert "&lt;script&gt;" in page and "<script" not in page


@pytest.mark.parametrize("typed", ["@p", "%23t"])
def test_many_cost_what_few_do(signed_in, project, typed):
    page, costs = f"{URL}?project=REP&q={typed}", set()
    for many in (1, 20):
        for _n in range(many):
            make_member(project, "member")
            make_task(project)
        costs.add(cost(signed_in, page))
    assert len(costs) == 1
