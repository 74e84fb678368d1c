"""What the portal remembers of GET /settings, and that no page waits for it."""

import socket
import time

import pytest

from accounts.supabase import social


@pytest.fixture
def remembered():
    return social.RememberedSettings()


def test_it_asks_once_and_remembers(auth, remembered):
    auth.settings = (200, {"external": {"google": True, "email": True}, "disable_signup": True})
    for _ in range(3):
        assert remembered.get() == social.ServerSettings(("google",), registration_open=False)
    assert auth.settings_asked == 1


def test_it_keeps_what_it_knew_through_an_outage(auth, remembered):
    auth.settings = (200, {"external": {"google": True}})
    remembered.get()
    remembered.known_at -= social.FRESH_SECONDS + 1
    remembered.tried_at -= social.PAUSE_SECONDS + 1
    auth.settings = (500, {})
    assert remembered.get().providers == ("google",)
    remembered.asking.join()
    assert remembered.get().providers == ("google",)


def test_it_forgets_after_a_day(auth, remembered):
    auth.settings = (200, {"external": {"google": True}})
    remembered.get()
    remembered.known_at -= social.STALE_SECONDS + 1
    auth.settings = (500, {})
    assert remembered.get().providers == ()


def test_it_learns_of_changes_in_the_background(auth, remembered):
    remembered.get()
    remembered.known_at -= social.FRESH_SECONDS + 1
    remembered.tried_at -= social.PAUSE_SECONDS + 1
    auth.settings = (200, {"external": {"github": True}})
    remembered.get()
    remembered.asking.join()
    assert remembered.get().providers == ("github",)


def test_it_pauses_after_a_failure(auth, remembered):
    auth.settings = (400, {"code": "x"})
    for _ in range(5):
        remembered.get()
    assert auth.settings_asked == 1


def test_nobody_waits_longer_than_a_second(settings, remembered):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.SUPABASE_AUTH_URL = f"http://127.0.0.1:{silent.getsockname()[1]}/auth/v1"
        began = time.monotonic()
        assert remembered.get().providers == ()
        assert time.monotonic() - began < social.PATIENCE_SECONDS + 0.5


@pytest.mark.parametrize("name", ["../evil", "a b", "", "x/y", "é", "a:b"])
def test_it_shows_no_names_that_are_none(auth, remembered, name):
    auth.settings = (200, {"external": {name: True, "google": True}})
    assert remembered.get().providers == ("google",)
