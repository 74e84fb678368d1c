"""One line becomes a task to be. Nothing here needs the database: what is known is handed in."""

from datetime import date, time
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from tasks.models import Project
from tasks.quick_add import LIMIT, parse

TODAY = date(2026, 11, 26)  # a Thursday
REPAIRS = Project(key="REP", name="Repairs")
GARDEN = Project(key="YARD", name="Courtyard garden")
MEI, TOMASZ, THOMAS = (User(display_name=n) for n in ("Mei-Ling Chan", "Tomasz Łęcki", "Tom Ash"))
DOORS, ALDER = SimpleNamespace(name="Doors"), SimpleNamespace(name="Alder House")


class Known:
    """Repairs has people and labels, the garden has only Mei and none."""

    user = MEI
    projects = (REPAIRS, GARDEN)

    def people(self, project):
        return [MEI, TOMASZ, THOMAS] if project == REPAIRS else [MEI]

    def labels(self, project):
        return [DOORS, ALDER] if project == REPAIRS else []

    def may_give(self, person, project):
        return person == MEI or project == REPAIRS


def read(text, project=REPAIRS, **options):
    return parse(text, user=MEI, today=TODAY, project=project, known=Known(), **options)


def one(text, **options):
    (draft,) = read(text, **options)
    return draft


def test_it_reads_every_marker():
    draft = one("Fix the gate #doors @mei !high ^friday-17:00 /repairs", project=None)
    assert (draft.title, draft.project, draft.owner) == ("Fix the gate", REPAIRS, MEI)
    assert (draft.labels, draft.priority) == ([DOORS], 2)
    assert (draft.due_on, draft.due_time) == (date(2026, 11, 27), time(17))
    assert (draft.hints, draft.errors) == ([], [])


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("@Mei-Ling", MEI),
        ("@mei.ling.chan", MEI),
        ("@chan", MEI),
        ("@me", MEI),
        ("@tomasz", TOMASZ),
        ("@lecki", TOMASZ),
        ("@Tomasz-Łęcki", TOMASZ),
        ("@toma", TOMASZ),
        ("@tom", THOMAS),  # a whole name beats the beginning of another
        ('@"Tom Ash"', THOMAS),
    ],
)
def test_it_finds_people(typed, person):
    assert one(f"Oil hinges {typed}").owner == person


@pytest.mark.parametrize("typed", ["#alder-house", '#"alder house"', "#“Alder House”,", "#ALDER"])
def test_it_finds_labels_of_several_words(typed):
    draft = one(f"Oil {typed} hinges")
    assert (draft.title, draft.labels) == ("Oil hinges", [ALDER])


@pytest.mark.parametrize(
    ("typed", "level"), [("!urgent", 1), ("!1", 1), ("!HIGH", 2), ("!norm", 3), ("!4", 4)]
)
def test_it_reads_priorities(typed, level):
    assert one(f"Oil {typed}").priority == level


@pytest.mark.parametrize("typed", ["/YARD", "/yard", "/courtyard-garden", "/court"])
def test_it_finds_the_project(typed):
    assert one(f"{typed} Prune").project == GARDEN


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("@bob", "No person “@bob” in Repairs. It stays in the title."),
        ("@to", "“@to” may be Tom Ash or Tomasz Łęcki. Type more of it."),
        ("#roof", "No label “#roof” in Repairs. It stays in the title."),
        ("!important", "“!important” is no priority: !urgent, !high, !normal or !low."),
        ("^soon", "“^soon” is no day: ^today, ^friday, ^30.11 or ^+3."),
        ("/roof", "No project “/roof” that you can add to. It stays in the title."),
        ("^fri ^sat", "One date is enough, so “^sat” stays in the title."),
        ("@mei @tom", "One owner is enough, so “@tom” stays in the title."),
        ("100% @b%s", "No person “@b%s” in Repairs. It stays in the title."),
    ],
)
def test_what_it_does_not_understand_stays_with_a_hint(typed, hint):
    draft = one(f"Oil {typed} hinges")
    assert draft.hints == [hint]
    assert typed.split()[-1] in draft.title


def test_who_may_only_create_gives_it_to_nobody_else():
    known = Known()
    known.may_give = lambda person, project: person == MEI
    (draft,) = parse("Oil @tomasz", user=MEI, today=TODAY, project=REPAIRS, known=known)
    assert (draft.title, draft.owner) == ("Oil @tomasz", None)
    assert draft.hints == ["In Repairs you can give tasks only to yourself, not “@tomasz”."]


def test_people_and_labels_are_those_of_the_line_s_project():
    draft = one("Prune @tomasz #doors /yard")
    assert draft.title == "Prune @tomasz #doors"
    assert [hint.split("”")[0] for hint in draft.hints] == [
        "No person “@tomasz",
        "No label “#doors",
    ]


def test_the_owner_handed_in_holds_until_another_is_named():
    assert one("Oil", owner=MEI).owner == MEI
    assert one("Oil @tomasz", owner=MEI).owner == TOMASZ
    assert one("Oil @nobody", owner=MEI).owner is None


@pytest.mark.parametrize(
    "text",
    ["Learn C# and a/b", "Write to bob@mail.example", "5 ^ 2 ! @ # /", "!!! ## //", "x^friday"],
)
def test_it_leaves_words_that_only_hold_such_a_sign(text):
    draft = one(text)
    assert (draft.title, draft.hints) == (text, [])


def test_a_backslash_keeps_a_marker_in_the_title():
    draft = one(r"Print \#doors and \^today")
    assert (draft.title, draft.labels, draft.due_on) == ("Print #doors and ^today", [], None)


def test_the_sentence_s_punctuation_goes_with_the_marker():
    draft = one("Ask @mei, then oil (^friday).")
    assert (draft.title, draft.owner) == ("Ask then oil (^friday).", MEI)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("- Oil\n* Prune\r\n\n  - [ ] Paint\n[x] Sweep", ["Oil", "Prune", "Paint", "Sweep"]),
        ("1. Oil\n2) Prune\n- ", ["Oil", "Prune"]),
        ("3. floor: lamp", ["3. floor: lamp"]),
        ("-5 degrees\n2026. plan", ["-5 degrees", "2026. plan"]),
        (" \n\t\n", []),
    ],
)
def test_each_line_is_a_task(text, titles):
    assert [draft.title for draft in read(text)] == titles


def test_each_line_has_its_own_markers():
    first, second = read("Oil !high\nPrune /yard")
    assert (first.priority, first.project) == (2, REPAIRS)
    assert (second.priority, second.project) == (3, GARDEN)


def test_it_takes_fifty_lines_and_says_so():
    assert len(read("\n".join(["Oil"] * LIMIT))) == LIMIT
    with pytest.raises(ValidationError, match="You wrote 51 tasks. Add up to 50 at a time."):
        read("\n".join(["Oil"] * (LIMIT + 1)))


def test_markers_alone_make_no_task():
    assert one("@mei !high").errors == ["“@mei !high” has no title. Add some words."]
    assert one("x" * 201).errors == ["The title has 201 characters. Use up to 200."]


WORDS = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1).filter(
    lambda word: word[0] not in '#@!^/\\-*+•–[0123456789"“”„'
)


@given(st.text())
def test_no_text_makes_it_fall_over(text):
    try:
        drafts = read(text)
    except ValidationError:
        return
    assert all(draft.title or draft.errors for draft in drafts)


@given(st.lists(st.sampled_from([*'#@!^/\\"“” .:-+0129', "mei", "fri", "nov", "do", "\n"])))
def test_no_mixture_of_signs_makes_it_fall_over(parts):
    assert all(draft.title or draft.errors for draft in read("".join(parts)[:200]))


@given(
    st.lists(WORDS, min_size=1),
    st.lists(st.sampled_from(["@mei", "#doors", "!high", "^fri", "/rep", "@bob", "#roof"])),
    st.randoms(),
)
def test_every_other_word_stays_in_its_order(words, markers, random):
    line = list(words)
    for marker in markers:
        line.insert(random.randint(0, len(line)), marker)
    left = one(" ".join(line)).title.split()
    assert [word for word in left if word not in markers] == " ".join(words).split()
