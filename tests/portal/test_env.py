"""Readers of the environment: typed, and loud when a value cannot be used."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env

NAME = "PORTAL_TEST_VARIABLE"


@pytest.fixture
def given(monkeypatch):
    return lambda value: monkeypatch.setenv(NAME, value)


def test_it_reads_text_and_trims_it(given):
    given("  words ")
    assert env.text(NAME) == "words"


@pytest.mark.parametrize("value", ["", "   "])
def test_it_names_a_required_variable_that_is_empty(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.text(NAME)
    assert env.text(NAME, "default") == "default"


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("False", False), ("", False)])
def test_it_reads_flags(given, value, expected):
    given(value)
    assert env.flag(NAME) is expected


@pytest.mark.parametrize("value", ["yes", "1", "on", "treu"])
def test_it_refuses_other_words_for_flags(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.flag(NAME)


def test_it_reads_whole_numbers_and_refuses_others(given):
    given("25")
    assert env.number(NAME, 1) == 25
    given("")
    assert env.number(NAME, 1) == 1
    given("2.5")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.number(NAME, 1)


def test_it_reads_lists_without_blanks(given):
    given("a, b,,")
    assert env.names(NAME) == ["a", "b"]
    given("v1,whsec_x|v1,whsec_y")
    assert env.names(NAME, separator="|") == ["v1,whsec_x", "v1,whsec_y"]


def test_it_gives_sqlite_what_several_writers_need(given):
    given("sqlite:////tmp/x.sqlite3")
    options = env.database(NAME, "")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE" and options["timeout"] >= 5
    assert "journal_mode=WAL" in options["init_command"]


def test_it_lets_a_transaction_pooler_stand_before_postgresql(given):
    given("postgres://user:word@db.example:5432/portal")
    entry = env.database(NAME, "")
    assert entry["DISABLE_SERVER_SIDE_CURSORS"] and entry["CONN_HEALTH_CHECKS"]
    assert (entry["HOST"], entry["NAME"]) == ("db.example", "portal")


def test_it_names_a_database_address_it_cannot_read_without_showing_it(given):
    given("nonsense://user:secret-word@host/name")
    with pytest.raises(ImproperlyConfigured, match=NAME) as caught:
        env.database(NAME, "")
    assert "secret-word" not in str(caught.value)
