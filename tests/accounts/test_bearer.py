"""Access tokens of Supabase at the REST API: GET /api/v1/me stands for all of it."""

import threading
import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.models import AccessSettings, AuditEntry, AuthSession, EndedSession, Identity, User
from accounts.sessions import ended
from accounts.sync.records import apply_record

ME = "/api/v1/me"
BANNED = "2999-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def no_memory():
    cache.clear()


def get(token, client=None, **headers):
    return (client or Client()).get(ME, headers={"Authorization": f"Bearer {token}", **headers})


@pytest.fixture
def record(db, auth):
    record = auth.record()
    apply_record(record)
    return record


def refused(answer, error="invalid_token"):
    header = answer.headers["WWW-Authenticate"]
    return answer.status_code == 401 and f'Bearer realm="api", error="{error}"' in header


def test_it_answers_with_the_own_profile(auth, record):
    user = User.objects.get()
    user.groups.add(Group.objects.create(name="Residents"))
    answer = get(auth.token(record, aal="aal2"))
    assert answer.json() == {
        "id": str(user.pk),
        "name": "Ada Byron",
        "email": "ada@lindencourt.example",
        "aal": "aal2",
        "groups": ["Residents"],
    }
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert not answer.cookies


def test_it_costs_two_queries_and_asks_nobody(auth, record, django_assert_num_queries):
    token = auth.token(record)
    get(token)
    asked = len(auth.requests)
    with django_assert_num_queries(2):
        assert get(token).status_code == 200
    assert len(auth.requests) == asked


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Token abc", "bearer-abc x"])
def test_without_a_bearer_token_it_says_how_to_ask(db, header):
    answer = Client().get(ME, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("token", ["", " ", "a b", "é", "abc", "a.b.c", "\x00", "a.b.c,Bearer d"])
def test_it_refuses_what_is_no_token(db, auth, token):
    assert refused(get(token))


def test_the_scheme_may_be_written_in_any_case(auth, record):
    answer = Client().get(ME, headers={"Authorization": f"bEaReR {auth.token(record)}"})
    assert answer.status_code == 200


def test_cookies_count_for_nothing(ada, auth, client):
    assert client.get(ME).status_code == 401
    assert refused(get("abc", client))


def test_a_token_beside_a_cookie_speaks_for_itself(ada, auth, client):
    other = auth.record("bea@lindencourt.example", user_metadata={"full_name": "Bea Lee"})
    apply_record(other)
    assert get(auth.token(other), client).json()["name"] == "Bea Lee"


def test_rules_for_browsers_do_not_reach_it(ada, auth, client):
    AccessSettings.objects.create(second_factor="members")
    assert client.get("/work/").status_code == 302
    answer = get(auth.token(auth.record(), aal="aal2"), client)
    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_not_for_it(auth, record, method):
    client = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {auth.token(record)}"}
    assert getattr(client, method)(ME, headers=headers).status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        lambda: Identity.objects.update(banned_until=BANNED),
        lambda: Identity.objects.update(deleted_at="2026-01-01T00:00:00Z"),
        lambda: Identity.objects.update(is_anonymous=True),
        lambda: User.objects.update(is_active=False),
    ],
    ids=["banned", "deleted", "anonymous", "deactivated"],
)
def test_an_account_that_may_not_enter_is_refused_at_the_next_request(auth, record, change):
    token = auth.token(record)
    assert get(token).status_code == 200
    change()
    assert refused(get(token))


def test_a_ban_that_is_over_lets_in_again(auth, record):
    Identity.objects.update(banned_until="2026-01-01T00:00:00Z")
    assert get(auth.token(record)).status_code == 200


def test_the_token_of_another_issuers_account_opens_nothing(auth, record):
    Identity.objects.update(issuer="https://other.example/auth/v1")
    auth.refuse(f"GET /admin/users/{record['id']}", 404, "user_not_found")
    assert refused(get(auth.token(record)))


# The first token of an account ---------------------------------------------------------------


def test_the_first_token_makes_the_account(db, auth):
    record = auth.record()
    auth.answers[f"GET /admin/users/{record['id']}"] = (200, record)
    answer = get(auth.token(record))
    assert answer.json()["email"] == "ada@lindencourt.example"
    assert Identity.objects.get().email_confirmed_at
    get(auth.token(record))
    assert len(auth.calls(f"GET /admin/users/{record['id']}")) == 1


def test_what_the_token_claims_of_itself_is_not_believed(db, auth):
    record = auth.record(app_metadata={})
    auth.answers[f"GET /admin/users/{record['id']}"] = (200, record)
    token = auth.token(record, email="boss@x.example", app_metadata={"role": "admin"})
    assert get(token).json()["email"] == "ada@lindencourt.example"
    assert Identity.objects.get().app_metadata == {}


def test_an_unknown_account_is_asked_for_once_a_minute(db, auth):
    record = auth.record()
    auth.refuse(f"GET /admin/users/{record['id']}", 404, "user_not_found")
    assert all(refused(get(auth.token(record))) for _ in range(5))
    assert len(auth.calls(f"GET /admin/users/{record['id']}")) == 1
    assert not User.objects.exists()


@pytest.mark.parametrize("status", [500, 502, 429])
def test_an_outage_says_nothing_about_the_person(db, auth, status):
    record = auth.record()
    auth.refuse(f"GET /admin/users/{record['id']}", status, "unexpected_failure")
    answer = get(auth.token(record))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not User.objects.exists()


def test_a_banned_newcomer_is_refused(db, auth):
    record = auth.record(banned_until=BANNED)
    auth.answers[f"GET /admin/users/{record['id']}"] = (200, record)
    assert refused(get(auth.token(record)))


def test_an_anonymous_newcomer_is_not_even_asked_for(db, auth):
    assert refused(get(auth.token(is_anonymous=True)))
    assert not [r for r in auth.requests if "admin" in r["route"]]


def test_known_accounts_need_no_auth_server(auth, record):
    token = auth.token(record)
    assert get(token).status_code == 200
    auth.close()
    assert get(token).status_code == 200


def test_without_keys_nobody_is_called_invalid(auth, record):
    token = auth.token(record)
    auth.close()
    answer = get(token)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


# Sessions that ended here --------------------------------------------------------------------


def token_of_this_session(auth, record):
    session = AuthSession.objects.get()
    return auth.token(record, session_id=str(session.supabase_session_id))


def test_the_token_of_a_session_that_was_signed_out_is_refused(ada, auth, client):
    token = token_of_this_session(auth, auth.record())
    assert get(token).status_code == 200
    client.post("/accounts/sign-out/")
    assert refused(get(token))
    assert get(auth.token(auth.record())).status_code == 200  # of another session


@pytest.mark.parametrize("how", ["end", "query", "cascade"])
def test_it_is_refused_however_the_session_went(ada, auth, how):
    token = token_of_this_session(auth, auth.record())
    if how == "end":
        AuthSession.objects.get().end()
    else:
        AuthSession.objects.all().delete()
    assert EndedSession.objects.count() == 1
    assert refused(get(token))


def test_a_second_factor_does_not_end_the_session_it_belongs_to(ada, auth):
    token = token_of_this_session(auth, auth.record())
    old = AuthSession.objects.get()
    AuthSession.objects.create(
        identity=old.identity,
        session_key="another",
        supabase_session_id=old.supabase_session_id,
        expires_at=old.expires_at,
    )
    old.end()
    assert get(token).status_code == 200


def test_ended_sessions_are_forgotten_when_no_token_can_live(db):
    for at in ("2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z"):
        EndedSession.objects.create(session_id=uuid.uuid4(), ended_at=at)
    ended.forget_old()
    assert EndedSession.objects.count() == 1


# Second factor -------------------------------------------------------------------------------

APP = [{"id": "1", "factor_type": "totp", "status": "verified", "friendly_name": "Phone"}]


def test_who_has_an_authenticator_app_has_to_use_it(auth, record):
    Identity.objects.update(factors=APP)
    answer = get(auth.token(record))
    assert refused(answer, "insufficient_user_authentication")
    assert 'acr_values="aal2"' in answer.headers["WWW-Authenticate"]
    assert get(auth.token(record, aal="aal2")).status_code == 200


@pytest.mark.parametrize(
    ("rule", "status"), [("optional", 200), ("editors", 200), ("members", 401)]
)
def test_the_site_may_ask_everybody_for_it(auth, record, rule, status):
    AccessSettings.objects.create(second_factor=rule)
    assert get(auth.token(record)).status_code == status


# Under fire ----------------------------------------------------------------------------------


def test_it_tells_nothing_in_the_log(auth, record, caplog):
    token = auth.token(record) + "x"
    get(token)
    assert token not in caplog.text
    assert record["email"] not in caplog.text


def test_what_it_does_is_done_by_the_tokens_owner(auth, record):
    get(auth.token(record))
    assert (
        not AuditEntry.objects.filter(actor_id=None).exclude(event__startswith="account.").exists()
    )


@pytest.mark.django_db(transaction=True)
def test_a_valid_token_is_answered_while_random_keys_hammer(auth):
    record = auth.record()
    apply_record(record)
    good = auth.token(record)
    get(good)
    other = ec.generate_private_key(ec.SECP256R1())
    claims = auth.claims(record)
    bad = [
        jwt.encode(claims, other, "ES256", headers={"kid": f"random-{number}"})
        for number in range(1000)
    ]
    answers, waits = [], []

    def hammer(tokens):
        answers.extend(get(token).status_code for token in tokens)
        connection.close()

    threads = [threading.Thread(target=hammer, args=(bad[n::2],)) for n in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        before = time.perf_counter()
        assert get(good).status_code == 200
        waits.append(time.perf_counter() - before)
    assert set(answers) == {401} and len(answers) == 1000
    # All threads share one interpreter here: the median is the portal's part.
    assert sorted(waits)[len(waits) // 2] < 0.05
    assert len(auth.calls("GET /.well-known/jwks.json")) <= 2  # the first, and one for the flood
