"""Social sign-in with PKCE: /authorize, the way back, and the exchange of the code."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from tests.contract.client import refusal
from tests.contract.conftest import AUTH_URL

needs_pretended_provider = pytest.mark.skipif(
    bool(AUTH_URL), reason="a real provider asks a person; the stand-in's lets a test answer"
)


def pair():
    """Return (verifier, challenge)."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin(auth, challenge, provider="google", **query):
    """Ask /authorize without a key, as a browser does."""
    query = {
        "provider": provider,
        "code_challenge": challenge,
        "code_challenge_method": "s256",
    } | query
    return auth.http.get(f"{auth.url}/authorize", params=query)


def answer_provider(auth, challenge, **answer):
    """Go through the pretended provider and return where the browser is led."""
    started = begin(auth, challenge, redirect_to="http://portal.example/auth/callback?flow=1")
    query = dict(parse_qsl(urlsplit(started.headers["location"]).query))
    answer = {"state": query["state"], "provider": "google"} | answer
    back = auth.http.get(f"{auth.url}/callback", params=answer)
    assert back.status_code == 302
    return urlsplit(back.headers["location"])


def code_in(place):
    return parse_qs(place.query)["code"][0]


def exchange(auth, code, verifier):
    body = {"auth_code": code, "code_verifier": verifier}
    return auth.call("POST", "/token?grant_type=pkce", json=body)


def test_it_tells_which_providers_are_on(auth):
    external = auth.call("GET", "/settings").json()["external"]
    assert {"google", "github", "azure", "apple"} <= external.keys()
    assert all(isinstance(on, bool) for on in external.values())


@needs_pretended_provider
def test_it_sends_the_browser_to_the_provider(auth):
    answer = begin(auth, pair()[1])
    assert answer.status_code == 302
    page = auth.http.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Continue as Amara Okafor" in page.text


def test_it_refuses_a_provider_that_is_off(auth):
    assert refusal_without_version(begin(auth, pair()[1], "figma")) == (400, "validation_failed")


@pytest.mark.parametrize("challenge", ["short", "x" * 129, "no spaces" * 10])
@needs_pretended_provider
def test_it_refuses_a_challenge_of_another_form(auth, challenge):
    answer = begin(auth, challenge)
    assert refusal_without_version(answer) == (400, "validation_failed")


def refusal_without_version(answer):
    return answer.status_code, answer.json()["error_code"]


@needs_pretended_provider
def test_it_opens_a_session_for_the_holder_of_the_verifier(auth):
    verifier, challenge = pair()
    email = auth.address()
    place = answer_provider(auth, challenge, email=email, name="Ada Byron")
    assert (place.netloc, place.path) == ("portal.example", "/auth/callback")
    assert parse_qs(place.query)["flow"] == ["1"]
    session = exchange(auth, code_in(place), verifier).json()
    user = session["user"]
    assert (user["email"], user["user_metadata"]["full_name"]) == (email, "Ada Byron")
    assert user["app_metadata"] == {"provider": "google", "providers": ["google"]}
    assert [each["provider"] for each in user["identities"]] == ["google"]
    assert auth.me(session).status_code == 200


@needs_pretended_provider
def test_it_takes_a_code_once(auth):
    verifier, challenge = pair()
    code = code_in(answer_provider(auth, challenge, email=auth.address()))
    assert exchange(auth, code, verifier).status_code == 200
    assert refusal(exchange(auth, code, verifier)) == (404, "flow_state_not_found")


def test_it_refuses_a_code_that_it_never_gave(auth):
    answer = exchange(auth, "00000000-0000-4000-8000-000000000000", pair()[0])
    assert refusal(answer) == (404, "flow_state_not_found")


@pytest.mark.parametrize("missing", ["auth_code", "code_verifier"])
def test_it_refuses_half_an_exchange(auth, missing):
    body = {"auth_code": "a", "code_verifier": "b", missing: ""}
    answer = auth.call("POST", "/token?grant_type=pkce", json=body)
    assert refusal(answer) == (400, "validation_failed")


@needs_pretended_provider
def test_it_refuses_the_verifier_of_another_browser(auth):
    code = code_in(answer_provider(auth, pair()[1], email=auth.address()))
    assert refusal(exchange(auth, code, pair()[0])) == (400, "bad_code_verifier")


@needs_pretended_provider
def test_it_knows_the_same_person_again(auth):
    email, ids = auth.address(), []
    for _ in range(2):
        verifier, challenge = pair()
        code = code_in(answer_provider(auth, challenge, email=email))
        ids.append(exchange(auth, code, verifier).json()["user"]["id"])
    assert ids[0] == ids[1]


@needs_pretended_provider
def test_it_joins_a_confirmed_account_of_the_same_address(auth):
    user, (verifier, challenge) = auth.make_user(), pair()
    code = code_in(answer_provider(auth, challenge, email=user["email"]))
    joined = exchange(auth, code, verifier).json()["user"]
    assert joined["id"] == user["id"]
    assert joined["app_metadata"]["providers"] == ["email", "google"]
    assert auth.sign_in(user["email"]).status_code == 200


@needs_pretended_provider
def test_it_takes_the_password_from_an_account_that_was_never_confirmed(auth):
    user, (verifier, challenge) = auth.make_user(email_confirm=False), pair()
    code = code_in(answer_provider(auth, challenge, email=user["email"]))
    assert exchange(auth, code, verifier).json()["user"]["email_confirmed_at"]
    assert refusal(auth.sign_in(user["email"])) == (400, "invalid_credentials")


@needs_pretended_provider
def test_it_says_so_when_the_person_cancels(auth):
    place = answer_provider(auth, pair()[1], error="access_denied")
    assert parse_qs(place.query)["error"] == ["access_denied"]
    assert parse_qs(place.fragment)["error"] == ["access_denied"]
    assert "code" not in parse_qs(place.query)


@needs_pretended_provider
def test_it_turns_a_banned_person_away(auth):
    user = auth.make_user(ban_duration="24h")
    place = answer_provider(auth, pair()[1], email=user["email"])
    assert parse_qs(place.query)["error_code"] == ["user_banned"]


@needs_pretended_provider
def test_it_leads_a_stranger_to_another_site_to_its_own(auth):
    started = begin(auth, pair()[1], redirect_to="https://evil.example/")
    state = dict(parse_qsl(urlsplit(started.headers["location"]).query))["state"]
    query = {"state": state, "provider": "google", "email": auth.address()}
    back = auth.http.get(f"{auth.url}/callback", params=query)
    assert back.headers["location"].startswith("http://portal.example?code=")


@needs_pretended_provider
def test_it_leads_an_unknown_state_to_the_site_with_an_error(auth):
    back = auth.http.get(f"{auth.url}/callback", params={"state": "x"})
    assert back.headers["location"].startswith("http://portal.example?error=")


@pytest.mark.parametrize("path", ["/otp", "/recover"])
def test_a_link_asked_for_with_a_challenge_opens_in_any_browser_by_its_hash(auth, mails, path):
    user, (_, challenge) = auth.make_user(), pair()
    body = {"email": user["email"], "code_challenge": challenge, "code_challenge_method": "s256"}
    assert auth.post(path, **body).status_code == 200
    link = mails.next_link(user["email"])
    assert link.token_hash.startswith("pkce_")
    answer = auth.post("/verify", token_hash=link.token_hash, type=link.type)
    assert answer.json()["user"]["id"] == user["id"]


def test_the_stock_link_leads_on_with_a_code(auth, mails):
    user, (verifier, challenge) = auth.make_user(), pair()
    body = {"email": user["email"], "code_challenge": challenge, "code_challenge_method": "s256"}
    auth.post("/otp", **body)
    link = mails.next_link(user["email"])
    query = {"token": link.token_hash, "type": "magiclink"}
    answer = auth.http.get(f"{auth.url}/verify", params=query)
    code = code_in(urlsplit(answer.headers["location"]))
    assert exchange(auth, code, verifier).json()["user"]["id"] == user["id"]


def test_it_refuses_half_a_challenge(auth):
    body = {"email": auth.address(), "code_challenge": pair()[1], "create_user": False}
    for path in ("/otp", "/recover", "/signup"):
        answer = auth.post(path, **body, password="garden-wall-2026")
        assert refusal(answer) == (400, "validation_failed")
