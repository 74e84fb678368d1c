"""No address is forgotten: each stands in the table, or somebody else answers for it."""

from tests.authorisation.routes import ELSEWHERE, Route, elsewhere, routes
from tests.authorisation.table import CELLS, PROFILES, ROUTES
from tests.source import ROOT

IN_TABLE = {cell.name for cell in CELLS}
ADVICE = """
{name} ({path}) stands in no table. Add to ROUTES_TEXT in tests/authorisation/table.py:
{name:34}<what its address names>  <profile for GET>  <profile for POST>
with "-" for a method it refuses. Data it needs goes into `_special` in addresses.py."""


def missing(found):
    return [one for one in found if one.name not in IN_TABLE and not elsewhere(one)]


def test_every_route_stands_in_the_table():
    lines = [ADVICE.format(name=one.name or "?", path=one.path) for one in missing(routes())]
    assert not lines, "".join(lines)


def test_a_new_route_would_be_missed():
    assert missing([Route("tasks:explode", "tasks/<task_key:key>/explode/")])


def test_the_table_names_no_route_that_is_gone():
    assert IN_TABLE - {one.name for one in routes()} == set()


def test_what_is_left_to_others_exists():
    used = {elsewhere(one) for one in routes()}
    assert ELSEWHERE.keys() - used == set()


def test_those_others_exist():
    named = {word.strip(",;:") for why in ELSEWHERE.values() for word in why.split() if "/" in word}
    paths = {word for word in named if word.startswith("tests/")}
    assert paths and [path for path in paths if not (ROOT / path).exists()] == []


def test_every_profile_is_used():
    used = {what.partition(":")[0] for row in ROUTES for what in row[2:]}
    assert PROFILES.keys() - used == set()
