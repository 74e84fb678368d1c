"""Nobody learns from an answer whether an address has an account, or in which state.

Each row asks one page about addresses in every state; the answers are compared whole:
status, headers, text, the pages they lead to, and what the Auth server is asked.
"""

import re

import pytest
from django.test import Client

from accounts.models import AccessSettings, AuditEntry
from accounts.sync.records import apply_record

EMAIL = "ada@lindencourt.example"
# What changes from answer to answer, whoever asks.
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
COOLDOWN = (429, {"code": "over_email_send_rate_limit"})
BANNED = {"known_to_portal": {"banned_until": "2999-01-01T00:00:00Z"}}
UNCONFIRMED = {"known_to_portal": {"email_confirmed_at": None}}
KNOWN = {"known_to_portal": {}}
OK = (200, {})


def refused(status, code):
    return (status, {"code": code, "message": code})


EXPIRED = refused(403, "otp_expired")
# page -> (address, what is typed, route at the Auth server, {state: (what we know, its answer)})
PAGES = {
    "sign-in link": (
        "/accounts/sign-in-link/",
        {},
        "POST /otp",
        {
            "unknown": ({}, refused(422, "otp_disabled")),
            "known": (KNOWN, OK),
            "banned": (BANNED, refused(400, "user_banned")),
            "unconfirmed": (UNCONFIRMED, OK),
            "closed": (UNCONFIRMED, refused(422, "signup_disabled")),
            "throttled": (KNOWN, COOLDOWN),
        },
    ),
    "forgotten password": (
        "/accounts/forgotten-password/",
        {},
        "POST /recover",
        {
            "unknown": ({}, OK),
            "known": (KNOWN, OK),
            "banned": (BANNED, refused(400, "user_banned")),
            "unconfirmed": (UNCONFIRMED, OK),
            "throttled": (KNOWN, COOLDOWN),
        },
    ),
    "registration": (
        "/accounts/sign-up/",
        {"name": "Ada", "password": "three odd words"},
        "POST /signup",
        {
            "unknown": ({}, None),  # None: the user as the Auth server shows a new one
            "known": (KNOWN, None),
            "known, confirms by itself": (KNOWN, refused(422, "user_already_exists")),
            "banned": (BANNED, None),
            "unconfirmed": (UNCONFIRMED, None),
            "throttled": (UNCONFIRMED, COOLDOWN),
        },
    ),
    "sent again": (
        "/accounts/resend/",
        {"purpose": "signup"},
        "POST /resend",
        {
            "unknown": ({}, OK),
            "known": (KNOWN, OK),
            "banned": (BANNED, refused(400, "user_banned")),
            "unconfirmed": (UNCONFIRMED, OK),
            "throttled": (UNCONFIRMED, COOLDOWN),
        },
    ),
    "wrong password": (
        "/accounts/sign-in/",
        {"password": "not the password"},
        "POST /token",
        {
            "unknown": ({}, refused(400, "invalid_credentials")),
            "known": (KNOWN, refused(400, "invalid_credentials")),
            "banned": (BANNED, refused(400, "user_banned")),
            "unconfirmed": (UNCONFIRMED, refused(400, "invalid_credentials")),
        },
    ),
    "wrong digits": (
        "/accounts/code/",
        {"digits": "123456"},
        "POST /verify",
        {
            "unknown": ({}, EXPIRED),
            "known": (KNOWN, EXPIRED),
            "banned": (BANNED, refused(403, "user_banned")),
            "unconfirmed": (UNCONFIRMED, EXPIRED),
        },
    ),
}


def seen(auth, page, situation):
    """Return everything that a visitor without an account can observe, and the work done."""
    address, typed, route, _ = PAGES[page]
    known, answer = situation
    if "known_to_portal" in known:
        apply_record(auth.record(EMAIL, **known["known_to_portal"]))
    auth.answers = {route: answer or (200, auth.record(EMAIL, identities=[]))}
    visitor = Client()
    if page == "wrong digits":
        auth.answers["POST /otp"] = OK
        visitor.post("/accounts/sign-in-link/", {"email": EMAIL})
    auth.requests.clear()
    response = visitor.post(address, typed | {"email": EMAIL}, follow=True)
    headers = {k: v for k, v in response.headers.items() if k != "Expires"}
    return (
        response.status_code,
        response.redirect_chain,
        sorted(headers.items()),
        sorted(visitor.cookies),
        CSRF.sub("", response.content.decode()),
        [request["route"] for request in auth.requests],
    )


ROWS = [
    pytest.param(page, state, id=f"{page}, {state}")
    for page, (_, _, _, states) in PAGES.items()
    for state in list(states)[1:]
]


@pytest.mark.parametrize(("page", "state"), ROWS)
def test_the_answer_is_the_one_for_an_unknown_address(db, auth, page, state):
    states = PAGES[page][3]
    expected = seen(auth, page, states["unknown"])
    assert seen(auth, page, states[state]) == expected
    assert len(expected[-1]) == 1, "one call, whoever the address belongs to"


def test_the_comparison_sees_a_leak(db, auth):
    states = PAGES["wrong password"][3]
    leak = (KNOWN, refused(400, "email_not_confirmed"))
    assert seen(auth, "wrong password", leak) != seen(auth, "wrong password", states["unknown"])


def test_a_domain_that_may_not_register_is_refused_without_asking(client, auth):
    access = AccessSettings.load()
    access.registration, access.allowed_domains = "domains", "lindencourt.example"
    access.save()
    typed = {"name": "Eve", "password": "three odd words", "email": "eve@mail.example"}
    answer = client.post("/accounts/sign-up/", typed)
    assert answer.status_code == 422
    assert "lindencourt.example" in answer.content.decode()
    assert not auth.requests


@pytest.mark.parametrize("method", ["get", "post"])
def test_registration_by_invitation_asks_nobody(client, auth, method):
    access = AccessSettings.load()
    access.registration = "invited"
    access.save()
    typed = {"name": "Eve", "password": "three odd words", "email": EMAIL}
    answer = getattr(client, method)("/accounts/sign-up/", typed)
    assert answer.status_code == (200 if method == "get" else 403)
    page = answer.content.decode()
    assert "Registration is by invitation" in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    assert not auth.requests
    assert "Register</a>" not in client.get("/accounts/sign-in/").content.decode()


def test_a_closed_auth_server_takes_nobody(client, auth):
    auth.settings = (200, {"external": {}, "disable_signup": True})
    assert "Registration is closed" in client.get("/accounts/sign-up/").content.decode()


def test_the_refusal_of_our_own_hook_is_shown(client, db, auth):
    auth.answers["POST /signup"] = (403, {"code": "unknown", "message": "Ask the <board> first."})
    typed = {"name": "Eve", "password": "three odd words", "email": EMAIL}
    answer = client.post("/accounts/sign-up/", typed)
    assert answer.status_code == 422
    assert "Ask the &lt;board&gt; first." in answer.content.decode()


def test_failed_sign_ins_are_written_down_with_whose_account_it_was(client, auth):
    ada = apply_record(auth.record(EMAIL)).user
    auth.refuse("POST /token", 400, "user_banned")
    for email in (EMAIL, "nobody@mail.example"):
        client.post("/accounts/sign-in/", {"email": email, "password": "x"})
    entries = AuditEntry.objects.filter(event="sign-in.failed").order_by("at")
    assert [entry.target_id for entry in entries] == [ada.pk, None]
    assert entries[0].details == {"way": "password", "code": "user_banned"}
    assert EMAIL not in str([entry.details for entry in entries])


def test_failed_sign_ins_cannot_fill_the_table(client, auth):
    auth.refuse("POST /token", 400, "invalid_credentials")
    for number in range(25):
        client.post("/accounts/sign-in/", {"email": f"n{number}@mail.example", "password": "x"})
    assert AuditEntry.objects.filter(event="sign-in.failed").count() == 10
