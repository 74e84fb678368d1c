"""Settings, Sign-in and registration: lines are cleaned, and a bad one is named."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import domains
from accounts.models import AccessSettings, AuditEntry
from tests import factories

DATA = {
    "registration": "open",
    "allowed_domains": "",
    "denied_domains": "",
    "second_factor": "optional",
}


@pytest.fixture
def admin(client, db):
    user = factories.make_user("Helen Whitcombe")
    user.is_superuser = user.is_staff = True
    user.save()
    client.force_login(user)
    return client


@pytest.fixture
def address(db):
    row = AccessSettings.load()
    return reverse("wagtailsettings:edit", args=["accounts", "accesssettings", row.pk])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("court.example", "court.example"),
        ("  @Court.Example.  ", "court.example"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("mail.court.co.uk", "mail.court.co.uk"),
    ],
)
def test_it_knows_one_spelling_of_a_domain(typed, kept):
    assert domains.cleaned(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "@", "court", "a b.example", "*.court.example", "ada@court.example", "http://court.example",
     "court.example/", "-court.example", "court..example", ".court.example", "court.example;", "é" * 80 + ".example"],
)  # fmt: skip
def test_it_refuses_what_is_no_domain(typed):
    with pytest.raises(ValueError):
        domains.cleaned(typed)


def test_the_form_cleans_lines(admin, address):
    typed = "@Court.Example\n\n court.example.\nBÜCHER.example "
    answer = admin.post(address, DATA | {"registration": "domains", "allowed_domains": typed})
    assert answer.status_code == 302
    assert AccessSettings.load().allowed_domains == "court.example\nxn--bcher-kva.example"


def test_the_form_names_bad_lines_and_keeps_what_was_typed(admin, address):
    typed = "court.example\nada@court.example\n*.evil.example"
    answer = admin.post(address, DATA | {"denied_domains": typed})
    page = answer.content.decode()
    assert "Correct: ada@court.example, *.evil.example" in page
    assert "*.evil.example</textarea>" in page
    assert AccessSettings.load().denied_domains == ""


def test_nobody_closes_the_door_by_an_empty_list(admin, address):
    answer = admin.post(address, DATA | {"registration": "domains"})
    assert "Name at least one domain" in answer.content.decode()


def test_strangers_do_not_change_it(client, db, address):
    assert client.post(address, DATA).status_code == 302
    with pytest.raises(ValidationError):
        AccessSettings(allowed_domains="a b").full_clean()


def test_what_is_decided_is_in_the_audit_log(admin, address):
    assert not AuditEntry.objects.exists()
    admin.post(address, DATA | {"second_factor": "members"})
    entry = AuditEntry.objects.get()
    assert entry.event == "access-settings.changed" and entry.actor_id
    assert entry.details == {"registration": "open", "second_factor": "members"}
