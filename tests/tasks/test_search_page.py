import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Comment, Task
from tasks.search import index
from tests.factories import make_project, make_task
from tests.tasks.conftest import HTMX
from tests.tasks.test_query_counts import fill

URL = "/work/search/"


def page(client, user, **query):
    client.force_login(user)
    return client.get(URL, query)


def test_it_says_how_to_search_when_nothing_is_typed(client, task, vera):
    response = page(client, vera)
    assert b"Find a task" in response.content
    assert b"autofocus" in response.content


def test_it_marks_what_was_found(client, task, vera):
    response = page(client, vera, q="bik do")
    assert (
        "<mark>Bike</mark> store <mark>door</mark> <mark>does</mark> not"
        in response.content.decode()
    )


def test_it_says_where_the_words_stand(client, task, vera):
    Comment(task=task, author_name="Mei", body="Ask the locksmith").save()
    text = page(client, vera, q="bike locks").content.decode()
    assert "Comment by Mei:" in text and "Ask the <mark>locksmith</mark>" in text


def test_an_excerpt_shows_no_markdown(client, task, vera):
    filler = "Much else. " * 200
    body = f"{filler}\n\n- **Ask** the [locksmith](https://keys.example/), _soon_\n\n{filler}"
    Comment(task=task, author_name="Mei", body=body).save()
    text = page(client, vera, q="bike locks").content.decode()
    assert "Ask the <mark>locksmith</mark>, soon" in text
    assert "keys.example" not in text and "**" not in text


def test_it_escapes_before_it_marks(client, project, vera):
    make_task(project, title="<b>pump</b>", body="<script>valve</script> & more")
    text = page(client, vera, q="pump valve b script").content.decode()
    assert "&lt;<mark>b</mark>&gt;<mark>pump</mark>" in text
    assert "<mark>valve</mark>&lt;/" in text and "<script>valve" not in text


def test_it_shows_no_words_of_the_team_to_others(client, task, mei, tomasz):
    Comment(task=task, author_name="Amara", body="bike francs", audience="team").save()
    Comment(task=task, author_name="Amara", body="bicycle").save()
    assert "francs" not in page(client, mei, q="bike bicycle").content.decode()
    assert "<mark>francs</mark>" in page(client, tomasz, q="bike francs").content.decode()


@pytest.mark.parametrize("key", ["REP-1", "rep-1", " rep 1 "])
def test_a_key_leads_straight_to_its_task(client, task, vera, charlie, key):
    assert page(client, vera, q=key).url == "/tasks/REP-1/"
    assert page(client, charlie, q=key).status_code == 200


def test_a_key_waits_for_enter_while_somebody_types(client, task, vera):
    client.force_login(vera)
    response = client.get(URL, {"q": "REP-1"}, headers=HTMX)
    assert b'href="/tasks/REP-1/"' in response.content and b"<html" not in response.content


def test_a_former_key_leads_to_the_task_too(client, task, vera):
    task.project.key = "FIX"
    task.project.save()
    assert page(client, vera, q="REP-1").url == "/tasks/FIX-1/"


def test_it_narrows_to_a_project_that_one_sees(client, project, task, vera, charlie):
    assert b"Search in Repairs" in page(client, vera, q="bike", project="REP").content
    assert page(client, charlie, q="bike", project="REP").status_code == 404


def test_it_tells_nothing_matches_apart_and_offers_a_way_on(client, project, task, vera):
    assert b"Clear" in page(client, vera, q="zebra").content
    assert b"Search in all projects" in page(client, vera, q="zebra", project="REP").content
    assert b"Search in all tasks" in page(client, vera, q="bike", show="done").content
    assert b"Nothing to look for" in page(client, vera, q='"').content


def test_it_marks_archived_tasks(client, task, vera):
    task.archived_at = task.created_at
    task.save()
    assert b"Archived" in page(client, vera, q="bike").content


HARD = ["\x00", "bike\x00", "\ud800", '"', "'", "\\", "%", "a" * 10_000, "a " * 5_000, "':* & |"]


@pytest.mark.parametrize("question", HARD, ids=range(len(HARD)))
def test_it_answers_whatever_is_typed(client, task, vera, question):
    assert page(client, vera, q=question.encode("utf-8", "surrogatepass")).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"show": "none"},
        {"project": "\x00"},
        {"project": "NONE"},
        {"after": "x"},
        {"after": "1_2026-01-01_x"},
        {"after": "1_0001-01-01T00:00+14:00_00000000-0000-4000-8000-000000000000"},
    ],
)
def test_a_broken_address_is_not_found(client, task, vera, query):
    assert page(client, vera, q="bike", **query).status_code == 404


def test_it_only_reads(client, task, vera):
    client.force_login(vera)
    assert client.post(URL, {"q": "bike"}).status_code == 405


def test_it_loads_more_and_pages_without_javascript(client, project, vera):
    for _number in range(30):
        make_task(project, title="pump")
    first = page(client, vera, q="pump", show="open")
    url = first.context["more_url"]
    more = client.get(URL + url, headers=HTMX)
    assert len(first.context["hits"]) == 25 and len(more.context["hits"]) == 5
    assert b"<html" not in more.content
    assert b"Back to the best" in client.get(URL + url).content


def test_it_costs_the_same_at_1000_as_at_10(client, project, amara):
    make_task(project)
    client.force_login(amara)
    counts = []
    for many, start in ((10, 100), (980, 200)):  # beyond 1,000 matches it asks twice more
        fill(project, amara, many, start)
        index.write(Task.objects.filter(number__gte=start))
        client.get(URL, {"q": "task"})
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(URL, {"q": "task"}).context["hits"]) >= 9
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_people_search_in_what_they_see(client, project, task, vera):
    make_task(make_project("OTH"), title="bike of others")
    assert [hit.task for hit in page(client, vera, q="bike").context["hits"]] == [task]
