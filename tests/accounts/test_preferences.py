"""Time zone, language and colours take effect everywhere, and cost no query."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.template import Context, Template
from django.utils import timezone

from accounts import audit
from accounts.profile import preferences
from notifications.models import Email
from notifications.outbox import build
from notifications.rendering import current_brand
from tests import factories

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def shown(user) -> str:
    with preferences.of(user):
        return Template("{{ at|full_time }}").render(Context({"at": NOON}))


def test_it_shows_times_of_the_portal_to_people_who_chose_nothing(mei):
    assert shown(mei) == "Wednesday 1 July 2026, 13:00"


@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("Asia/Tokyo", "en-gb", "Wednesday 1 July 2026, 21:00"),
        ("Asia/Tokyo", "en-us", "Wednesday, July 1, 2026, 9:00 PM"),
        ("America/New_York", "", "Wednesday 1 July 2026, 08:00"),
        ("No/Where", "xx", "Wednesday 1 July 2026, 13:00"),
        ("../../etc/passwd", "", "Wednesday 1 July 2026, 13:00"),
    ],
)
def test_it_shows_times_as_people_chose(mei, zone, language, words):
    mei.time_zone, mei.language = zone, language
    assert shown(mei) == words


def page_of(client, user, **chosen) -> str:
    for name, value in chosen.items():
        setattr(user, name, value)
    user.save()
    client.force_login(user)
    return client.get("/account/").text


def test_a_page_is_in_the_persons_time(client, mei):
    page = page_of(client, mei, time_zone="Pacific/Kiritimati")
    assert "+14:00" in page
    assert timezone.get_current_timezone_name() == "Europe/London"  # nothing leaks


def test_a_page_is_in_the_persons_words(client, mei, project):
    factories.make_task(project, owner=mei)
    mei.language = "en-us"
    mei.save()
    client.force_login(mei)
    now = timezone.localtime()
    assert f"{now:%A}, {now:%B} {now.day}" in client.get("/work/").text


def test_it_costs_no_query(rf, mei, django_assert_num_queries):
    request = rf.get("/", headers={"Cookie": "sessionid=x"})
    request.user, request.session = mei, SessionStore()
    with django_assert_num_queries(0):
        preferences.PreferencesMiddleware(lambda request: HttpResponse())(request)


def test_visitors_cost_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz/live")


def test_pictures_of_pages_stay_in_the_browser(client, mei, settings):
    folder = Path(settings.MEDIA_ROOT) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roof.svg").write_text("<svg/>")
    client.force_login(mei)
    assert not client.get("/media/images/roof.svg").has_header("Cache-Control")


def test_the_colours_come_with_the_account(client, mei):
    mei.theme = "dark"
    mei.save()
    client.force_login(mei)
    assert client.get("/account/").cookies["theme"].value == "dark"
    assert "theme" not in client.get("/account/").cookies  # once is enough
    assert 'data-bs-theme="dark"' in client.get("/account/").text


def test_an_account_that_follows_the_device_leaves_the_cookie(client, mei):
    client.force_login(mei)
    client.cookies["theme"] = "dark"
    assert "theme" not in client.get("/account/").cookies


def test_the_menu_keeps_the_colours_with_the_account(client, mei):
    client.force_login(mei)
    answer = client.post(
        "/account/theme/", {"theme": "dark"}, headers={"X-Requested-With": "fetch"}
    )
    mei.refresh_from_db()
    assert answer.status_code == 204 and mei.theme == "dark"
    assert answer.cookies["theme"].value == "dark"


def test_the_menu_works_without_script(client, mei):
    client.force_login(mei)
    answer = client.post("/account/theme/", {"theme": "light", "next": "/work/"})
    assert answer.url == "/work/" and answer.cookies["theme"].value == "light"


def test_as_my_device_forgets_the_cookie(client, mei):
    client.force_login(mei)
    answer = client.post("/account/theme/", {"theme": "auto"})
    assert answer.cookies["theme"]["max-age"] == 0


def test_the_menu_refuses_other_words_methods_and_strangers(client, mei):
    assert client.post("/account/theme/", {"theme": "dark"}).url.startswith("/accounts/sign-in/")
    client.force_login(mei)
    assert client.get("/account/theme/").status_code == 405
    assert client.post("/account/theme/", {"theme": "pink"}).status_code == 422


def test_the_menu_does_not_lead_elsewhere(client, mei):
    client.force_login(mei)
    answer = client.post("/account/theme/", {"theme": "dark", "next": "https://evil.example/"})
    assert answer.url == "/account/"


def test_mails_are_in_the_recipients_time(mei):
    mei.time_zone, mei.language = "Asia/Tokyo", "en-us"
    mei.save()
    audit.record("export.ready", target=mei.pk, until=NOON.isoformat())
    message = build(Email.objects.get(), current_brand())
    assert "Until: Wednesday, July 1, 2026, 9:00 PM" in message.body
