import pytest

from accounts.models import AuditEntry, AuthSession
from accounts.sessions.lifecycle import is_recent
from tests.accounts.safety import age_sign_in, require_second_factor

ADDRESS = "/account/confirm/?next=/account/password/"
BY_MAIL = f"{ADDRESS}&by=mail"


@pytest.fixture(autouse=True)
def old(ada):
    age_sign_in()


def test_the_password_confirms(auth, client):
    proof = auth.session()
    auth.answers["POST /token"] = (200, proof)
    auth.answers["POST /logout"] = (204, "")
    answer = client.post(ADDRESS, {"password": "correct horse battery"})
    assert answer["Location"] == "/account/password/"
    assert is_recent(AuthSession.objects.get())
    # The session that proved it is not left behind.
    ended = auth.calls("POST /logout")[0]
    assert ended["headers"]["Authorization"] == f"Bearer {proof['access_token']}"


def test_it_says_why_to_people_who_only_wanted_a_page(client):
    assert "before you change" in client.get(ADDRESS).text.lower()
    require_second_factor("members")
    page = client.get("/work/", follow=True)
    assert page.request["PATH_INFO"] == "/account/confirm/"
    assert "This site asks for a second factor now" in page.text


def test_a_wrong_password_does_not(auth, client):
    auth.refuse("POST /token", 400, "invalid_credentials")
    answer = client.post(ADDRESS, {"password": "guess"})
    assert answer.status_code == 422
    assert not is_recent(AuthSession.objects.get())
    assert "guess" not in answer.content.decode()
    assert answer.context["form"].errors["password"][0].startswith("This is not your password.")


def test_failed_proofs_are_in_the_log(ada, auth, client):
    auth.refuse("POST /token", 400, "invalid_credentials")
    auth.refuse("POST /verify", 403, "otp_expired")
    client.post(ADDRESS, {"password": "guess"})
    client.post(BY_MAIL, {"digits": "123456"})
    entries = AuditEntry.objects.filter(event="sign-in.failed", target_id=ada.pk)
    assert {entry.details["way"] for entry in entries} == {"password-again", "code-again"}


def test_a_mailed_code_confirms(ada, auth, client):
    auth.answers |= {"POST /otp": (200, {}), "POST /logout": (204, "")}
    assert client.post(ADDRESS, {"mail": "code"})["Location"].endswith("&by=mail")
    assert auth.calls("POST /otp")[0]["body"]["create_user"] is False
    assert f'a code to <strong class="text-break">{ada.email}' in client.get(BY_MAIL).text
    auth.answers["POST /verify"] = (200, auth.session())
    assert client.post(BY_MAIL, {"digits": "123 456"})["Location"] == "/account/password/"
    body = auth.calls("POST /verify")[0]["body"]
    assert (body["email"], body["token"]) == (ada.email, "123456")
    assert is_recent(AuthSession.objects.get())


def test_a_wrong_code_does_not(auth, client):
    auth.refuse("POST /verify", 403, "otp_expired")
    assert client.post(BY_MAIL, {"digits": "123456"}).status_code == 422
    assert not is_recent(AuthSession.objects.get())


def test_somebody_elses_proof_does_not_count(auth, client):
    auth.answers["POST /token"] = (200, auth.session(auth.record("bob@lindencourt.example")))
    auth.answers["POST /logout"] = (204, "")
    assert client.post(ADDRESS, {"password": "bobs"}).status_code == 422
    assert not is_recent(AuthSession.objects.get())


def test_it_stops_guessing(auth, client):
    auth.refuse("POST /token", 400, "invalid_credentials")
    codes = [client.post(ADDRESS, {"password": "guess"}).status_code for _ in range(12)]
    assert codes[-1] == 429


def test_an_outage_signs_nobody_out(auth, client):
    auth.answers["POST /token"] = (503, "<p>down</p>")
    assert client.post(ADDRESS, {"password": "x"}).status_code == 503
    assert AuthSession.objects.exists()
    auth.answers["POST /otp"] = (503, "<p>down</p>")
    assert client.post(ADDRESS, {"mail": "code"})["Location"] == ADDRESS.replace(
        "/account/password/", "%2Faccount%2Fpassword%2F"
    )


def test_it_is_for_people_who_are_signed_in(client):
    client.logout()
    assert client.get(ADDRESS)["Location"].startswith("/accounts/sign-in/")
