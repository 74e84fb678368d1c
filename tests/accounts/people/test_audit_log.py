"""The audit log: to be read and filtered, and never changed, not even past the models."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import append_only, audit
from accounts.models import AuditEntry
from accounts.models.audit import RETENTION, AppendOnly
from accounts.schedule import forget_old_audit_entries
from portal.actor import acting
from tests.workers import PROJECT

LOG = "/admin/people/audit-log/"


@pytest.fixture
def postgres():
    if connection.vendor != "postgresql":
        pytest.skip("The trigger is PostgreSQL's: run the suite with DATABASE_URL for one.")


@pytest.fixture
def entry(db, helen, person):
    with acting(helen):
        return audit.record("person.banned", target=person.pk, until="for good")


def table(response):
    rows = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return " ".join(rows.split())


def test_it_names_people_as_they_are_called_now(as_helen, entry):
    shown = table(as_helen.get(LOG))
    assert "Banned </a>" in shown and "Helen Whitcombe" in shown and "Ada Byron" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [({"event": "person.banned"}, True), ({"event": "account.created"}, False),
     ({"person": "ada b"}, True), ({"person": "helen"}, True), ({"person": "nobody"}, False),
     ({"at_from": "2999-01-01"}, False), ({"at_to": "2999-01-01"}, True)],
    ids=str,
)  # fmt: skip
def test_it_filters(as_helen, entry, query, found):
    assert ("Banned </a>" in table(as_helen.get(LOG, query))) == found


def test_somebody_erased_is_found_by_id(as_helen, entry, person):
    number = person.pk
    person.delete()
    shown = table(as_helen.get(LOG, {"person": str(number)}))
    assert "Banned </a>" in shown and "Somebody erased" in shown


def test_an_entry_is_shown_and_exported(as_helen, entry):
    page = as_helen.get(f"{LOG}inspect/{entry.pk}/").content.decode()
    assert "for good" in page and "Helen Whitcombe" in page
    answer = as_helen.get(LOG, {"export": "csv"})
    assert "for good" in b"".join(answer.streaming_content).decode()


def test_it_is_for_superusers_and_whom_they_let(as_carl, clerks, entry):
    assert as_carl.get(LOG).status_code == 302
    clerks.permissions.add(Permission.objects.get(codename="view_auditentry"))
    assert as_carl.get(LOG).status_code == 200


def test_nothing_writes_over_http(as_helen, entry):
    for address in ("add/", f"edit/{entry.pk}/", f"delete/{entry.pk}/"):
        assert as_helen.post(LOG + address).status_code == 404
    assert as_helen.post(LOG).status_code == 405


def test_the_models_refuse_changes(entry):
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete,
                   lambda: AuditEntry.objects.update(event="x")):  # fmt: skip
        with pytest.raises(AppendOnly):
            change()


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres")
@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET event = 'x'", "DELETE FROM accounts_auditentry"]
)
def test_the_database_refuses_changes(entry, statement):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEntry.objects.get(pk=entry.pk).event == "person.banned"


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres")
def test_without_the_trigger_the_database_would_obey(entry):
    """The control of the test above."""
    with connection.cursor() as cursor:
        cursor.execute(append_only.UNPROTECT)
        cursor.execute("UPDATE accounts_auditentry SET event = 'x'")
    assert AuditEntry.objects.get(pk=entry.pk).event == "x"


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres")
@pytest.mark.django_db(transaction=True)
def test_a_test_can_empty_the_table():
    audit.record("person.banned")
    connection.cursor().execute("TRUNCATE accounts_auditentry")
    assert not AuditEntry.objects.exists()


def test_the_migration_protects_the_log():
    """Also where the trigger itself is not run: whoever makes the migration anew loses it."""
    files = (PROJECT / "accounts" / "migrations").glob("0*.py")
    assert sum(path.read_text().count("PROTECT_AUDIT_LOG,") for path in files) == 1


def test_entries_are_forgotten_after_two_years(entry):
    old = AuditEntry.objects.create(
        event="person.banned", at=timezone.now() - RETENTION - timedelta(days=1)
    )
    forget_old_audit_entries()
    assert AuditEntry.objects.filter(pk=entry.pk).exists()
    assert not AuditEntry.objects.filter(pk=old.pk).exists()
