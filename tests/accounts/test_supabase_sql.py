"""The SQL for the Supabase side, on a real PostgreSQL."""

import json
import time
from io import StringIO

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from accounts.supabase import sql
from accounts.supabase.signatures import InvalidSignature, verify
from accounts.sync.inbox import store
from tests.accounts.supabase_database import SECRET_COLUMNS, WEBHOOK_SECRET, WEBHOOK_URL, Project

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def project(db):
    if connection.vendor != "postgresql":
        pytest.skip("Supabase's database is PostgreSQL: run the suite with DATABASE_URL for one.")
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_available_extensions where name = 'pgcrypto'")
        if cursor.fetchone() is None:
            pytest.skip("This PostgreSQL comes without pgcrypto.")
    project = Project()
    yield project
    project.close()


@pytest.fixture
def installed(project):
    project.install()
    return project


def test_it_signs_exactly_the_bytes_it_sends(installed):
    user_id = installed.sign_up()
    [(url, body, headers, timeout)] = installed.calls()
    assert (url, timeout, headers["Content-Type"]) == (WEBHOOK_URL, 5000, "application/json")
    verify(headers, body.encode(), [WEBHOOK_SECRET], time.time())
    message = json.loads(body)
    assert (message["type"], message["record"]["id"]) == ("INSERT", user_id)
    with pytest.raises(InvalidSignature):
        verify(headers, body.replace("Ada", "Eve").encode(), [WEBHOOK_SECRET], time.time())


def test_the_inbox_takes_what_it_sends(installed):
    user_id = installed.sign_up()
    installed.delete(user_id)
    stored = [store(json.loads(body)) for _url, body, _headers, _timeout in installed.calls()]
    assert stored == [True, True]


def test_secrets_stay_in_the_database(installed):
    installed.delete(installed.sign_up())
    bodies = [body for _url, body, _headers, _timeout in installed.calls()]
    assert len(bodies) == 2
    assert not any("canary" in body for body in bodies)
    assert not any(set(SECRET_COLUMNS) & set(json.loads(body)["record"]) for body in bodies)


def test_a_careless_trigger_would_send_them(installed):
    installed.sign_up()
    [(row,)] = installed.run("select to_jsonb(u)::text from auth.users u")
    assert all(f"canary-{name}" in row for name in SECRET_COLUMNS)


@pytest.mark.parametrize(
    "assignment",
    ["last_sign_in_at = now(), updated_at = now()", "recovery_token = 'new'", "email = email"],
)
def test_signing_in_tells_nobody(installed, assignment):
    user_id = installed.sign_up()
    installed.change(user_id, assignment)
    assert len(installed.calls()) == len(installed.changes()) == 1


@pytest.mark.parametrize(
    "assignment",
    [
        "email = 'new@lindencourt.example'",
        "banned_until = now() + interval '1 day'",
        "deleted_at = now()",
        "email_confirmed_at = now()",
        """raw_app_meta_data = '{"role": "editor"}'""",
        "raw_user_meta_data = null",
        "phone = '441632960961'",
        "is_anonymous = true",
    ],
)
def test_what_matters_is_told_and_logged(installed, assignment):
    user_id = installed.sign_up()
    installed.change(user_id, assignment)
    assert json.loads(installed.calls()[-1][1])["type"] == "UPDATE"
    assert installed.changes() == [(user_id, "INSERT"), (user_id, "UPDATE")]


def test_a_deletion_carries_the_row_that_was(installed):
    user_id = installed.sign_up()
    installed.delete(user_id)
    message = json.loads(installed.calls()[-1][1])
    assert (message["type"], message["record"]["id"]) == ("DELETE", user_id)
    assert installed.changes()[-1] == (user_id, "DELETE")


BREAKS = [
    "drop schema vault cascade",
    "drop schema net cascade",
    "drop schema extensions cascade",
    "delete from vault.secrets",
    "update vault.secrets set secret = 'v1,whsec_this is not base64!'",
    "drop table portal_sync.changes",
    "alter table portal_sync.changes add constraint full_up check (false) not valid",
]


@pytest.mark.parametrize("breaking", BREAKS)
def test_whatever_breaks_people_sign_up(installed, breaking):
    installed.run(breaking)
    user_id = installed.sign_up()
    installed.change(user_id, "email = 'new@lindencourt.example'")
    installed.delete(user_id)
    assert installed.run("select count(*) from auth.users") == [(0,)]


def test_a_trigger_without_the_guard_would_stop_them(project):
    text = sql.install(WEBHOOK_URL)
    guard = text[text.index("exception when others") : text.index("end $$;")]
    project.run(text.replace(guard, "").replace(
        text[text.rindex("exception when others") : text.rindex("end $$;")], ""
    ), as_role=project.owner)  # fmt: skip
    project.run("drop schema vault cascade")
    with pytest.raises(psycopg2.Error):
        project.sign_up()


def test_a_warning_quotes_nothing(installed):
    installed.run("update vault.secrets set secret = 'v1,whsec_canary!'")
    auth = installed.connect(installed.auth)
    auth.cursor().execute("insert into auth.users (id) values (gen_random_uuid())")
    assert "the portal was not told" in auth.notices[-1]
    assert not any("canary" in notice for notice in auth.notices)


def test_a_locked_log_holds_nobody_up(installed):
    with installed.connect(installed.owner).cursor() as cursor:
        cursor.execute("begin; lock table portal_sync.changes in access exclusive mode")
        before = time.monotonic()
        installed.sign_up()
        assert time.monotonic() - before < 3
        cursor.execute("rollback")
    assert installed.changes() == []


def test_a_change_that_is_rolled_back_is_not_logged(installed):
    with installed.connect(installed.auth).cursor() as cursor:
        cursor.execute("begin; insert into auth.users (id) values (gen_random_uuid()); rollback")
    assert installed.changes() == []
    assert installed.calls() == []


def test_the_log_forgets_what_is_older_than_a_month(installed):
    first = installed.sign_up()
    installed.run("update portal_sync.changes set at = now() - interval '31 days'")
    installed.change(first, "phone = '1'")
    assert installed.changes() == [(first, "UPDATE")]


def test_installing_again_changes_nothing(installed):
    user_id = installed.sign_up()
    installed.install()
    assert installed.changes() == [(user_id, "INSERT")]
    installed.sign_up("bea@lindencourt.example")
    assert len(installed.calls()) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "select * from portal_sync.changes",
        "insert into portal_sync.changes (user_id, operation) values (gen_random_uuid(), 'INSERT')",
        "create function portal_sync.mine() returns int language sql as 'select 1'",
    ],
)
def test_others_can_neither_read_nor_write_the_log(installed, statement):
    for role in (installed.stranger, installed.auth):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            installed.run(statement, as_role=role)


def test_a_reader_may_read_and_no_more(project):
    project.install(reader=project.stranger)
    project.sign_up()
    rows = project.run("select operation from portal_sync.changes", as_role=project.stranger)
    assert rows == [("INSERT",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        project.run("delete from portal_sync.changes", as_role=project.stranger)


def leftovers(project):
    return project.run(
        "select nspname::text from pg_namespace where nspname = 'portal_sync' "
        "union all select tgname from pg_trigger where tgname like 'portal%' "
        "union all select proname from pg_proc where proname in ('log_change', 'tell_portal') "
        "union all select name from vault.secrets"
    )


def test_uninstalling_leaves_nothing(installed):
    assert len(leftovers(installed)) == 8
    for _time in range(2):
        installed.run(sql.uninstall(), as_role=installed.owner)
    assert leftovers(installed) == []
    installed.sign_up()
    assert installed.calls() == []


def test_uninstalling_works_without_a_vault(installed):
    installed.run("drop schema vault cascade")
    installed.run(sql.uninstall(), as_role=installed.owner)
    assert installed.run("select 1 from pg_namespace where nspname = 'portal_sync'") == []


def printed(*arguments):
    out = StringIO()
    call_command("supabase_sql", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_what_can_be_pasted(settings):
    settings.PUBLIC_URL = "https://www.lindencourt.example"
    text = printed("--reader", 'por"tal')
    assert "'https://www.lindencourt.example/webhooks/supabase/'" in text
    assert 'to "por""tal";' in text
    assert "{{" not in text
    assert "drop schema if exists portal_sync cascade" in printed("--uninstall")


def test_the_command_quotes_the_address(settings):
    settings.PUBLIC_URL = "https://o'brien.example"
    assert "'https://o''brien.example/webhooks/supabase/'" in printed()
