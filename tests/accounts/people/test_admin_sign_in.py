"""The admin has one way in: the portal's. Who may not enter reads why."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests import factories

SAMPLES = {"int": "1", "uuid": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "slug": "x", "str": "x"}
OPEN = ("sprite/", "jsi18n/", "login/", "password_reset/", "logout/")


def admin_paths(resolver=None, prefix="/"):
    """Every address under /admin/ that is written without regular expressions."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = str(pattern.pattern)
        for kind, sample in SAMPLES.items():
            while f"<{kind}:" in route:
                before, _, after = route.partition(f"<{kind}:")
                route = before + sample + after.partition(">")[2]
        if any(sign in route for sign in "^$(<"):
            continue
        if isinstance(pattern, URLResolver):
            yield from admin_paths(pattern, prefix + route)
        elif isinstance(pattern, URLPattern) and (prefix + route).startswith("/admin/"):
            yield prefix + route


PATHS = sorted({path for path in admin_paths() if not path[7:].startswith(OPEN)})


def test_there_are_many_paths():
    assert len(PATHS) > 150 and "/admin/people/users/" in PATHS


def test_members_are_led_to_the_reason_from_everywhere(client, db):
    client.force_login(factories.make_user())
    for path in PATHS:
        for send in (client.get, client.post):
            response = send(path)
            led = response.status_code == 302 and response.url.startswith("/accounts/sign-in/")
            assert led or response.status_code == 403, (path, response.status_code)


def test_members_read_why_and_never_go_round_in_circles(client, db):
    client.force_login(factories.make_user())
    for path in PATHS[::20]:
        for send in (client.get, client.post):
            response = send(path, follow=True)
            assert response.status_code == 403 and len(response.redirect_chain) <= 3
    assert "Only editors may open" in response.content.decode()
    assert "You do not have permission" not in response.content.decode()


def test_background_requests_are_refused_at_once(client, db):
    client.force_login(factories.make_user())
    for path in PATHS[::5]:
        for send in (client.get, client.post):
            response = send(path, headers={"X-Requested-With": "XMLHttpRequest"})
            assert response.status_code == 403, (path, response.status_code)


def test_visitors_are_led_to_the_portals_sign_in(client, db):
    for path in PATHS:
        response = client.get(path)
        assert response.status_code == 302, path
        assert response.url.startswith("/accounts/sign-in/?next=/admin/"), (path, response.url)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/password_reset/",
        "/admin/password_reset/done/",
        "/admin/password_reset/confirm/x/y/",
        "/admin/password_reset/complete/",
    ],
)
def test_the_stock_password_screens_are_off(client, as_helen, path):
    for visitor in (client, as_helen):
        assert visitor.get(path).status_code == 404
        assert visitor.post(path, {"email": "x@y.example"}).status_code == 404


def test_the_stock_sign_in_is_off(client, helen):
    helen.set_password("four-unusual-long-words")
    helen.save()
    form = {"username": helen.username, "password": "four-unusual-long-words"}
    for path in ("/admin/login/", "/_util/login/"):
        response = client.post(path, form)
        assert response.status_code == 302 and response.url == "/accounts/sign-in/"
        assert "_auth_user_id" not in client.session
