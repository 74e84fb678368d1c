"""Every event that the audit log may hold has words, and no words are left over."""

import ast
import re
from collections.abc import Iterator

import pytest

from accounts.people.event_words import WORDS, in_words
from notifications.account_mails import NOTICES
from tests import source

EVENT = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
RECORDERS = {"record", "record_many", "record_sampled", "_record", "_done"}


def recorded(module: ast.Module) -> Iterator[str]:
    """Yield the events that a module writes: in the calls, and in the names it hands to them."""
    nodes = list(ast.walk(module))
    calls = [node for node in nodes if isinstance(node, ast.Call) and called(node) in RECORDERS]
    inside = [each for call in calls for each in ast.walk(call)]
    names = {each.id for each in inside if isinstance(each, ast.Name)}
    kept = [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        and {getattr(each, "id", "") for each in node.targets} & names
    ]
    for each in [*inside, *(part for value in kept for part in ast.walk(value))]:
        value = getattr(each, "value", None)
        if isinstance(value, str) and EVENT.fullmatch(value):
            yield value


def called(call: ast.Call) -> str:
    """Return the last part of what is called: "record" for `audit.record(…)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def everything_recorded() -> set[str]:
    files = source.python_files("accounts", "notifications", "tasks", "home")
    return {event for path in files for event in recorded(source.tree(path))}


def test_every_recorded_event_has_words():
    events = everything_recorded()
    assert "sign-in.done" in events and events - WORDS.keys() == set()


def test_no_words_are_left_of_events_that_are_gone():
    assert WORDS.keys() - everything_recorded() == set()


def test_mails_are_about_events_that_are_recorded():
    assert NOTICES.keys() - WORDS.keys() == set()


@pytest.mark.parametrize(
    "line",
    [
        'audit.record("cat.fed", target=person.pk)',
        'audit.record_sampled("cat.fed")',
        'audit.record_many(("cat.fed" if hungry else "dog.fed", pk, {}) for pk in all)',
        '_record("cat.fed" if created else "cat.weighed", rule)',
        'FED = "cat.fed"; audit.record(FED)',
        'event = "cat.weighed" if before else "cat.fed"; _record(event, rule)',
    ],
)
def test_the_rule_sees_every_way_to_record(line):
    assert "cat.fed" in set(recorded(ast.parse(line)))


def test_an_event_without_words_is_shown_as_it_is():
    assert in_words("cat.fed") == "cat.fed"


def test_the_rule_leaves_other_names_alone():
    assert set(recorded(ast.parse('HOST = "portal.invalid"; audit.record(event)'))) == set()
