"""Hostile targets on every parameter that leads somebody on. All of them end on this site."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.limits.models import Bucket

HOSTILE = [
    "//evil.example", "///evil.example", "////evil.example", "/////evil.example",
    "//evil.example/%2f..", "//evil.example\\@testserver", "//evil%2eexample", "//\u0435vil.example",
    "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\\/evil.example", "\\/\\/evil.example",
    "https://evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example",
    "http:evil.example", "http:///evil.example", "HTTPS://EVIL.EXAMPLE", "ftp://evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
    "javascript://testserver/%0aalert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd",
    "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r/evil.example", "\x00//evil.example",
    " //evil.example", "\u00a0//evil.example", "/\x0b/evil.example", "\ufeff//evil.example",
    "http://testserver@evil.example", "http://testserver:x@evil.example", "//testserver@evil.example",
    "http://testserver.evil.example/", "http://testserver:81/x", "http://testserver//evil.example",
    "http://testserver\\evil.example", "http://testserver%2eevil.example", "http://testserverevil.example",
    "https://testserver:80@evil.example", "http://testserver#@evil.example", "http://testserver?@evil.example",
    "evil.example", "evil.example/x", "%2f%2fevil.example/", "／／evil.example", "http:／／evil.example",
    "/%0d%0aLocation:%20//evil.example\r\nLocation: //evil.example", "//[::1]", "//127.1", "//0x7f.1",
    "http://[evil.example", "x" * 5000 + "://evil.example",
]  # fmt: skip
OWN = {"/work/", "/accounts/new-password/"}


@pytest.fixture
def server(client, auth):
    """An Auth server that lets everybody in."""
    auth.settings = (200, {"external": {"google": True}})
    auth.answers = {
        "POST /token": (200, auth.session()),
        "POST /verify": (200, auth.session()),
        "POST /otp": (200, {}),
        "POST /recover": (200, {}),
        "POST /resend": (200, {}),
        "POST /signup": (200, auth.session()),
    }
    return auth


EMAIL = {"email": "ada@lindencourt.example"}
ENTERING = {
    "/accounts/sign-in/": EMAIL | {"password": "x"},
    "/accounts/sign-up/": EMAIL | {"name": "Ada", "password": "three odd words"},
    "/auth/confirm": {"token_hash": "abc", "type": "email"},
    "/accounts/code/": {"digits": "123456"},
}
MAILING = {
    "/accounts/sign-in-link/": EMAIL,
    "/accounts/forgotten-password/": EMAIL,
    "/accounts/resend/": EMAIL | {"purpose": "signup"},
}


def test_the_corpus_is_large_enough():
    assert len(set(HOSTILE)) >= 48


@pytest.mark.parametrize("address", ENTERING)
@pytest.mark.parametrize("where", ["body", "query"])
def test_coming_in_leads_nowhere_else(client, server, address, where):
    for target in HOSTILE:
        server.answers["POST /token"] = (200, server.session())
        client.logout()
        forget_limits()
        if address == "/accounts/code/":
            client.post("/accounts/sign-in-link/", EMAIL)
        in_body = {"next": target} if where == "body" else {}
        in_query = {} if where == "body" else {"next": target}
        answer = client.post(address, ENTERING[address] | in_body, query_params=in_query)
        assert at_home(answer["Location"]), target


@pytest.mark.parametrize("address", MAILING)
def test_mails_lead_nowhere_else(client, server, address):
    for target in HOSTILE:
        server.requests.clear()
        forget_limits()
        answer = client.post(address, MAILING[address] | {"next": target}, follow=True)
        assert "evil" not in str(server.requests).lower(), target
        assert answer.context["next"] == ""
        assert answer.redirect_chain == [("/accounts/check-your-mail/", 302)]


def test_a_provider_leads_nowhere_else(client, server):
    for target in HOSTILE:
        forget_limits()
        address = client.post("/accounts/social/google/", {"next": target}).context["address"]
        back = dict(parse_qsl(urlsplit(address).query))["redirect_to"]
        assert "evil" not in address.lower()
        answer = client.get(
            back.removeprefix("http://testserver"), query_params={"code": "x"} | flow_of(back)
        )
        assert at_home(answer["Location"]), target


@pytest.mark.parametrize("address", ["/accounts/sign-in/", "/auth/callback", "/"])
def test_pages_lead_somebody_signed_in_nowhere_else(ada, client, address):
    for target in HOSTILE:
        session = client.session
        session.pop("sent_on", None)
        session.save()
        answer = client.get(address, {"next": target, "redirect_to": target, "flow": target})
        assert answer.status_code in (200, 302, 404)
        assert at_home(answer.headers.get("Location", "/work/")), target


@pytest.mark.parametrize("address", [*ENTERING, *MAILING, "/accounts/check-your-mail/"])
def test_no_page_repeats_a_hostile_target(client, server, address):
    client.post("/accounts/sign-in-link/", EMAIL)
    for target in HOSTILE:
        answer = client.get(address, {"next": target, "token_hash": "a", "type": "email"})
        if answer.context is not None:
            if answer.status_code != 405:  # the page that says so leads nowhere at all
                assert answer.context["next"] == "", target
            assert "evil.example" not in answer.content.decode()


def flow_of(address):
    return dict(parse_qsl(urlsplit(address).query))


def at_home(location):
    return location in OWN


def forget_limits():
    Bucket.objects.all().delete()
