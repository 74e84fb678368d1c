import base64
import hashlib
import hmac
import json
import time
import uuid

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import SyncEvent, User
from accounts.sync.inbox import apply
from portal.queue.worker import Queue, process

ADDRESS = "/webhooks/supabase/"
SECRET = bytes(range(32))
SUBJECT = "11111111-1111-4111-8111-111111111111"


def message(kind="UPDATE", **row):
    row = {
        "id": SUBJECT,
        "email": "ada@lindencourt.example",
        "updated_at": "2026-01-01T00:00:00+00:00",
    } | row
    return {"type": kind, "schema": "auth", "table": "users", "record": row, "old_record": None}


def post(client, body, address=ADDRESS, **changes):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    message_id, sent_at = str(uuid.uuid4()), str(int(time.time()))
    signed = f"{message_id}.{sent_at}.".encode() + raw
    mac = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": sent_at,
        "webhook-signature": f"v1,{mac}",
    } | changes
    return client.post(address, raw, content_type="application/json", headers=headers)


def test_it_keeps_a_hint(client, db):
    assert post(client, message()).status_code == 202
    event = SyncEvent.objects.get()
    assert (event.kind, str(event.subject), event.state) == ("UPDATE", SUBJECT, "pending")


def test_it_costs_one_statement_and_no_session(client, db, django_assert_num_queries):
    client.cookies["sessionid"] = "somebody"
    with django_assert_num_queries(1):
        answer = post(client, message())
    assert not answer.cookies
    assert answer["X-Content-Type-Options"] == "nosniff"


SHARED = "what-the-stock-trigger-sends"


@pytest.fixture
def stock(settings):
    settings.SUPABASE_WEBHOOK_SHARED_SECRETS = ["the one before", SHARED]
    settings.SUPABASE_WEBHOOK_SECRETS = []


def post_unsigned(client, secret, body=None):
    raw = json.dumps(body or message())
    headers = {} if secret is None else {"X-Portal-Secret": secret}
    return client.post(ADDRESS, raw, content_type="application/json", headers=headers)


@pytest.mark.parametrize("secret", [SHARED, "the one before"])
def test_it_takes_the_stock_trigger_with_its_secret(client, db, stock, secret):
    answers = [post_unsigned(client, secret).status_code for _ in range(2)]
    assert answers == [202, 200]


@pytest.mark.parametrize("secret", [None, "", "x", SHARED[:-1], SHARED + "x", "é", "\udcff", "ﬁ"])
def test_it_refuses_the_stock_trigger_without_it(client, db, stock, secret):
    assert post_unsigned(client, secret).status_code == 401
    assert not SyncEvent.objects.exists()


@pytest.mark.parametrize("secret", [None, "", "the one before"])
def test_no_secret_is_set_so_none_fits(client, db, secret):
    assert post_unsigned(client, secret).status_code == 401


def test_it_knows_a_repeated_delivery(client, db):
    assert [post(client, message()).status_code for _ in range(3)] == [202, 200, 200]
    assert SyncEvent.objects.count() == 1


def test_equal_stamps_with_other_content_are_two_hints(client, db):
    post(client, message())
    assert post(client, message(banned_until="2999-01-01T00:00:00Z")).status_code == 202


def test_it_takes_an_address_without_the_slash(client, db):
    assert post(client, message(), ADDRESS.rstrip("/")).status_code == 202


@pytest.mark.parametrize("place", ["record", "old_record"])
def test_it_takes_both_shapes_of_a_deletion(client, db, place):
    body = message("DELETE")
    row = body.pop("record")
    body |= {"record": None, "old_record": None, place: row}
    assert post(client, body).status_code == 202


def test_it_stores_none_of_the_secret_columns(client, db, caplog):
    caplog.set_level("DEBUG")
    columns = ["encrypted_password", "recovery_token", "confirmation_token",
               "email_change_token_new", "reauthentication_token"]  # fmt: skip
    post(client, message(**{name: f"canary-{name}" for name in columns}))
    assert "canary" not in repr(SyncEvent.objects.values().get()) + caplog.text


def test_it_refuses_get(client, db):
    assert client.get(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "é"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "nan"},
        {"webhook-id": ""},
    ],
)
def test_it_refuses_what_is_not_signed(client, db, changes):
    assert post(client, message(), **changes).status_code == 401
    assert not SyncEvent.objects.exists()


def test_it_refuses_a_body_without_any_headers(client, db):
    answer = client.post(ADDRESS, json.dumps(message()), content_type="application/json")
    assert answer.status_code == 401


MALFORMED = {
    "nothing": b"",
    "not JSON": b"{",
    "a list": b"[]",
    "a number": b"7",
    "not a number": b'{"type": NaN}',
    "very deep": b"[" * 100_000,
    "a long number": b"9" * 5000,
    "invalid UTF-8": b'{"type": "\xff"}',
    "UTF-16": json.dumps({"type": "UPDATE"}).encode("utf-16"),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_it_refuses_malformed_bodies(client, db, body):
    assert post(client, body).status_code == 400
    assert not SyncEvent.objects.exists()


@pytest.mark.parametrize(
    "odd", ["\ud800", "\x00", 10**30, [1], {"a": "\x00"}, "yesterday", "9999-99-99"]
)
def test_strange_values_beside_the_id_do_no_harm(client, db, odd):
    row = {"email": odd, "updated_at": odd, "raw_app_meta_data": odd}
    assert post(client, message(**row)).status_code == 202


def test_it_refuses_a_body_that_is_too_large(client, db):
    assert post(client, message(email="x" * 256 * 1024)).status_code == 413


IGNORED = {
    "other schema": message() | {"schema": "public"},
    "other table": message() | {"table": "identities"},
    "a list as table": message() | {"table": ["users"]},
    "no type": {"schema": "auth", "table": "users"},
    "unknown type": message("TRUNCATE"),
    "a list as type": message(["UPDATE"]),
    "strange type": message("\x00\ud800" * 50),
    "no record": message() | {"record": None},
    "a list as record": message() | {"record": [1]},
    "no id": message() | {"record": {"email": "a@b.example"}},
    "id is no UUID": message(id="ada"),
    "id is a number": message(id=1),
    "id is null": message(id=None),
    "id is a surrogate": message(id="\ud800"),
    "old record of an update": message() | {"record": None, "old_record": {"id": SUBJECT}},
}


@pytest.mark.parametrize("body", IGNORED.values(), ids=IGNORED)
def test_it_keeps_as_ignored_what_it_cannot_use(client, db, body):
    assert [post(client, body).status_code for _ in range(2)] == [202, 200]
    event = SyncEvent.objects.get()
    assert (event.state, event.subject) == ("cancelled", None)
    assert event.last_error
    assert handle_all() == 0


def test_an_ignored_message_keeps_nothing_of_its_record(client, db):
    post(client, message("TRUNCATE", recovery_token="canary", email="canary@b.example"))
    assert "canary" not in repr(SyncEvent.objects.values().get())


def test_it_reads_an_account_once_for_all_hints_that_wait(client, db, auth):
    record = auth.record(id=SUBJECT)
    auth.answers[f"GET /admin/users/{SUBJECT}"] = (200, record)
    for number in range(30):
        post(client, message(email=f"{number}@b.example"))
    while handle_all():
        pass
    assert len(auth.calls(f"GET /admin/users/{SUBJECT}")) == 1
    assert set(SyncEvent.objects.values_list("state", flat=True)) == {"done"}


def test_hints_of_one_account_wait_together_while_nobody_answers(client, db, auth):
    for number in range(30):
        post(client, message(email=f"{number}@b.example"))
    handle_all()
    assert not SyncEvent.objects.filter(due_at__lte=timezone.now()).exists()
    assert SyncEvent.objects.filter(state="pending").count() == 30


def test_it_asks_to_come_again_when_the_database_refuses(client, db):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("disk full")

    with connection.execute_wrapper(refuse):
        answer = post(client, message())
    assert answer.status_code == 503
    assert answer["Retry-After"]


def handle_all():
    return process(Queue(SyncEvent.objects.all(), apply))


def test_the_worker_reads_the_truth_and_not_the_hint(client, db, auth):
    record = auth.record(id=SUBJECT, user_metadata={"full_name": "Ada Byron"})
    auth.answers[f"GET /admin/users/{SUBJECT}"] = (200, record)
    post(client, message(email="forged@evil.example"))
    handle_all()
    event = SyncEvent.objects.get()
    assert event.state == "done"
    request = auth.calls(f"GET /admin/users/{SUBJECT}")[0]
    assert request["headers"]["apikey"] == "sb_secret_test"
    assert User.objects.get().email == record["email"]


def test_the_worker_closes_an_account_that_is_gone(ada, auth, client):
    subject = ada.identity.subject
    auth.refuse(f"GET /admin/users/{subject}", 404, "user_not_found")
    post(client, message("DELETE", id=str(subject)))
    handle_all()
    ada.refresh_from_db()
    assert not ada.is_active
    assert client.get("/accounts/new-password/").status_code == 302


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (404, "<html>Not found</html>"),
        (404, {"code": "other"}),
        (401, {}),
        (403, {"code": "bad_jwt"}),
        (500, {}),
        (521, ""),
    ],
)
def test_the_worker_changes_nothing_while_the_answer_is_no_answer(
    ada, auth, client, status, answer
):
    auth.answers[f"GET /admin/users/{ada.identity.subject}"] = (status, answer)
    post(client, message("DELETE", id=str(ada.identity.subject)))
    handle_all()
    ada.refresh_from_db()
    assert ada.is_active
    event = SyncEvent.objects.get()
    assert (event.state, event.attempts) == ("pending", 1)
