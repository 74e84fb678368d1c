"""Reading the change log: nothing is lost, whatever order transactions commit in."""

import os
import subprocess
import sys

import psycopg2
import pytest
from django.db import connection

from accounts.models import ChangeLogPosition, SyncEvent
from accounts.supabase import sql
from accounts.sync import change_log
from tests.workers import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TABLES = """
create schema auth;
create table auth.users (id uuid primary key, email text, phone text, role text, aud text,
    email_confirmed_at timestamptz, phone_confirmed_at timestamptz, banned_until timestamptz,
    deleted_at timestamptz, is_anonymous boolean, is_sso_user boolean, raw_app_meta_data jsonb,
    raw_user_meta_data jsonb, last_sign_in_at timestamptz)
"""
SIGN_UP = "insert into auth.users (id) values (gen_random_uuid()) returning id::text"


@pytest.fixture
def log(db):
    """The portal's own database, with Supabase's accounts and the change log beside it."""
    if connection.vendor != "postgresql":
        pytest.skip("Supabase's database is PostgreSQL: run the suite with DATABASE_URL for one.")
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(sql.install("https://portal.example/webhooks/supabase/"))
    yield cursor
    with connection.cursor() as cursor:
        cursor.execute(sql.uninstall())
        cursor.execute("drop schema auth cascade")


@pytest.fixture
def elsewhere(log):
    """A function that opens a connection of its own, in a transaction, and signs somebody up."""
    opened = []

    def sign_up():
        other = psycopg2.connect(database_url())
        opened.append(other)
        with other.cursor() as cursor:
            cursor.execute(SIGN_UP)
            return other, cursor.fetchone()[0]

    yield sign_up
    for each in opened:
        each.close()


def sign_up():
    with connection.cursor() as cursor:
        cursor.execute(SIGN_UP)
        return cursor.fetchone()[0]


def hinted():
    return {str(subject) for subject in SyncEvent.objects.values_list("subject", flat=True)}


def test_each_change_becomes_one_hint(log):
    people = {sign_up() for _ in range(3)}
    assert change_log.read() == 3
    assert hinted() == people
    assert change_log.read() == 0
    assert SyncEvent.objects.count() == 3


def test_it_knows_what_happened(log):
    person = sign_up()
    with connection.cursor() as cursor:
        cursor.execute("update auth.users set phone = '1' where id = %s", [person])
        cursor.execute("delete from auth.users where id = %s", [person])
    change_log.read()
    kinds = SyncEvent.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["DELETE", "INSERT", "UPDATE"]


def test_a_transaction_that_commits_late_is_not_passed_over(elsewhere):
    slow, first = elsewhere()
    second = sign_up()
    assert change_log.read() == 1
    assert hinted() == {second}, "a slow transaction delays nobody"
    assert change_log.read() == 0
    slow.commit()
    assert change_log.read() == 1
    assert hinted() == {first, second}


def test_a_cursor_on_the_id_would_pass_it_over(elsewhere, log):
    slow, first = elsewhere()
    sign_up()
    with connection.cursor() as cursor:
        cursor.execute("select max(id) from portal_sync.changes")
        (seen,) = cursor.fetchone()
        slow.commit()
        cursor.execute("select user_id::text from portal_sync.changes where id > %s", [seen])
        assert (first,) not in cursor.fetchall()


def test_a_transaction_that_settles_between_two_pages_is_not_passed_over(elsewhere):
    slow, first = elsewhere()
    second, third = sign_up(), sign_up()

    def commit_after_a_page(execute, query, *rest):
        answer = execute(query, *rest)
        if "from portal_sync.changes" in query:
            slow.commit()
        return answer

    with connection.execute_wrapper(commit_after_a_page):
        change_log.read(page=1)
    change_log.read(page=1)
    assert hinted() == {first, second, third}


def test_it_remembers_how_far_it_came(log):
    sign_up()
    change_log.read()
    SyncEvent.objects.all().delete()
    late = sign_up()
    assert change_log.read() <= 2, "rows of the last moment may come again"
    assert late in hinted()
    assert ChangeLogPosition.objects.get().read_at


def test_it_starts_over_on_a_server_that_counts_from_anew(log):
    person = sign_up()
    ChangeLogPosition.objects.create(transaction=2**60, row=7)
    assert change_log.read() == 1
    assert hinted() == {person}


def test_a_second_installation_counts_as_new(log):
    sign_up()
    change_log.read()
    with connection.cursor() as cursor:
        cursor.execute(sql.uninstall())
        cursor.execute(sql.install("https://portal.example/webhooks/supabase/"))
    person = sign_up()
    assert change_log.read() == 1
    assert person in hinted()


def test_four_thousand_changes_are_read_in_pages(log):
    with connection.cursor() as cursor:
        cursor.execute("insert into auth.users (id) select gen_random_uuid() "
                       "from generate_series(1, 4000)")  # fmt: skip
    assert change_log.read() == 4000


@pytest.mark.parametrize(("flag", "planned"), [("true", "True"), ("false", "False")])
def test_the_job_is_planned_where_the_log_is(flag, planned):
    code = "from portal import settings; print('read-change-log' in settings.SCHEDULE)"
    env = os.environ | {"SUPABASE_CHANGE_LOG": flag}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout.strip() == planned, done.stderr
