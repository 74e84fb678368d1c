"""Headers of every answer: policy, and who may keep a copy."""

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.middleware import PrivateResponseMiddleware


@pytest.fixture
def signed_in(client, amara):
    client.force_login(amara)
    return client


def answer_to(view, cookies: dict[str, str] | None = None) -> HttpResponse:
    """Return what the middleware makes of ``view``'s answer, with a real session behind it."""
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies or {})
    return PrivateResponseMiddleware(SessionMiddleware(view))(request)


def reads_session(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"user {request.session.get('_auth_user_id')}")


def test_it_sends_a_strict_policy_on_the_site(client, db):
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy and "object-src 'none'" in policy and "base-uri 'none'" in policy


def test_it_sends_the_policy_with_errors_too(client, db):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404 and "default-src 'self'" in answer["Content-Security-Policy"]


def test_it_relaxes_the_policy_only_under_the_admin(client, db):
    assert "'unsafe-inline'" in client.get("/admin/")["Content-Security-Policy"]
    assert "unsafe" not in client.get("/administrators/")["Content-Security-Policy"]


@pytest.mark.parametrize("header", ["X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"])
def test_it_sends_the_usual_protections(client, db, header):
    assert client.get("/")[header]


def test_it_lets_caches_keep_what_everybody_gets(client, db):
    answer = client.get("/")
    assert answer.status_code == 200
    assert not answer.cookies and "Cache-Control" not in answer


def test_it_keeps_a_signed_in_persons_pages_out_of_caches(signed_in):
    control = signed_in.get("/work/")["Cache-Control"]
    assert "private" in control and "no-store" in control


def test_it_is_public_without_a_session_though_the_page_asked_who_is_there(db):
    assert "Cache-Control" not in answer_to(reads_session)


def test_it_is_private_when_the_session_was_used(db):
    assert "no-store" in answer_to(reads_session, {"sessionid": "x" * 32})["Cache-Control"]


def test_it_is_public_when_a_session_was_sent_but_not_used(db):
    assert "Cache-Control" not in answer_to(lambda request: HttpResponse(), {"sessionid": "x" * 32})


def test_it_is_private_when_it_sets_a_cookie(db):
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.set_cookie("theme", "dark")
        return response

    assert "no-store" in answer_to(view)["Cache-Control"]


def test_it_respects_what_the_view_decided(db):
    def view(request: HttpRequest) -> HttpResponse:
        request.session.get("anything")
        return HttpResponse(headers={"Cache-Control": "private, max-age=60"})

    assert answer_to(view, {"sessionid": "x" * 32})["Cache-Control"] == "private, max-age=60"
