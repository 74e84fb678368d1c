"""Signing in through a social provider, as far as the portal decides."""

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.entry import social as flows
from accounts.models import AuditEntry, User

START, BACK = "/accounts/social/google/", "/auth/callback"


@pytest.fixture
def offered(auth):
    auth.settings = (200, {"external": {"email": True, "google": True, "github": True, "x": False}})
    auth.answers["POST /token"] = (200, auth.session())
    return auth


def begin(client, **more):
    """Press the button; return (flow id, what the Auth server is told)."""
    address = client.post(START, more).context["address"]
    told = dict(parse_qsl(urlsplit(address).query))
    return dict(parse_qsl(urlsplit(told["redirect_to"]).query))["flow"], told


def test_the_pages_offer_what_the_auth_server_offers(client, offered):
    for page in ("/accounts/sign-in/", "/accounts/sign-up/"):
        html = client.get(page).content.decode()
        assert html.index("Continue with GitHub") < html.index("Continue with Google")
        assert "Continue with X" not in html
    assert offered.settings_asked == 1


@pytest.mark.parametrize("answer", [(500, {}), (200, []), (200, "<p>"), (200, {"external": 1})])
def test_the_pages_have_no_buttons_when_the_settings_are_unknown(client, auth, answer):
    auth.settings = answer
    page = client.get("/accounts/sign-in/")
    assert page.status_code == 200
    assert "Continue with" not in page.content.decode()


def test_it_sends_the_browser_to_the_auth_server_with_a_challenge(client, offered):
    address = client.post(START).context["address"]
    flow, told = begin(client)
    assert address.startswith(f"{offered.url}/authorize?")
    assert told["provider"] == "google"
    assert told["redirect_to"] == f"http://testserver/auth/callback?flow={flow}"
    verifier = client.session[flows.PENDING][flow][1]
    digest = hashlib.sha256(verifier.encode()).digest()
    assert told["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert told["code_challenge_method"] == "s256"
    assert len(verifier) == 64 and verifier not in str(told)


@pytest.mark.parametrize("provider", ["facebook", "x", "email", "nonsense"])
def test_it_hides_providers_that_are_not_offered(client, offered, provider):
    assert client.post(f"/accounts/social/{provider}/").status_code == 404


def test_it_begins_only_by_a_protected_post(offered, client):
    assert client.get(START).status_code == 405
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403


def test_a_client_cannot_fill_the_table_of_sessions(offered, db):
    answers = [Client().post(START) for _ in range(35)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 5
    assert int(answers[-1]["Retry-After"]) > 0
    assert Session.objects.count() == 30


def test_it_signs_in_and_goes_on(client, offered):
    flow, _ = begin(client, next="/projects/")
    verifier = client.session[flows.PENDING][flow][1]
    answer = client.get(BACK, {"flow": flow, "code": "abc"})
    assert (answer.status_code, answer["Location"]) == (302, "/projects/")
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    call = offered.calls("POST /token")[0]
    assert call["query"] == "grant_type=pkce"
    assert (call["body"]["auth_code"], call["body"]["code_verifier"]) == ("abc", verifier)


def test_a_code_without_a_flow_signs_nobody_in(client, offered):
    for query in ({"code": "abc"}, {"code": "abc", "flow": "guessed"}):
        answer = client.get(BACK, query)
        assert answer.status_code == 400
        assert "Nobody was signed in" in answer.content.decode()
    assert not offered.requests
    assert "_auth_user_id" not in client.session


def test_the_flow_of_another_browser_signs_nobody_in(client, offered):
    flow, _ = begin(Client())
    assert client.get(BACK, {"flow": flow, "code": "abc"}).status_code == 400
    assert not offered.requests


def test_an_answer_counts_once(client, offered):
    flow, _ = begin(client)
    client.get(BACK, {"flow": flow, "code": "abc"})
    again = client.get(BACK, {"flow": flow, "code": "abc"})
    assert (again.status_code, again["Location"]) == (302, "/work/")
    assert len(offered.calls("POST /token")) == 1


def test_two_tabs_both_come_through(client, offered):
    first, _ = begin(client, next="/projects/")
    second, _ = begin(client, next="/work/")
    assert client.get(BACK, {"flow": second, "code": "b"})["Location"] == "/work/"
    assert client.get(BACK, {"flow": first, "code": "a"})["Location"] == "/projects/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_it_keeps_five_flows_at_most(client, offered):
    ids = [begin(client)[0] for _ in range(7)]
    assert list(client.session[flows.PENDING]) == ids[-5:]


def test_a_flow_of_yesterday_is_forgotten(client, offered):
    flow, _ = begin(client)
    session = client.session
    session[flows.PENDING][flow][3] -= flows.LIFETIME_SECONDS + 1
    session.save()
    assert client.get(BACK, {"flow": flow, "code": "abc"}).status_code == 400


def test_it_takes_a_no_for_an_answer(client, offered):
    flow, _ = begin(client, next="/projects/")
    query = {"flow": flow, "error": "access_denied", "error_description": "<b>Evil</b>"}
    answer = client.get(BACK, query, follow=True)
    assert answer.redirect_chain == [("/accounts/sign-in/?next=%2Fprojects%2F#main", 302)]
    assert "You did not go on at Google" in answer.content.decode()
    assert "Evil" not in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("user_banned", 403, "may not sign in"),
        ("signup_disabled", 422, "Nobody can register"),
        ("bad_oauth_state", 410, "took too long"),
        ("provider_email_needs_verification", 422, "open the link in it"),
        ("unexpected_failure", 422, "That did not work"),
        ("", 422, "did not learn who you are"),
    ],
)
def test_it_explains_errors_in_the_address(client, offered, code, status, words):
    flow, _ = begin(client)
    query = {"flow": flow, "error": "server_error", "error_code": code, "error_description": "Evil"}
    answer = client.get(BACK, query)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    assert "Try again with Google" in page
    assert "Evil" not in page


def test_it_shows_what_our_own_hook_said(client, offered):
    flow, _ = begin(client)
    said = "Registration is by invitation. <i>Ask</i> for one."
    query = {"flow": flow, "error": "access_denied", "error_code": "unknown"}
    page = client.get(BACK, query | {"error_description": said}).content.decode()
    assert "Registration is by invitation. &lt;i&gt;Ask&lt;/i&gt; for one." in page


def test_nobody_puts_words_into_our_mouth_without_a_flow(client, offered):
    query = {"error": "access_denied", "error_code": "unknown", "error_description": "Call 0900"}
    assert "0900" not in client.get(BACK, query).content.decode()


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (404, "flow_state_not_found", 410),
        (422, "flow_state_expired", 410),
        (400, "bad_code_verifier", 410),
        (400, "validation_failed", 422),
        (429, "over_request_rate_limit", 429),
        (500, "unexpected_failure", 503),
    ],
)
def test_it_offers_to_try_again_when_the_code_is_refused(client, offered, status, code, expected):
    offered.refuse("POST /token", status, code)
    flow, _ = begin(client, next="/projects/")
    answer = client.get(BACK, {"flow": flow, "code": "abc"})
    assert answer.status_code == expected
    assert f'action="{START}"' in answer.content.decode()
    assert answer.context["next"] == "/projects/"
    assert "_auth_user_id" not in client.session


def test_it_turns_a_banned_person_away(client, offered):
    record = offered.record(banned_until="2999-01-01T00:00:00Z")
    offered.answers["POST /token"] = (200, offered.session(record))
    flow, _ = begin(client)
    assert client.get(BACK, {"flow": flow, "code": "abc"}).status_code == 403
    assert "_auth_user_id" not in client.session


def test_it_writes_failures_down(client, offered):
    flow, _ = begin(client)
    client.get(BACK, {"flow": flow, "error": "x", "error_code": "user_banned"})
    entry = AuditEntry.objects.get(event="sign-in.failed")
    assert entry.details == {"way": "google", "code": "user_banned"}


def test_it_does_nothing_for_a_look_or_a_post(client, offered):
    flow, _ = begin(client)
    for method in (client.head, client.post):
        assert method(f"{BACK}?flow={flow}&code=abc").status_code == 405
    assert not offered.calls("POST /token")


def test_a_stock_link_that_is_old_leads_to_a_new_mail(client, offered):
    answer = client.get(BACK, {"error": "refused", "error_code": "otp_expired"})
    assert answer.status_code == 410
    assert "Send a new link" in answer.content.decode()


@pytest.mark.parametrize("query", ["?code=abc", "?error=server_error&error_code=x&evil=1"])
def test_the_home_page_copes_with_answers_that_went_astray(client, offered, query):
    answer = client.get(f"/{query}")
    assert answer["Location"] == "/auth/callback" + query.removesuffix("&evil=1")
    assert client.get(answer["Location"]).status_code == 400


def test_the_address_that_leads_away_is_the_auth_servers_whatever_was_asked(client, offered):
    for target in ("https://evil.example/", "//evil.example"):
        flow, told = begin(client, next=target)
        assert "evil" not in str(told)
        assert client.get(BACK, {"flow": flow, "code": "abc"})["Location"] == "/work/"
