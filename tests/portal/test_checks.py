"""System checks: each finds its setting, and good settings pass."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import connection

from tests.workers import PROJECT

GOOD = {
    "DEBUG": False,
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "PUBLIC_URL": "https://portal.example.org",
    "ALLOWED_HOSTS": ["portal.example.org"],
    "SUPABASE_URL": "https://abcd.supabase.co",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "QUEUE_LEASE": timedelta(seconds=120),
    "SUPABASE_WEBHOOK_SECRETS": ["v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="],
}
SQLITE = "portal.W002"
WITHOUT_LOG = {"portal.E012"} if connection.vendor == "sqlite" else set()


@pytest.fixture
def found(settings, db):  # some checks count rows
    def run(**changes) -> set[str]:
        for name, value in (GOOD | changes).items():
            setattr(settings, name, value)
        messages = run_checks(tags=["portal"], include_deployment_checks=True)
        found = {message.id for message in messages} - {SQLITE}
        return {name for name in found if name.startswith("portal.")}

    return run


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"SUPABASE_SECRET_KEY": "same", "SUPABASE_PUBLISHABLE_KEY": "same"}, {"portal.E001"}),
        ({"SUPABASE_PUBLISHABLE_KEY": "sb_secret_x"}, {"portal.E008"}),
        ({"SUPABASE_SECRET_KEY": "sb_publishable_x"}, {"portal.E009"}),
        ({"SUPABASE_FORWARD_CLIENT": True}, set()),
        ({"SUPABASE_FORWARD_CLIENT": True, "SUPABASE_SECRET_KEY": "eyJhb"}, {"portal.E010"}),
        ({"SUPABASE_JWT_SECRET": "short"}, {"portal.E011", "portal.W005"}),
        ({"SUPABASE_JWT_SECRET": "x" * 32}, {"portal.W005"}),
        ({"SUPABASE_CHANGE_LOG": True}, WITHOUT_LOG),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X", "https")}, {"portal.W004"}),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X", "https"), "TRUSTED_PROXIES": 1}, set()),
        ({"SUPABASE_URL": "http://auth.example.org"}, {"portal.E002"}),
        ({"SUPABASE_URL": "http://127.0.0.1:8001"}, set()),
        ({"SUPABASE_WEBHOOK_SECRETS": ["whsec_AAEC"]}, {"portal.E003"}),
        ({"SUPABASE_WEBHOOK_SECRETS": ["v1,whsec_not base64!"]}, {"portal.E003"}),
        ({"SUPABASE_WEBHOOK_SECRETS": ["v1,whsec_AAEC"]}, {"portal.E003"}),
        ({"SECRET_KEY": "short"}, {"portal.E004"}),
        ({"SECRET_KEY": "dev-only-" + GOOD["SECRET_KEY"]}, {"portal.E004"}),
        ({"PUBLIC_URL": "http://portal.example.org"}, {"portal.E005"}),
        ({"ALLOWED_HOSTS": ["*"]}, {"portal.E006"}),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, {"portal.E007"}),
        ({"QUEUE_LEASE": timedelta(seconds=3)}, {"portal.W001"}),
        ({"SUPABASE_WEBHOOK_SECRETS": []}, {"portal.W003"}),
        ({"DEBUG": True, "SECRET_KEY": "short", "PUBLIC_URL": "http://127.0.0.1"}, set()),
    ],
)
def test_it_names_the_setting(found, changes, expected):
    assert found(**changes) == expected


def check_deploy(**environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "SECRET_KEY": GOOD["SECRET_KEY"],
            "PUBLIC_URL": GOOD["PUBLIC_URL"],
            "SUPABASE_URL": GOOD["SUPABASE_URL"],
            "DATABASE_URL": "postgres://portal:word@127.0.0.1:9/portal",
            "DEBUG": "false",
            "ALLOWED_HOSTS": "",
        }
        | environment,
        capture_output=True,
        text=True,
    )


def test_it_passes_production_settings_without_a_warning():
    done = check_deploy()
    assert done.returncode == 0, done.stderr


def test_it_warns_of_sqlite_in_production():
    done = check_deploy(DATABASE_URL="sqlite:////tmp/portal-check.sqlite3")
    assert done.returncode == 1 and SQLITE in done.stderr
