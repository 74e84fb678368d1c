"""What signs people in is in no log, row, page, cookie or address of ours that could be kept."""

import json
import logging

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import AuthSession
from tests.accounts.safety import PHONE, age_sign_in, age_token, with_phone
from tests.accounts.test_personal_data import traces

PASSWORD, NEW, HASH, CODE = "Canary-old-7", "Canary-new-8", "canaryhash9", "canarycode5"
SECRET = "CANARYSECRETX"
TOTP = {"qr_code": f"<svg>{SECRET}</svg>", "secret": SECRET, "uri": f"otpauth://x?secret={SECRET}"}
ADA = "ada@lindencourt.example"


def kept(caplog, answers: list) -> str:
    """Return everything that outlives the requests, or that others read."""
    sessions = json.dumps([row.get_decoded() for row in Session.objects.all()])
    shown = [a.content.decode() + str(a.headers) + str(a.cookies) for a in answers]
    lines = [f"{r.getMessage()} {r.args} {r.exc_text or ''}" for r in caplog.records]
    return "\n".join([*lines, *shown, sessions, *map(repr, AuthSession.objects.all())])


@pytest.fixture
def handed_out(auth):
    """Sessions that the Auth server handed out, newest last; errors repeat what was sent."""
    sessions = []

    def session():
        sessions.append(auth.session(auth.record()))
        return 200, sessions[-1]

    auth.answers |= {
        "POST /token": session,
        "POST /verify": session,
        "POST /logout": (204, ""),
        "POST /otp": (200, {}),
        "PUT /user": (500, {"msg": f"{NEW} {PASSWORD}"}),
        "POST /factors": (200, {"id": PHONE, "type": "totp", "totp": TOTP}),
    }
    return sessions


def live(client: Client, auth) -> list:
    """Come in in every way, and do what shows a secret to the Auth server."""
    post, get = client.post, client.get
    link = {"token_hash": HASH, "type": "magiclink"}
    answers = [
        post("/accounts/sign-in/", {"email": ADA, "password": PASSWORD}),
        post("/account/password/", {"password": NEW, "current_password": PASSWORD}),
        post("/account/two-factor/", {"name": "Phone"}),  # kept sealed until the first code
        post("/accounts/sign-in-link/", {"email": ADA, "password": PASSWORD}),
        post("/accounts/code/", {"digits": "739155"}),
        post("/auth/confirm", link),
        get("/auth/callback", {"code": CODE, "flow": "no-such-flow"}),
    ]
    age_sign_in()
    answers.append(post("/account/confirm/", {"password": PASSWORD}))
    auth.answers["POST /token"] = (500, f"<html>{PASSWORD}</html>")
    auth.refuse("POST /verify", 403, "otp_expired", msg=HASH)
    age_token(seconds=-5)
    answers += [
        post("/account/password/", {"password": NEW}),
        post("/accounts/sign-in/", {"email": ADA, "password": PASSWORD}),
        post("/auth/confirm", link),
        post("/emergency-access/", {"name": "helen", "password": PASSWORD}),
        get("/api/v1/me", headers={"Authorization": f"Bearer {HASH}.{HASH}.{HASH}"}),
        post("/webhooks/supabase/", HASH, content_type="application/json",
             headers={"X-Portal-Secret": PASSWORD}),
    ]  # fmt: skip
    return answers


def test_nothing_that_signs_in_is_kept_anywhere(client, auth, handed_out, caplog):
    caplog.set_level(logging.DEBUG)
    answers = live(client, auth)
    pairs = [(one["access_token"].rpartition(".")[2], one["refresh_token"]) for one in handed_out]
    secrets = {PASSWORD, NEW, HASH, CODE, SECRET, "739155"} | {
        part for pair in pairs for part in pair
    }
    text = kept(caplog, answers)
    assert len(pairs) >= 4 and AuthSession.objects.exists(), "people came in"
    assert [secret for secret in secrets if secret in text] == []
    assert traces(*secrets) == []


def test_a_sign_in_that_waits_for_its_code_keeps_nothing_readable(client, auth, caplog):
    caplog.set_level(logging.DEBUG)
    session = auth.session(with_phone(auth))
    auth.answers["POST /token"] = (200, session)
    answers = [client.post("/accounts/sign-in/", {"email": ADA, "password": PASSWORD})]
    text = kept(caplog, [*answers, client.get("/accounts/second-factor/")])
    tokens = (session["access_token"].rpartition(".")[2], session["refresh_token"])
    assert "held_sign_in" in text, "it waits"
    assert [secret for secret in (*tokens, PASSWORD) if secret in text] == []
    assert traces(*tokens, PASSWORD) == []


def test_a_secret_in_a_log_or_row_would_be_seen(client, caplog, db):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("accounts").info("somebody typed %s", PASSWORD)
    session = client.session
    session["typed"] = NEW
    session.save()
    text = kept(caplog, [])
    assert PASSWORD in text and NEW in text
