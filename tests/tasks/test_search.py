"""Who finds what, by which words. The same on both databases."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks import services
from tasks.models import Comment, Label, SearchEntry, Task
from tasks.search import index
from tasks.search.candidates import MARKERS, Limits, candidates
from tasks.search.find import find, reach_of
from tasks.search.words import normal
from tests.factories import make_member, make_project, make_task, make_user
from tests.tasks.test_two_at_once import everywhere


def titles(user, question, **options):
    return [task.title for task in find(user, question, **options).tasks]


def comment(task, body, audience="everyone"):
    row = Comment(task=task, author_name="Mei", body=body, audience=audience)
    row.save()
    return row


@pytest.mark.parametrize(
    "question",
    [
        "bike",
        "BIKE door",
        "clo",
        "1",
        "bi do clos",
        "'bike'",
        "bike & door | !",
        "(bike)",
        "bïke:*",
    ],
)
def test_the_beginnings_of_all_its_words_find_a_task(task, vera, question):
    assert titles(vera, question) == [task.title]


@pytest.mark.parametrize(
    "question", ["", " ", '"', "ike", "bike window", "%", "_", "\\", "#", "\ud800", "\x00", "& |"]
)
def test_other_words_do_not_find_it(task, vera, question):
    assert titles(vera, question) == []


def test_accents_and_case_do_not_matter(project, vera):
    make_task(project, title="Ärger mit ŁÓDŹ und Straße, e\u0301tage")
    for question in ("arger", "Ärger", "lodz", "STRASSE", "étage", "etage"):
        assert len(titles(vera, question)) == 1, question


def test_description_labels_files_and_comments_are_searched(task, vera, tomasz, photo):
    services.change_task(task=task, user=tomasz, body="The *hinge* is loose")
    task.set_labels([Label.objects.create(project=task.project, name="Carpentry")])
    comment(task, "Ask the locksmith")
    task.attachments.create(name="invoice-april.pdf", content_type="application/pdf", size=1)
    for question in ("hinge", "carpen", "locksmith", "invoice april", "hinge locksmith pdf"):
        assert titles(vera, question) == [task.title], question


def test_a_title_ranks_above_a_comment(project, vera):
    late = make_task(project, title="Pump")
    comment(make_task(project, title="Cellar"), "the pump again")
    assert titles(vera, "pump") == [late.title, "Cellar"]


def test_what_is_said_otherwise_or_taken_away_is_not_found_any_more(task, vera, tomasz):
    row = comment(task, "Ask the locksmith")
    row.body = "Ask the joiner"
    row.save()
    services.change_task(task=task, user=tomasz, title="Bike store gate")
    assert titles(vera, "locksmith") == titles(vera, "door") == []
    assert titles(vera, "joiner gate") == ["Bike store gate"]
    row.delete()
    assert titles(vera, "joiner") == []
    row.restore()
    assert titles(vera, "joiner") == ["Bike store gate"]


def test_a_deleted_task_is_not_found_until_it_is_restored(task, amara):
    task.delete()
    assert titles(amara, "bike") == []
    assert not SearchEntry.objects.exists()
    task.restore()
    assert titles(amara, "bike") == [task.title]


def test_a_deleted_file_and_a_removed_label_are_not_found(task, vera):
    file = task.attachments.create(name="plan.pdf", content_type="application/pdf", size=1)
    task.set_labels([Label.objects.create(project=task.project, name="Carpentry")])
    file.delete()
    task.set_labels([])
    assert titles(vera, "plan") == titles(vera, "carpentry") == []


def test_archived_tasks_are_found_but_are_not_open(task, vera):
    task.archived_at = task.created_at
    task.save()
    assert titles(vera, "bike") == [task.title]
    assert titles(vera, "bike", state="open") == []


def test_a_state_narrows(project, vera):
    make_task(project, title="pump one")
    make_task(project, "done", title="pump two")
    assert titles(vera, "pump", state="open") == ["pump one"]
    assert titles(vera, "pump", state="done") == ["pump two"]


def test_a_project_narrows(project, task, vera):
    other = make_project("OWN", visibility="signed_in")
    make_task(other, title="Bike")
    assert len(titles(vera, "bike")) == 2
    assert titles(vera, "bike", project=other) == ["Bike"]


def test_a_task_that_moves_takes_its_readers_along(task, vera, charlie):
    own = charlie.memberships.get().project
    task.project, task.status = own, own.first_status("todo")
    task.save()
    assert titles(vera, "bike") == []
    assert titles(charlie, "bike") == [task.title]


# Rights: "canary" stands where each person must not find it ----------------------------------


def test_nobody_finds_what_is_in_projects_of_others(project, task, charlie, otto):
    comment(make_task(project, title="canary"), "canary")
    assert titles(charlie, "canary") == titles(otto, "canary") == []


def test_members_do_not_find_what_only_the_team_says(task, amara, tomasz, mei, vera):
    comment(task, "canary seen by everyone")
    comment(task, "The offer is 300 francs", "team")
    assert titles(mei, "francs") == titles(vera, "francs") == []
    assert titles(mei, "everyone") == [task.title]
    for person in (amara, tomasz, make_user(is_superuser=True)):
        assert titles(person, "francs canary bike") == [task.title]


def test_when_the_team_takes_its_word_back_one_entry_is_left(task, tomasz):
    row = comment(task, "francs", "team")
    assert SearchEntry.objects.count() == 2
    row.delete()
    assert titles(tomasz, "francs") == []
    assert titles(tomasz, "bike") == [task.title]
    assert SearchEntry.objects.get().for_team


def test_a_guest_finds_what_they_have_a_part_in_and_no_more(project):
    guest = make_member(project, "guest")
    make_task(project, title="canary of others")
    mine = make_task(project, title="canary of mine", owner=guest)
    comment(mine, "secret", "team")
    assert titles(guest, "canary") == ["canary of mine"]
    assert titles(guest, "secret") == []


def test_a_new_request_is_found_by_managers_and_who_asked(project, amara, tomasz, mei):
    make_task(project, "triage", title="canary", requester=mei)
    assert titles(amara, "canary") == titles(mei, "canary") == ["canary"]
    assert titles(tomasz, "canary") == []


# The whole against a small reference ---------------------------------------------------------

LETTERS = st.sampled_from(
    ["a", "b", "ab", "ä", "B", "ß", "1", "12", " ", "-", "_", "%", "'", "\\", "#", ":", "日", "ł"]
)
TEXT = st.lists(LETTERS, max_size=12).map("".join)


def reference(question, text):
    """Every word of the question is the beginning of a word of the text; in other words."""

    def split(value):
        return "".join(c if c.isalnum() else " " for c in normal(value)).split()

    asked = split(question)
    return bool(asked) and all(any(w.startswith(a) for w in split(text)) for a in asked)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    corpus=st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=5),
    questions=st.lists(TEXT, min_size=1, max_size=6),
)
def test_both_databases_find_what_the_reference_finds(project, tomasz, mei, corpus, questions):
    SearchEntry.objects.all().delete()
    rows = []
    for title, body, said, team in corpus:
        task = make_task(project, title=title, body=body)
        comment(task, said)
        comment(task, team, "team")
        rows.append((task, f"{title} {task.number} {body} {said}", team))
    for question in questions:
        for person, reads in ((mei, False), (tomasz, True)):
            texts = {task.pk: f"{text} {team if reads else ''}" for task, text, team in rows}
            expected = {pk for pk, text in texts.items() if reference(question, text)}
            assert {task.pk for task in find(person, question).tasks} == expected


def test_the_reference_itself_tells_apart():
    assert reference("PU va", "valve, pump")
    assert not reference("ump", "pump") and not reference("", "pump")


def words_of(project, count):
    tasks = [make_task(project, title=f"pump {'rare' * (n < 3)} {n}") for n in range(count)]
    return [task.pk for task in tasks]


def postgres_takes(limits, words, *people):
    """Return the tasks that each person's search looks at, latest last, and whether more match."""
    for person in people:
        hits, more = candidates(words, reach_of(person), limits)
        yield {hit.task_id for hit in hits}, more


@pytest.fixture
def postgres(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite reads every text: run the suite with DATABASE_URL for PostgreSQL.")


@pytest.mark.postgres
def test_a_common_word_is_looked_for_among_the_latest(postgres, project, tomasz):
    pks = words_of(project, 20)
    boss = make_user(is_superuser=True)
    limits = Limits(
        sample=10, common=0.5, many=-100, latest=8, enough=1
    )  # -100: nothing was analyzed
    for taken in postgres_takes(limits, ["pump"], boss, tomasz):
        assert taken == (set(pks[-8:]), True)


@pytest.mark.postgres
def test_among_few_tasks_a_common_word_is_looked_for_in_all(postgres, project, tomasz):
    pks = words_of(project, 8)
    words_of(make_project(), 8)
    limits = Limits(sample=10, common=0.5, many=-100, latest=10, enough=1)
    assert list(postgres_takes(limits, ["pump"], tomasz)) == [(set(pks), False)]


@pytest.mark.postgres
def test_beyond_the_limit_the_latest_are_among_those_taken(postgres, project, tomasz):
    pks = words_of(project, 20)
    limits = Limits(most=5, latest=3)
    for taken, more in postgres_takes(limits, ["pump"], make_user(is_superuser=True), tomasz):
        assert more and len(taken) == 5 and set(pks[-3:]) & taken


@pytest.mark.postgres
def test_who_is_in_many_projects_finds_without_markers(postgres, project):
    person = make_user()
    for number in range(MARKERS + 1):
        make_project(f"M{number}").memberships.create(user=person, role="viewer")
    words_of(project, 1)
    mine = make_task(person.memberships.first().project, title="pump")
    assert [task.pk for task in find(person, "pump").tasks] == [mine.pk]


def test_all_pages_together_hold_each_once(project, vera):
    for number in range(60):
        make_task(project, title=f"pump {number % 7}")
    seen, after = [], ""
    for _page in range(3):
        found = find(vera, "pump", after=after)
        seen += [task.pk for task in found.tasks]
        after = found.next
    assert len(seen) == len(set(seen)) == 60 and after == ""


def test_writing_again_changes_nothing(task, vera):
    comment(task, "francs", "team")
    before = set(SearchEntry.objects.values_list("pk", flat=True))
    index.write([task])
    assert set(SearchEntry.objects.values_list("pk", flat=True)) == before
    assert titles(vera, "bike") == [task.title]


@pytest.mark.django_db(transaction=True)
def test_what_two_people_say_at_once_is_both_found():
    task = make_task(make_project("REP"))
    boss = make_user(is_superuser=True)

    def say(word):
        return lambda: [comment(Task.objects.get(pk=task.pk), f"{word}{n}") for n in range(10)]

    everywhere([say("left"), say("right")])
    for number in range(10):
        assert find(boss, f"left{number} right{number}").tasks == [task]
