"""The vector was computed with the Auth server's own code in mind: see the module's source note."""

import hashlib

import pytest

from accounts.supabase.signatures import InvalidSignature, verify

A = "v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
B = "v1,whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
BODY = (
    b'{"metadata":{"uuid":"7c9e6679-7425-40de-944b-e07fc1f90ae7","time":"2026-01-01T00:00:00Z",'
    b'"name":"before-user-created","ip_address":"203.0.113.7"},"user":{"id":'
    b'"11111111-1111-4111-8111-111111111111","email":"ada@example.org"}}'
)
SENT_AT = 1767225600
SIGNED_A = "v1,uHsqQWVtKFZpLLBsL/0v+23YPWaYEa7uMYw5PsNPWe8="
SIGNED_B = "v1,otgyCF+tvJdtMS/WgLE4xlAgo8qif7mR0zIyTkhCfMk="
HEADERS = {
    "webhook-id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "webhook-timestamp": str(SENT_AT),
    "webhook-signature": f"{SIGNED_A}, {SIGNED_B}",
}


def check(headers=HEADERS, body=BODY, secrets=(A,), now=SENT_AT):
    verify(headers, body, secrets, now)
    return True


def test_the_vector_is_the_one_that_was_written_down():
    expected = "859659daa774bcd8cdc0133f13d5f165f3704886dcf67b11d2e8b80cca9af8b9"
    assert (len(BODY), hashlib.sha256(BODY).hexdigest()) == (225, expected)


@pytest.mark.parametrize("secrets", [(A,), (B,), (A, B), (B, A)])
def test_it_verifies_with_either_secret(secrets):
    assert check(secrets=secrets)


@pytest.mark.parametrize("separator", [", ", " ", ",", ""])
def test_it_finds_each_signature_however_they_are_joined(separator):
    header = separator.join([SIGNED_B, SIGNED_A])
    assert check(HEADERS | {"webhook-signature": header})


@pytest.mark.parametrize("place", [0, 100, 224])
def test_it_refuses_a_changed_byte(place):
    changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    with pytest.raises(InvalidSignature):
        check(body=changed)


def test_it_refuses_the_same_json_in_other_bytes():
    with pytest.raises(InvalidSignature):
        check(body=BODY.replace(b":", b": "))


@pytest.mark.parametrize("name", HEADERS)
def test_it_needs_every_header(name):
    with pytest.raises(InvalidSignature):
        check({key: value for key, value in HEADERS.items() if key != name})


@pytest.mark.parametrize(
    "moment", ["nan", "inf", "1e9", "-1", "", " ", "١٧٦٧٢٢٥٦٠٠", "9" * 40, "0x1"]
)
def test_it_refuses_strange_times(moment):
    with pytest.raises(InvalidSignature):
        check(HEADERS | {"webhook-timestamp": moment})


def test_it_allows_five_minutes():
    assert check(now=SENT_AT + 299)
    assert check(now=SENT_AT - 299)
    for late in (301, -301):
        with pytest.raises(InvalidSignature):
            check(now=SENT_AT + late)


SIGNATURES = [
    "", "v1", "v1,", "v1,,", ",", "v2," + SIGNED_A[3:], SIGNED_A[3:], "v1,é", "v1,AAAA",
    "v1," + "A" * 43 + "=", SIGNED_A.swapcase(), "v1 " + SIGNED_A[3:], "v1a," + SIGNED_A[3:],
    "v1,\x00", "v1," + "=" * 44, SIGNED_A[:-3],
]  # fmt: skip


@pytest.mark.parametrize("signature", SIGNATURES)
def test_it_refuses_strange_signatures(signature):
    with pytest.raises(InvalidSignature):
        check(HEADERS | {"webhook-signature": signature})


@pytest.mark.parametrize("message_id", ["", "é", "a b", "a\nb", "x" * 300])
def test_it_refuses_strange_ids(message_id):
    with pytest.raises(InvalidSignature):
        check(HEADERS | {"webhook-id": message_id})


@pytest.mark.parametrize("secrets", [(), ("",), ("v1,whsec_",), ("v1,whsec_?!",), (B[:-8],)])
def test_no_signature_fits_a_missing_or_unreadable_secret(secrets):
    only_a = HEADERS | {"webhook-signature": SIGNED_A}
    with pytest.raises(InvalidSignature):
        check(only_a, secrets=secrets)
