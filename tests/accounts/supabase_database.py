"""A database that looks to our SQL like the one of a Supabase project.

Real: PostgreSQL, the columns of auth.users, pgcrypto, the roles and who owns what. Stubs: the
Vault (a table), pg_net (`net.http_post` notes its calls in the same transaction).
"""

import uuid
from typing import Any

import psycopg2
from django.db import connection

from accounts.supabase import sql

WEBHOOK_SECRET = "v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
WEBHOOK_URL = "https://portal.example/webhooks/supabase/"
SECRET_COLUMNS = (
    "encrypted_password",
    "confirmation_token",
    "recovery_token",
    "email_change_token_new",
    "email_change_token_current",
    "phone_change_token",
    "reauthentication_token",
)

SCHEMAS = """
create extension if not exists pgcrypto schema extensions;
create schema auth authorization {auth};
set role {auth};
create table auth.users (
    instance_id uuid, id uuid primary key, aud varchar(255), role varchar(255),
    email varchar(255), encrypted_password varchar(255), email_confirmed_at timestamptz,
    invited_at timestamptz, confirmation_token varchar(255), confirmation_sent_at timestamptz,
    recovery_token varchar(255), recovery_sent_at timestamptz,
    email_change_token_new varchar(255), email_change varchar(255),
    email_change_sent_at timestamptz, last_sign_in_at timestamptz, raw_app_meta_data jsonb,
    raw_user_meta_data jsonb, is_super_admin boolean, created_at timestamptz,
    updated_at timestamptz, phone text unique, phone_confirmed_at timestamptz,
    phone_change text, phone_change_token varchar(255), phone_change_sent_at timestamptz,
    confirmed_at timestamptz generated always as
        (least(email_confirmed_at, phone_confirmed_at)) stored,
    email_change_token_current varchar(255), email_change_confirm_status smallint,
    banned_until timestamptz, reauthentication_token varchar(255),
    reauthentication_sent_at timestamptz, is_sso_user boolean not null default false,
    deleted_at timestamptz, is_anonymous boolean not null default false
);
grant usage on schema auth to {owner};
grant select, trigger on auth.users to {owner};
reset role;
create schema vault;
create table vault.secrets (id uuid primary key default gen_random_uuid(), name text unique,
    secret text);
create view vault.decrypted_secrets as
    select id, name, secret as decrypted_secret from vault.secrets;
grant usage on schema vault, extensions to {owner};
grant select, delete on vault.secrets to {owner};
grant select on vault.decrypted_secrets to {owner};
create schema net;
create table net.calls (id bigserial primary key, url text, body text, headers jsonb,
    timeout int);
create function net.http_post(url text, body jsonb default '{{}}'::jsonb,
    params jsonb default '{{}}'::jsonb, headers jsonb default '{{}}'::jsonb,
    timeout_milliseconds int default 5000) returns bigint language sql security definer as $$
    insert into net.calls (url, body, headers, timeout)
    values (url, body::text, headers, timeout_milliseconds) returning id $$;
revoke all on function net.http_post from public;
grant usage on schema net to {owner};
grant execute on function net.http_post to {owner};
"""


class Project:
    """A Supabase-like database of its own. `owner` installs, `auth` is the Auth server."""

    def __init__(self) -> None:
        tag = uuid.uuid4().hex[:8]
        self.database = f"portal_sql_{tag}"
        self.owner, self.auth, self.stranger = (f"{name}_{tag}" for name in ("own", "auth", "any"))
        self._server(f"create database {self.database}")
        for role in (self.owner, self.auth, self.stranger):
            self._server(f"create role {role} login password 'word'")
        self._server(f"grant create on database {self.database} to {self.owner}")
        self.connections: list[Any] = []
        self.superuser = self.connect()
        self.run("create schema extensions")
        self.run(SCHEMAS.format(owner=self.owner, auth=self.auth))
        self.run("insert into vault.secrets (name, secret) values (%s, %s)",
                 "portal_webhook_secret", WEBHOOK_SECRET)  # fmt: skip

    @staticmethod
    def _parameters() -> dict[str, Any]:
        given = connection.settings_dict
        return {
            "host": given["HOST"],
            "port": given["PORT"],
            "user": given["USER"],
            "password": given["PASSWORD"],
            "dbname": given["NAME"],
        }

    def _server(self, statement: str) -> None:
        server = psycopg2.connect(**self._parameters())
        server.autocommit = True
        server.cursor().execute(statement)
        server.close()

    def connect(self, role: str = "") -> Any:
        """Return a connection that commits each statement, as a superuser or as ``role``."""
        who = {"user": role, "password": "word"} if role else {}
        opened = psycopg2.connect(**self._parameters() | {"dbname": self.database} | who)
        opened.autocommit = True
        self.connections.append(opened)
        return opened

    def run(self, statement: str, *values: Any, as_role: str = "") -> list[tuple]:
        """Run one statement and return its rows."""
        with (self.connect(as_role) if as_role else self.superuser).cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def install(self, **options: str) -> None:
        self.run(sql.install(WEBHOOK_URL, **options), as_role=self.owner)

    def sign_up(self, email: str = "ada@lindencourt.example", **columns: Any) -> str:
        """Insert a user as the Auth server would, with every secret set; return the id."""
        row = {
            "id": str(uuid.uuid4()),
            "aud": "authenticated",
            "email": email,
            "raw_user_meta_data": '{"full_name": "Ada Ünicode \\u2603"}',
            "updated_at": "2026-01-01 00:00:00+00",
            **{name: f"canary-{name}" for name in SECRET_COLUMNS},
            **columns,
        }
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        self.run(
            f"insert into auth.users ({names}) values ({places})",
            *row.values(),
            as_role=self.auth,
        )
        return row["id"]

    def change(self, user_id: str, assignment: str) -> None:
        self.run(f"update auth.users set {assignment} where id = %s", user_id, as_role=self.auth)

    def delete(self, user_id: str) -> None:
        self.run("delete from auth.users where id = %s", user_id, as_role=self.auth)

    def calls(self) -> list[tuple[str, str, dict[str, str], int]]:
        """Return (url, body, headers, timeout) of what was posted, oldest first."""
        return self.run("select url, body, headers, timeout from net.calls order by id")

    def changes(self) -> list[tuple[str, str]]:
        """Return (user, operation) of what was logged, in order."""
        order = "order by transaction, id"
        return self.run(f"select user_id::text, operation from portal_sync.changes {order}")

    def close(self) -> None:
        for each in self.connections:
            each.close()
        self._server(f"drop database {self.database} with (force)")
        for role in (self.owner, self.auth, self.stranger):
            self._server(f"drop role {role}")
