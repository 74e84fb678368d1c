"""The code at sign-in, and what stays shut without it."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, AuthSession, User
from accounts.sync.records import apply_record
from tests.accounts.safety import (
    FACTOR,
    PHONE,
    age_sign_in,
    refresh_tokens,
    require_second_factor,
    with_phone,
)
from tests.factories import make_user

ADDRESS, VERIFY = "/accounts/second-factor/", f"POST /factors/{PHONE}/verify"
SIGN_IN = "/accounts/sign-in/"
MEMBERS_ONLY = "/account/security/"


def sign_in(client, **more):
    return client.post(SIGN_IN, {"email": "ada@lindencourt.example", "password": "x", **more})


@pytest.fixture
def asked(db, auth, client):
    """A browser that has shown the right password of somebody with an app."""
    record = with_phone(auth)
    auth.answers["POST /token"] = (200, auth.session(record))
    auth.answers["POST /logout"] = (204, "")
    return sign_in(client, next="/work/")


def test_the_password_alone_signs_nobody_in(asked, client):
    assert asked["Location"] == ADDRESS
    assert not AuthSession.objects.exists()
    assert "_auth_user_id" not in client.session
    assert client.get(MEMBERS_ONLY)["Location"].startswith(SIGN_IN)
    page = client.get(ADDRESS)
    assert page.status_code == 200
    assert "ada@lindencourt.example" in page.content.decode()


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_new_app_counts_whatever_the_stamps_say(client, auth, db, minutes):
    """Apps do not move `updated_at`, and a restored server's stamps go back."""
    known = auth.record()
    apply_record(known)
    stamp = datetime.fromisoformat(known["updated_at"]) + timedelta(minutes=minutes)
    record = with_phone(auth, updated_at=stamp.isoformat())
    auth.answers["POST /token"] = (200, auth.session(record))
    assert sign_in(client)["Location"] == ADDRESS
    assert not AuthSession.objects.exists()


def test_the_code_does_and_leads_on(asked, client, auth):
    answer = client.post(ADDRESS, {"code": "123 456"})
    assert answer["Location"] == "/work/"
    row = AuthSession.objects.get()
    assert row.aal == "aal2"
    assert refresh_tokens() == [auth.answers[VERIFY][1]["refresh_token"]]
    assert client.get(MEMBERS_ONLY).status_code == 200
    assert client.post(ADDRESS, {"code": "123456"}).status_code == 302, "harmless twice"
    assert len(auth.calls(VERIFY)) == 1


def test_the_session_gets_a_new_key(asked, client):
    held = client.session.session_key
    client.post(ADDRESS, {"code": "123456"})
    assert client.session.session_key != held


def test_a_wrong_code_does_not(asked, client, auth):
    auth.refuse(VERIFY, 422, "mfa_verification_failed")
    assert client.post(ADDRESS, {"code": "000000"}).status_code == 422
    assert not AuthSession.objects.exists()
    auth.answers[VERIFY] = (200, auth.session(auth.record(), aal="aal2"))
    assert client.post(ADDRESS, {"code": "123456"}).status_code == 302


def test_it_stops_guessing(asked, client, auth):
    auth.refuse(VERIFY, 422, "mfa_verification_failed")
    codes = [client.post(ADDRESS, {"code": "000000"}).status_code for _ in range(8)]
    assert codes[-1] == 429
    assert len(auth.calls(VERIFY)) <= 5
    failures = AuditEntry.objects.filter(event="sign-in.failed", details__way="second-factor")
    assert failures.count() == len(auth.calls(VERIFY))


def test_an_answer_that_is_not_aal2_signs_nobody_in(asked, client, auth):
    auth.answers[VERIFY] = (200, auth.session(auth.record(), aal="aal1"))
    assert client.post(ADDRESS, {"code": "123456"}).status_code == 422
    assert not AuthSession.objects.exists()


def test_an_answer_about_somebody_else_signs_nobody_in(asked, client, auth):
    bob = auth.record("bob@lindencourt.example")
    auth.answers[VERIFY] = (200, auth.session(bob, aal="aal2"))
    assert client.post(ADDRESS, {"code": "123456"}).status_code == 422
    assert not AuthSession.objects.exists()


def test_another_browser_has_nothing_to_add_a_code_to(asked, db):
    assert Client().post(ADDRESS, {"code": "123456"})["Location"] == SIGN_IN


def test_it_waits_ten_minutes(asked, client, monkeypatch):
    monkeypatch.setattr("accounts.sessions.lifecycle.time.time", lambda: 4_000_000_000)
    assert client.get(ADDRESS)["Location"] == SIGN_IN


def test_the_tokens_are_sealed_while_it_waits(asked, client, auth):
    held = auth.answers["POST /token"][1]
    kept = str(dict(client.session))
    assert held["access_token"] not in kept and held["refresh_token"] not in kept


def test_it_can_be_left(asked, client, auth):
    assert client.post(ADDRESS, {"cancel": "yes"})["Location"] == SIGN_IN
    assert auth.calls("POST /logout")[0]["query"] == "scope=local"
    assert client.get(ADDRESS)["Location"] == SIGN_IN


def test_an_outage_keeps_it_waiting(asked, client, auth):
    auth.answers[VERIFY] = (503, "<p>down</p>")
    assert client.post(ADDRESS, {"code": "123456"}).status_code == 503
    assert client.get(ADDRESS).status_code == 200


def test_a_ban_holds_after_the_code_too(asked, client, auth):
    banned = auth.record(banned_until="2999-01-01T00:00:00Z")
    auth.answers[VERIFY] = (200, auth.session(banned, aal="aal2"))
    assert client.post(ADDRESS, {"code": "123456"}).status_code == 403
    assert not AuthSession.objects.exists()


def test_a_recovery_link_leads_to_the_new_password_after_the_code(db, auth, client):
    record = with_phone(auth)
    auth.answers["POST /verify"] = (200, auth.session(record))
    answer = client.post("/auth/confirm", {"token_hash": "abc", "type": "recovery"})
    assert answer["Location"] == ADDRESS
    answer = client.post(ADDRESS, {"code": "123456"})
    assert answer["Location"] == "/accounts/new-password/"
    assert client.get("/accounts/new-password/").status_code == 200


def test_several_apps_are_told_apart(db, auth, client):
    tablet = {**FACTOR, "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "friendly_name": "Tablet"}
    with_phone(auth)
    auth.answers["POST /token"] = (200, auth.session(auth.record(factors=[FACTOR, tablet])))
    sign_in(client)
    page = client.get(ADDRESS).content.decode()
    assert "My phone" in page and "Tablet" in page
    assert client.post(ADDRESS, {"code": "123456", "factor": "of-a-stranger"}).status_code == 422
    assert client.post(ADDRESS, {"code": "123456", "factor": PHONE}).status_code == 302


def test_a_factor_that_was_never_proved_is_not_asked_for(db, auth, client):
    record = auth.record(factors=[{**FACTOR, "status": "unverified"}])
    auth.answers["POST /token"] = (200, auth.session(record))
    sign_in(client)
    assert client.get(MEMBERS_ONLY).status_code == 200


# What the site asks for ----------------------------------------------------------------------


def editor(ada):
    ada.user_permissions.add(Permission.objects.get(codename="access_admin"))


def test_editors_need_it_for_the_admin_only(ada, client):
    editor(ada)
    assert client.get("/admin/").status_code == 200
    require_second_factor("editors")
    assert client.get("/admin/")["Location"] == f"{ADDRESS}?next=%2Fadmin%2F"
    assert client.post("/admin/pages/")["Location"] == ADDRESS
    assert client.get("/work/").status_code == 200


def test_aal2_opens_the_admin(ada, client):
    editor(ada)
    require_second_factor("editors")
    AuthSession.objects.update(aal="aal2")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("address", ["/work/", "/account/", "/", "/admin/", "/documents/1/x/"])
def test_members_need_it_everywhere(ada, client, address):
    require_second_factor("members")
    assert client.get(address)["Location"].startswith(ADDRESS)
    AuthSession.objects.update(aal="aal2")
    assert not client.get(address).headers.get("Location", "").startswith(ADDRESS)


@pytest.mark.parametrize("address", [SIGN_IN, "/healthz/live", "/account/confirm/", "/brand.css"])
def test_the_way_there_and_out_stays_open(ada, client, address):
    require_second_factor("members")
    age_sign_in()
    assert ADDRESS not in client.get(address).headers.get("Location", "")
    assert client.post("/accounts/sign-out/").status_code == 302
    assert not AuthSession.objects.exists()


def test_every_exempt_view_exists(settings):
    for name in settings.SECOND_FACTOR_EXEMPT - {"accounts:social"}:
        assert reverse(name)


def test_visitors_read_on(db, client):
    require_second_factor("members")
    assert client.get("/").status_code == 200


def test_a_local_log_in_is_exempt(db, client):
    require_second_factor("members")
    client.force_login(make_user(is_superuser=True))
    assert client.get("/admin/").status_code == 200


def test_an_account_without_its_session_is_not(ada, client):
    require_second_factor("members")
    AuthSession.objects.all().delete()
    assert client.get("/work/").status_code == 302


def test_somebody_signed_in_adds_a_code(ada, client, auth):
    ada.identity.factors = [FACTOR]
    ada.identity.save()
    with_phone(auth)
    require_second_factor("members")
    assert client.get(f"{ADDRESS}?next=/work/").status_code == 200
    before = client.session.session_key
    answer = client.post(ADDRESS, {"code": "123456", "next": "/work/"})
    assert answer["Location"] == "/work/"
    assert client.session.session_key != before
    assert client.get("/work/").status_code == 200
    assert User.objects.get().pk == ada.pk


def test_htmx_leaves_the_page(ada, client):
    require_second_factor("members")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/work/"}
    answer = client.get("/work/", headers=headers)
    assert answer["HX-Redirect"] == f"{ADDRESS}?next=%2Fwork%2F"
