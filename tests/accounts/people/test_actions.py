"""What administrators do to one person, through the pages of the admin."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import AuditEntry, Identity, User
from accounts.sync.records import apply_record
from tests import factories
from tests.accounts.safety import age_sign_in

LATER = "2999-01-01T00:00:00Z"
ALL = ["sync", "password-mail", "groups", "second-factor", "hand-over", "ban", "erase"]


def events():
    return list(
        AuditEntry.objects.exclude(event__startswith="account.").values_list("event", flat=True)
    )


def said(response, client):
    return client.get(response.url).content.decode()


def test_a_ban_keeps_out_and_ends_sessions_at_once(ada, auth, client, act, answers_with, helen):
    assert client.get("/account/").status_code == 200
    route = answers_with(banned_until=LATER)
    act(ada, "ban", length="good", reason="Threats in comments")
    assert auth.calls(route)[0]["body"] == {"ban_duration": "876000h"}
    identity = Identity.objects.get(user=ada)
    assert identity.is_banned and identity.ban_reason == "Threats in comments"
    assert not identity.sessions.exists() and client.get("/account/").status_code == 302
    entry = AuditEntry.objects.get(event="person.banned")
    assert (entry.actor_id, entry.target_id) == (helen.pk, ada.pk) and "Threats" not in str(
        entry.details
    )


def test_a_ban_can_end_by_itself(person, auth, act, answers_with):
    route = answers_with(banned_until=LATER)
    until = timezone.localtime() + timedelta(hours=2)
    act(person, "ban", length="until", until=until.strftime("%Y-%m-%d %H:%M"), reason="Cool down")
    seconds = int(auth.calls(route)[0]["body"]["ban_duration"].removesuffix("s"))
    assert 7000 < seconds <= 7200


@pytest.mark.parametrize(
    "form",
    [{"length": "good"}, {"length": "until", "reason": "x"},
     {"length": "until", "until": "2020-01-01 10:00", "reason": "x"}],
    ids=["no reason", "no date", "past"],
)  # fmt: skip
def test_a_ban_needs_a_reason_and_a_date_to_come(person, auth, act, form):
    response = act(person, "ban", **form)
    assert response.status_code == 422 and b"Error:" in response.content
    assert not auth.requests and not Identity.objects.get(user=person).is_banned


def test_a_ban_is_lifted(person, auth, act, answers_with):
    Identity.objects.update(banned_until=LATER, ban_reason="Old story")
    route = answers_with(banned_until=None)
    act(person, "unban")
    assert auth.calls(route)[0]["body"] == {"ban_duration": "none"}
    identity = Identity.objects.get(user=person)
    assert not identity.is_banned and identity.ban_reason == ""
    assert events() == ["person.unbanned"]


def test_nothing_changes_while_the_auth_server_is_down(person, auth, act):
    auth.answers[f"PUT /admin/users/{person.identity.subject}"] = (
        500,
        {"code": "unexpected_failure"},
    )
    response = act(person, "ban", length="good", reason="Spam everywhere")
    assert response.status_code == 503 and response.headers["Retry-After"]
    assert "nothing has changed" in response.content.decode()
    assert "Spam everywhere" in response.content.decode()  # what was typed is kept
    assert not Identity.objects.get(user=person).is_banned and events() == []


def test_mails_are_asked_for(person, auth, act):
    auth.answers["POST /recover"] = (200, {})
    act(person, "password-mail")
    assert auth.calls("POST /recover")[0]["body"]["email"] == person.email
    Identity.objects.update(email_confirmed_at=None)
    auth.answers["POST /resend"] = (200, {})
    act(person, "confirmation")
    assert auth.calls("POST /resend")[0]["body"]["type"] == "signup"
    assert set(events()) == {"person.password-mail-sent", "person.confirmation-sent"}


def test_a_mail_too_soon_is_explained(person, auth, act):
    auth.refuse("POST /recover", 429, "over_email_send_rate_limit")
    response = act(person, "password-mail")
    assert response.status_code == 429 and "one mail a minute" in response.content.decode()


def test_second_factors_are_reset(ada, auth, client, act):
    subject, now = ada.identity.subject, timezone.now().isoformat()
    factor = {"id": "6d0f3c6e-8b6e-4b0e-9d4e-0d7a53a4a0f1", "factor_type": "totp",
              "status": "verified", "created_at": now, "updated_at": now}  # fmt: skip
    Identity.objects.update(factors=[factor])
    auth.answers[f"GET /admin/users/{subject}/factors"] = (200, [factor])
    gone = f"DELETE /admin/users/{subject}/factors/{factor['id']}"
    auth.answers[gone] = (200, {"id": factor["id"]})
    act(ada, "second-factor")
    assert auth.calls(gone) and not Identity.objects.get(user=ada).factors
    assert client.get("/account/").status_code == 302
    assert AuditEntry.objects.get(event="person.second-factor-reset").details == {"factors": 1}


def test_it_synchronises(person, auth, act):
    subject = person.identity.subject
    auth.answers[f"GET /admin/users/{subject}"] = (
        200,
        auth.record(user_metadata={"full_name": "Ada Lovelace"}),
    )
    act(person, "sync")
    person.refresh_from_db()
    assert person.display_name == "Ada Lovelace"
    auth.refuse(f"GET /admin/users/{subject}", 404, "user_not_found")
    act(person, "sync")
    person.refresh_from_db()
    assert not person.is_active


def test_erasing_needs_the_address(person, auth, act, helen):
    gone = f"DELETE /admin/users/{person.identity.subject}"
    auth.answers[gone] = (200, {})
    assert act(person, "erase", typed="somebody@else.example").status_code == 422
    assert not auth.requests
    act(person, "erase", typed=person.email.upper())
    person.refresh_from_db()
    assert person.erased_at and auth.calls(gone)
    assert AuditEntry.objects.get(event="person.erased").actor_id == helen.pk


@pytest.mark.parametrize("action", ALL)
def test_looking_does_nothing(person, auth, as_helen, action):
    response = as_helen.get(f"/admin/people/users/{person.pk}/{action}/")
    assert response.status_code == 200 and not auth.requests and events() == []


@pytest.mark.parametrize("action", ALL)
def test_it_refuses_visitors_and_members(person, auth, client, action):
    address = f"/admin/people/users/{person.pk}/{action}/"
    assert client.post(address).status_code == 302
    client.force_login(factories.make_user())
    assert client.post(address, follow=True).status_code == 403
    assert not auth.requests and events() == []


@pytest.mark.parametrize("action", ALL)
def test_it_refuses_editors_without_the_permission(person, auth, as_carl, clerks, action):
    clerks.permissions.remove(
        *clerks.permissions.exclude(codename__in=["access_admin", "view_user"])
    )
    form = {"length": "good", "reason": "x", "typed": person.email, "to": "x@y.example"}
    response = as_carl.post(f"/admin/people/users/{person.pk}/{action}/", form)
    assert response.status_code == 302 and "You may look" in said(response, as_carl)
    assert not auth.requests and events() == []


def test_it_does_not_know_strangers_nor_other_actions(as_helen, person):
    for address in (
        f"{person.pk}/make-administrator/",
        "7c9e6679-7425-40de-944b-e07fc1f90ae7/ban/",
    ):
        assert as_helen.post(f"/admin/people/users/{address}").status_code == 404


def test_it_is_harmless_twice(person, auth, act, answers_with):
    route = answers_with(banned_until=LATER)
    for _time in range(2):
        assert act(person, "ban", length="good", reason="Spam").status_code == 302
    assert len(auth.calls(route)) == 1 and events() == ["person.banned"]


def test_nobody_bans_or_erases_themselves(helen, as_helen, auth, act):
    helen_too = factories.make_user("Second Boss", is_superuser=True)
    Identity.objects.create(user=helen, issuer="x", subject=helen.pk, email_seen=helen.email)
    for action in ("ban", "erase"):
        response = act(helen, action, length="good", reason="x", typed=helen.email)
        assert "yourself" in said(response, as_helen)
    assert not auth.requests and User.objects.get(pk=helen.pk).may_enter and helen_too.is_active


@pytest.mark.parametrize("action", ["ban", "erase"])
def test_the_last_administrator_stays(person, auth, as_helen, act, action):
    """Helen is a local administrator: she is for emergencies and does not count."""
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    response = act(person, action, length="good", reason="x", typed=person.email)
    assert "last administrator" in said(response, as_helen) and not auth.requests
    assert User.objects.get(pk=person.pk).may_enter


def test_an_administrator_is_banned_while_another_stays(person, auth, act, answers_with):
    """The control of the test above."""
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    other = factories.make_user("Second Boss", is_superuser=True)
    Identity.objects.create(user=other, issuer="x", subject=other.pk)
    route = answers_with(banned_until=LATER)
    act(person, "ban", length="good", reason="x")
    assert auth.calls(route)


def test_a_page_from_before_gives_no_rights(auth, clerks, as_helen, act, helen):
    """Helen is an administrator no more when her old page sends a form."""
    boss = factories.make_user("Only Boss", is_superuser=True)
    Identity.objects.create(user=boss, issuer="x", subject=boss.pk, email_seen=boss.email)
    User.objects.filter(pk=helen.pk).update(is_superuser=False)
    helen.groups.add(clerks)
    response = act(boss, "ban", length="good", reason="x")
    assert "Only administrators" in said(response, as_helen) and not auth.requests


def test_a_ban_leaves_sessions_of_others_alone(ada, act, answers_with):
    answers_with(banned_until=LATER)
    before = Session.objects.count()  # Ada's and Helen's
    act(ada, "ban", length="good", reason="Spam")
    assert Session.objects.count() == before - 1


def test_an_administrator_with_an_old_session_proves_first_who_they_are(ada, auth, client):
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    bob = apply_record(auth.record("bob@lindencourt.example")).user
    age_sign_in()
    address = f"/admin/people/users/{bob.pk}/ban/"
    for ask in (client.get, client.post):
        assert ask(address).url == f"/account/confirm/?next={quote(address, safe='')}"
    age_sign_in(minutes=1)
    assert client.get(address).status_code == 200
    assert client.post(address, {"length": "good"}).status_code == 422, "they may, with a reason"
