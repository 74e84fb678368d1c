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
