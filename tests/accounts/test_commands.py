from io import StringIO
from uuid import NAMESPACE_DNS, uuid5

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Identity, User
from notifications.models import Email
from tests import factories

HELEN = "helen.whitcombe@lindencourt.example"
AMARA = "amara.okafor@lindencourt.example"


def grant(email, *options):
    call_command("grant_administrator", email, *options, stdout=StringIO())


@pytest.fixture
def people(db):
    call_command("load_demo_people", stdout=StringIO())


def test_the_demo_has_seven_people_with_predictable_subjects(people):
    call_command("load_demo_people", stdout=StringIO())
    assert User.objects.count() == 7
    assert Identity.objects.get(email_seen=AMARA).subject == uuid5(NAMESPACE_DNS, AMARA)
    assert list(User.objects.filter(is_superuser=True).values_list("email", flat=True)) == [HELEN]


def test_the_demo_makes_accounts_to_sign_in_with(db, auth, settings):
    settings.DEBUG = True
    for name in ("helen.whitcombe", "amara.okafor"):
        subject = uuid5(NAMESPACE_DNS, f"{name}@lindencourt.example")
        auth.answers[f"GET /admin/users/{subject}"] = (
            200,
            auth.record(f"{name}@lindencourt.example"),
        )
    with pytest.raises(CommandError, match="Jonas"):
        call_command("load_demo_people", "--auth", stdout=StringIO())
    asked = [request["route"] for request in auth.requests]
    assert f"GET /admin/users/{uuid5(NAMESPACE_DNS, AMARA)}" in asked


def test_the_demo_creates_who_is_missing_with_a_confirmed_address(db, auth, settings):
    settings.DEBUG = True
    for name in ["amara.okafor", "jonas.lindqvist", "priya.raman", "tomasz.zielinski",
                 "helen.whitcombe", "luis.ferreira", "mei-ling.chan"]:  # fmt: skip
        subject = uuid5(NAMESPACE_DNS, f"{name}@lindencourt.example")
        auth.refuse(f"GET /admin/users/{subject}", 404, "user_not_found")
    auth.answers["POST /admin/users"] = (200, auth.record(AMARA))
    call_command("load_demo_people", "--auth", stdout=StringIO())
    body = auth.calls("POST /admin/users")[0]["body"]
    assert (body["email"], body["email_confirm"]) == (AMARA, True)
    assert body["id"] == str(uuid5(NAMESPACE_DNS, AMARA))


def test_known_passwords_are_for_development_only(db, auth):
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("load_demo_people", "--auth")
    assert not auth.requests


def test_it_grants_administration(people):
    grant(AMARA.upper(), "--yes")
    assert User.objects.get(email=AMARA).is_superuser
    grant(AMARA, "--yes")


def test_it_changes_nothing_without_a_yes(people, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    with pytest.raises(CommandError, match="Nothing was changed"):
        grant(AMARA)
    assert not User.objects.get(email=AMARA).is_superuser


def test_it_asks(people, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))
    grant(AMARA)
    assert User.objects.get(email=AMARA).is_superuser


def test_it_refuses_an_address_of_two_people(people):
    factories.make_user("Double", email=AMARA)
    with pytest.raises(CommandError, match="2 people"):
        grant(AMARA, "--yes")


@pytest.mark.parametrize(
    "change",
    [
        {"email_confirmed_at": None},
        {"is_anonymous": True},
        {"banned_until": "2999-01-01T00:00:00Z"},
    ],
    ids=["unconfirmed", "anonymous", "banned"],
)
def test_it_refuses_accounts_that_prove_nothing(people, change):
    Identity.objects.update(**change)
    with pytest.raises(CommandError):
        grant(AMARA, "--yes")
    assert not User.objects.get(email=AMARA).is_superuser


def test_it_refuses_people_without_an_account_and_unknown_ones(db):
    factories.make_user("Local", email="local@lindencourt.example")
    for address in ("local@lindencourt.example", "nobody@lindencourt.example"):
        with pytest.raises(CommandError):
            grant(address, "--yes")


def test_making_an_administrator_is_in_the_log_and_told_to_all_of_them(people):
    grant(AMARA, "--yes")
    entry = AuditEntry.objects.get(event="administrator.made")
    assert entry.target_id == User.objects.get(email=AMARA).pk
    told = Email.objects.filter(context__title="There is a new administrator")
    assert set(told.values_list("to_address", flat=True)) == {AMARA, HELEN}
    grant(AMARA, "--yes")
    assert AuditEntry.objects.filter(event="administrator.made").count() == 1
