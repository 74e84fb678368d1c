"""Forty malformed webhooks and two thousand damaged ones: no 500, and no row."""

import base64
import hashlib
import hmac
import json
import time
import uuid

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import SyncEvent
from accounts.views.webhooks import receive_webhook
from tests.accounts.test_webhook import ADDRESS, SECRET, message

MUTATIONS = 2000
GOOD = json.dumps(message()).encode()


def signature(raw, message_id, sent_at, key=SECRET):
    signed = f"{message_id}.{sent_at}.".encode(errors="replace") + raw
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed(raw=GOOD, **changes):
    headers = {"webhook-id": str(uuid.uuid4()), "webhook-timestamp": str(int(time.time()))}
    headers |= {name: value for name, value in changes.items() if name in headers}
    mac = signature(raw, *headers.values())
    return headers | {"webhook-signature": mac} | changes


def post(raw, headers, **environ):
    headers = {name: value for name, value in headers.items() if value is not None}
    request = RequestFactory().post(
        ADDRESS, raw, content_type="application/json", headers=headers, **environ
    )
    return receive_webhook(request).status_code


NOW = int(time.time())
MAC = signature(GOOD, "m", str(NOW))
OTHER = signature(GOOD, "m", str(NOW), b"another key")
UNSIGNED = {
    "no headers": {"webhook-id": None, "webhook-timestamp": None, "webhook-signature": None},
    "no id": {"webhook-id": None},
    "empty id": {"webhook-id": ""},
    "a space in the id": {"webhook-id": "a b"},
    "a long id": {"webhook-id": "x" * 300},
    "another alphabet in the id": {"webhook-id": "ид"},
    "no time": {"webhook-timestamp": None},
    "empty time": {"webhook-timestamp": ""},
    "not a number": {"webhook-timestamp": "nan"},
    "infinity": {"webhook-timestamp": "inf"},
    "exponent": {"webhook-timestamp": "1e9"},
    "negative": {"webhook-timestamp": "-1"},
    "decimals": {"webhook-timestamp": f"{NOW}.5"},
    "other digits": {"webhook-timestamp": "١٧٦٧٢٢٥٦٠٠"},
    "too many digits": {"webhook-timestamp": "9" * 400},
    "six minutes ago": {"webhook-timestamp": str(NOW - 360)},
    "in six minutes": {"webhook-timestamp": str(NOW + 360)},
    "no signature": {"webhook-signature": None},
    "empty signature": {"webhook-signature": ""},
    "version alone": {"webhook-signature": "v1,"},
    "other version": {"webhook-signature": "v2," + MAC[3:]},
    "no version": {"webhook-signature": MAC[3:]},
    "short signature": {"webhook-signature": MAC[:-5]},
    "other key": {"webhook-signature": OTHER},
    "several of other keys": {"webhook-signature": f"{OTHER}, {OTHER} {OTHER}"},
    "not base64": {"webhook-signature": "v1," + "é" * 44},
    "commas": {"webhook-signature": ",,, ,"},
}
UNREADABLE = {
    "nothing": b"",
    "half an object": b"{",
    "a list": b"[]",
    "a number": b"7",
    "a text": b'"UPDATE"',
    "null": b"null",
    "not a number": b'{"type": NaN}',
    "infinity": b'{"type": -Infinity}',
    "very deep": b"[" * 100_000,
    "deep inside": b'{"record":' * 20_000,
    "a long number": b"9" * 5000,
    "invalid UTF-8": b'{"type": "\xff"}',
    "UTF-16": json.dumps({"type": "UPDATE"}).encode("utf-16"),
    "with a mark": b"\xef\xbb\xbf" + GOOD,
    "twice": GOOD + GOOD,
    "form fields": b"type=UPDATE&table=users",
}


@pytest.mark.parametrize("changes", UNSIGNED.values(), ids=UNSIGNED)
def test_it_refuses_what_is_not_signed(db, changes):
    assert post(GOOD, signed() | changes) == 401
    assert not SyncEvent.objects.exists()


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
def test_it_refuses_what_it_cannot_read(db, raw):
    assert post(raw, signed(raw)) == 400
    assert not SyncEvent.objects.exists()


def test_there_are_forty_shapes():
    assert len(UNSIGNED) + len(UNREADABLE) >= 40


@pytest.mark.parametrize("length", ["", "abc", "-1", "9" * 400, "1e3", " 7 "])
def test_a_false_length_does_no_harm(db, length):
    assert post(GOOD, signed(), CONTENT_LENGTH=length) in (401, 413)
    assert not SyncEvent.objects.exists()


def profile(examples):
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks)


edits = st.lists(
    st.tuples(st.integers(0, len(GOOD)), st.integers(0, 8), st.binary(max_size=8)), min_size=1
)


def damaged(raw, edits):
    for place, length, replacement in edits:
        raw = raw[:place] + replacement + raw[place + length :]
    return raw


@profile(MUTATIONS // 2)
@given(edits=edits)
def test_a_damaged_body_is_not_signed(db, edits):
    raw = damaged(GOOD, edits)
    assert post(raw, signed(GOOD)) == (401 if raw != GOOD else 202)
    assert SyncEvent.objects.count() == (raw == GOOD)
    SyncEvent.objects.all().delete()


header_text = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=80)


@profile(MUTATIONS // 2)
@given(
    name=st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), text=header_text
)
def test_a_damaged_header_is_refused(db, name, text):
    assert post(GOOD, signed() | {name: text}) == 401
    assert not SyncEvent.objects.exists()


@profile(MUTATIONS // 4)
@given(edits=edits)
def test_a_damaged_body_that_is_signed_never_fails(db, edits):
    raw = damaged(GOOD, edits)
    answer = post(raw, signed(raw))
    assert answer in (200, 202, 400)
    assert SyncEvent.objects.count() == (answer == 202)
    SyncEvent.objects.all().delete()
