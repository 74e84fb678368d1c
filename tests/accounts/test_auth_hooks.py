"""The Auth server asks before it makes an account; what is not its question changes nothing."""

import copy
import json
import time
import uuid

import pytest
from django.db import OperationalError, connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import AccessSettings, AuditEntry, Invitation, User
from notifications.models import Email
from tests.accounts.signing import SECRET, headers_for, post_signed
from tests.accounts.test_signatures import BODY, HEADERS, SENT_AT, A, B

HOOKS = "/webhooks/supabase/hooks/"
BEFORE, SEND = f"{HOOKS}before-user-created/", f"{HOOKS}send-email/"
ANYBODY, DOMAINS, INVITED = AccessSettings.Registration.values


def question(email="ada@lindencourt.example", **user):
    metadata = {"uuid": str(uuid.uuid4()), "name": "before-user-created", "ip_address": "::1"}
    return {"metadata": metadata, "user": {"id": str(uuid.uuid4()), "email": email, **user}}


def mail(**data):
    data = {"token": "123456", "token_hash": "a" * 56, "email_action_type": "signup"} | data
    return question() | {"email_data": data}


@pytest.fixture
def access(db):
    def decide(registration=ANYBODY, allowed="", denied=""):
        row = AccessSettings.load()
        row.registration, row.allowed_domains, row.denied_domains = registration, allowed, denied
        row.full_clean()
        row.save()

    return decide


def refusal(client, email, **user):
    """Return the words of the refusal, "" for consent."""
    answer = post_signed(client, BEFORE, question(email, **user))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    error = answer.json().get("error")
    assert error is None or (error["http_code"], bool(error["message"])) == (403, True)
    return error["message"] if error else ""


def test_anybody_may_register_unless_somebody_decided_otherwise(client, db):
    answer = post_signed(client, BEFORE, question())
    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize(
    ("email", "passes"),
    [
        ("ada@court.example", True),
        ("ADA@Court.Example", True),
        ("ada@bücher.example", True),
        ("ada@xn--bcher-kva.example", True),
        ("ada@sub.court.example", False),
        ("ada@notcourt.example", False),
        ("ada@court.example.evil.example", False),
        ("ada@court.example@evil.example", False),
        ("court.example", False),
        ("", False),
    ],
)
def test_it_knows_the_allowed_domains_exactly(client, access, email, passes):
    access(DOMAINS, " @Court.Example. \n\nBÜCHER.example")
    words = refusal(client, email)
    assert (words == "") is passes
    assert passes or "court.example" in words


def test_a_refused_domain_beats_everything(client, access):
    Invitation.objects.create(email="ada@evil.example")
    for registration in (ANYBODY, DOMAINS, INVITED):
        access(registration, "evil.example", "evil.example")
        assert refusal(client, "Ada@EVIL.example") == (
            "Addresses at evil.example cannot register here. Use another."
        )


@pytest.mark.parametrize("registration", [DOMAINS, INVITED])
def test_an_invitation_opens_the_door(client, access, registration):
    access(registration, "court.example")
    Invitation.objects.create(email="ada@mail.example")
    assert refusal(client, "Ada@Mail.example") == ""
    assert refusal(client, "bob@mail.example")


@pytest.mark.parametrize("ended", ["withdrawn_at", "accepted_at"])
def test_an_invitation_opens_it_once_and_until_it_is_withdrawn(client, access, ended):
    access(INVITED)
    Invitation.objects.create(email="ada@mail.example", **{ended: "2026-11-01T00:00:00Z"})
    assert refusal(client, "ada@mail.example").startswith("Registration is by invitation.")


@pytest.mark.parametrize("user", [{"is_anonymous": True}, {"phone": "441632960000"}])
def test_people_without_an_address_come_in_where_anybody_does(client, access, user):
    assert refusal(client, None, **user) == ""
    access(INVITED)
    assert refusal(client, None, **user)
    Invitation.objects.create(email="")  # never written, and would open nothing
    assert refusal(client, "", **user)


def test_a_refusal_is_in_the_audit_log_without_the_address(client, access):
    access(INVITED)
    for _ in range(30):
        refusal(client, "stranger@mail.example")
    entries = AuditEntry.objects.filter(event="registration.refused")
    assert 1 <= entries.count() <= 10
    assert "stranger" not in repr(list(entries.values()))


def test_consent_makes_no_account(client, db):
    refusal(client, "ada@mail.example")
    assert not User.objects.filter(email="ada@mail.example").exists()


def test_it_asks_to_come_again_when_the_database_refuses(client, db):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("disk full")

    for path, body in ((BEFORE, question()), (SEND, mail())):
        with connection.execute_wrapper(refuse):
            answer = post_signed(client, path, body)
        assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_a_failure_is_no_consent(db, settings):
    settings.AUTH_HOOKS = {"before-user-created": "json.dumps"}  # a text is no answer
    client = Client(raise_request_exception=False)
    assert post_signed(client, BEFORE, question()).status_code == 500


def test_it_takes_an_address_without_the_slash(client, db):
    assert post_signed(client, BEFORE.rstrip("/"), question()).status_code == 200


def test_it_knows_no_other_hooks(client, db):
    assert post_signed(client, f"{HOOKS}custom-access-token/", question()).status_code == 404


def test_it_refuses_get(client, db):
    assert client.get(BEFORE).status_code == 405


@pytest.mark.parametrize("secrets", [[A], [B], [B, A]])
def test_it_takes_the_vector_while_secrets_rotate(client, db, settings, secrets):
    settings.SUPABASE_HOOK_SECRETS = secrets
    raw = json.dumps(question()).encode()
    headers = headers_for(raw, SECRET, bytes(range(32, 64)))
    assert ", v1," in headers["webhook-signature"]
    kind = "application/json"
    assert client.post(BEFORE, raw, content_type=kind, headers=headers).status_code == 200


def test_the_vector_itself_is_too_old_by_now(client, db):
    answer = client.post(BEFORE, BODY, content_type="application/json", headers=HEADERS)
    assert (answer.status_code, time.time() - 300 > SENT_AT) == (401, True)


@pytest.mark.parametrize("age", [-290, 290])
def test_it_allows_five_minutes(client, db, age):
    raw = json.dumps(question()).encode()
    headers = headers_for(raw, age=age)
    kind = "application/json"
    assert client.post(BEFORE, raw, content_type=kind, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "nan"},
        {"webhook-id": ""},
        {"webhook-id": "other"},
    ],
)
@pytest.mark.parametrize(("path", "body"), [(BEFORE, question()), (SEND, mail())])
def test_it_refuses_what_is_not_signed(client, db, path, body, changes):
    assert post_signed(client, path, body, **changes).status_code == 401
    assert not Email.objects.exists()


def test_the_hooks_have_secrets_of_their_own(client, db, settings):
    settings.SUPABASE_HOOK_SECRETS = [B]
    assert post_signed(client, BEFORE, question()).status_code == 401


def test_it_refuses_a_body_that_is_too_large(client, db):
    assert post_signed(client, SEND, mail(more="x" * 256 * 1024)).status_code == 413


NOT_TEXT = [1, True, [], {}, ["a@b.example"], "\ud800", "a\x00b"]
MALFORMED = {
    "nothing": b"",
    "not JSON": b"{",
    "a list": b"[]",
    "a text": b'"user"',
    "a number": b"7",
    "null": b"null",
    "not a number": b'{"user": NaN}',
    "very deep": b"[" * 100_000,
    "a long number": b"9" * 5000,
    "invalid UTF-8": b'{"user": "\xff"}',
    "UTF-16": json.dumps({"user": {}}).encode("utf-16"),
    "two objects": b"{}{}",
    "an empty object": {},
    "no user": {"metadata": {"uuid": "x"}},
    "user is null": mail() | {"user": None},
    "user is a list": mail() | {"user": []},
    "user is a text": mail() | {"user": "ada"},
    **{f"address {odd!r}": mail() | {"user": {"email": odd}} for odd in NOT_TEXT},
}
MALFORMED_MAILS = {
    "no data": question(),
    "data is a list": question() | {"email_data": []},
    "data is null": question() | {"email_data": None},
    "no action": mail(email_action_type=None),
    "action in other letters": mail(email_action_type="Signup!"),
    "a long action": mail(email_action_type="x" * 1000),
    "action is a list": mail(email_action_type=["signup"]),
    "a token for an unknown action": mail(email_action_type="brand_new"),
    "no token": mail(token="", token_hash=""),
    "digits are letters": mail(token="<b>1</b>"),
    "digits are a number": mail(token=123456),
    "the hash has a space": mail(token_hash="a b"),
    "the hash is a list": mail(token_hash=["a"]),
    "a long hash": mail(token_hash="a" * 300),
    "no address": mail() | {"user": {"email": ""}},
    "no user's address": mail() | {"user": {}},
    "no address at all": mail() | {"user": {"email": "ada"}},
    "two addresses": mail() | {"user": {"email": "a@b.example, c@d.example"}},
    "a header in the address": mail() | {"user": {"email": "a@b.example\nBcc: c@d.example"}},
    "a long address": mail() | {"user": {"email": f"{'a' * 60}@{'b.' * 120}example"}},
    "no new address": mail(email_action_type="email_change", token_hash_new="b" * 56),
    "reauthentication without digits": mail(email_action_type="reauthentication", token=""),
    "the next page is a list": mail(redirect_to=["/"]),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("path", [BEFORE, SEND])
def test_it_refuses_malformed_bodies(client, db, path, body):
    assert post_signed(client, path, body).status_code == 400
    assert not (Email.objects.exists() or AuditEntry.objects.exists())


@pytest.mark.parametrize("body", MALFORMED_MAILS.values(), ids=MALFORMED_MAILS)
def test_it_refuses_malformed_mails(client, db, body):
    assert post_signed(client, SEND, body).status_code == 400
    assert not Email.objects.exists()


def test_the_corpus_has_forty_shapes():
    assert len(MALFORMED) + len(MALFORMED_MAILS) >= 40


RELAXED = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
VALID = json.dumps(mail()).encode()


@hypothesis_settings(max_examples=1000, **RELAXED)
@given(place=st.integers(0, len(VALID) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_any_other_bytes_than_the_signed_ones_are_refused(client, db, place, byte, cut):
    changed = VALID[:place] if cut else VALID[:place] + bytes([byte]) + VALID[place + 1 :]
    if changed == VALID:
        return
    headers = headers_for(VALID)
    answer = client.post(SEND, changed, content_type="application/json", headers=headers)
    assert answer.status_code == 401
    assert not Email.objects.exists()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.characters(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
PLACES = [("user",), ("email_data",), ("metadata",), ("metadata", "uuid"), ("user", "email")]
PLACES += [("user", "new_email"), ("user", "user_metadata")]
PLACES += [("email_data", name) for name in (
    "token", "token_hash", "token_new", "token_hash_new", "redirect_to", "email_action_type",
    "site_url", "old_email",
)]  # fmt: skip
ACTIONS = ["signup", "email_change", "recovery", "reauthentication", "email_changed_notification"]


@hypothesis_settings(max_examples=1000, **RELAXED)
@given(
    st.sampled_from([BEFORE, SEND]),
    st.sampled_from(ACTIONS),
    st.lists(st.tuples(st.sampled_from(PLACES), anything), min_size=1, max_size=3),
)
def test_signed_nonsense_is_refused_or_understood(client, db, path, action, changes):
    body = copy.deepcopy(mail(email_action_type=action))
    for (*outer, name), value in changes:
        place = body.get(outer[0]) if outer else body
        if isinstance(place, dict):
            place[name] = value
    before = Email.objects.count()
    status = post_signed(client, path, json.dumps(body).encode()).status_code
    assert status in (200, 400)
    assert status == 200 or Email.objects.count() == before


@pytest.mark.parametrize("place", range(0, len(BODY), 9))
def test_one_changed_byte_is_enough_to_be_refused(client, db, place):
    raw = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    headers = headers_for(BODY)
    kind = "application/json"
    assert client.post(BEFORE, raw, content_type=kind, headers=headers).status_code == 401
