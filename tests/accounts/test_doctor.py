"""supabase_doctor: what it says about a good project, and about each way to go wrong."""

import json
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.doctor import probe
from accounts.models import Identity, SweepRun, SyncEvent
from accounts.supabase import jwks
from accounts.sync.facts import DOCTORS_DOMAIN
from accounts.sync.records import apply_truth
from tests.accounts.fake_auth import FakeAuth
from tests.contract.processes import PUBLISHABLE_KEY, SECRET_KEY, stand_in

pytestmark = pytest.mark.django_db
KEYS = ("sb_secret_test", "sb_publishable_test", SECRET_KEY, PUBLISHABLE_KEY)
SETTINGS = {"external": {"email": True, "google": True}, "mailer_autoconfirm": False}


def examine(*arguments):
    """Return (the report as JSON, the exit code)."""
    out, code = StringIO(), 0
    try:
        call_command("supabase_doctor", "--json", *arguments, stdout=out)
    except SystemExit as stop:
        code = stop.code
    assert not any(key in out.getvalue() for key in KEYS)
    assert "eyJ" not in out.getvalue(), "no token is shown"
    return json.loads(out.getvalue()), code


def said(report, level):
    return [each["what"] for each in report["findings"] if each["level"] == level]


class Project(FakeAuth):
    """A fake that answers the doctor's questions as a good project does."""

    def __init__(self):
        super().__init__()
        self.answers["GET /health"] = (200, {"name": "GoTrue", "version": "2"})
        self.settings = (200, SETTINGS)
        self.answers["GET /admin/users"] = (403, {"code": "not_admin"})


@pytest.fixture
def project(settings):
    fake = Project()
    jwks._key_set.cache_clear()
    settings.SUPABASE_AUTH_URL = settings.SUPABASE_ISSUER = fake.url
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # nobody answers, at once
    yield fake
    fake.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with stand_in(tmp_path_factory.mktemp("doctor"), "--rate-limit", "0") as url:
        yield url


@pytest.fixture
def running(server, settings):
    settings.SUPABASE_AUTH_URL = settings.SUPABASE_ISSUER = server
    settings.SUPABASE_PUBLISHABLE_KEY, settings.SUPABASE_SECRET_KEY = PUBLISHABLE_KEY, SECRET_KEY
    settings.PUBLIC_URL, settings.DEBUG = "http://portal.example", True
    jwks._key_set.cache_clear()


def test_it_finds_a_good_project_good(running):
    report, code = examine()
    assert (said(report, "error"), code, report["ok"]) == ([], 0, True)
    fine = " ".join(said(report, "ok"))
    for words in ("answers at", "clocks agree", "reads accounts", "writes accounts", "ES256",
                  "/work/", "/auth/callback", "passes our check"):  # fmt: skip
        assert words in fine
    assert (
        report["hooks"]["send-email"] == "http://portal.example/webhooks/supabase/hooks/send-email/"
    )
    assert "type=recovery" in report["templates"]["Reset password"]


def test_it_leaves_nothing_behind(running, settings):
    examine()
    examine("--read-only")
    with suppress(SystemExit):
        call_command("sync_users", "--full", stdout=(out := StringIO()))
    assert "portal.invalid" not in out.getvalue()
    assert not SyncEvent.objects.exists()


def test_people_read_signs_and_what_to_do(running):
    out = StringIO()
    call_command("supabase_doctor", stdout=out)
    assert "✔ The clocks agree." in out.getvalue()
    assert "    → Run the SQL that `manage.py supabase_sql` prints" in out.getvalue()
    assert "{{ .SiteURL }}/auth/confirm?token_hash={{ .TokenHash }}&type=invite" in out.getvalue()


def test_it_finds_an_address_that_is_not_allowed(running, settings):
    settings.PUBLIC_URL = "https://other.example"
    report, code = examine()
    assert code == 1
    assert any("are not sent on to https://other.example" in each for each in said(report, "error"))


def test_it_finds_a_wrong_issuer(running, settings):
    settings.SUPABASE_ISSUER += "/"
    report, code = examine()
    assert code == 1
    assert any("It says it was issued by" in each for each in said(report, "error"))


@pytest.mark.parametrize("name", ["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY"])
def test_it_finds_a_wrong_key(running, settings, name):
    setattr(settings, name, "sb_wrong_key")
    report, code = examine()
    assert code == 1
    assert any(f"{name} is refused" in each for each in said(report, "error"))


def test_it_finds_a_publishable_key_that_opens_too_much(running, settings):
    settings.SUPABASE_PUBLISHABLE_KEY = SECRET_KEY
    assert any("it is a secret key" in each for each in said(examine()[0], "error"))


def test_it_says_that_the_server_is_down(settings):
    settings.SUPABASE_AUTH_URL = "http://127.0.0.1:9/auth/v1"
    report, code = examine()
    assert code == 1
    assert any("does not answer at http://127.0.0.1:9" in each for each in said(report, "error"))


def test_it_says_that_something_else_answers(project):
    project.answers["GET /health"] = (200, "<html>parked</html>")
    report, code = examine("--read-only")
    assert code == 1
    assert any("does not answer" in each for each in said(report, "error"))


def test_it_finds_a_project_without_signing_keys(project, settings):
    project.jwks = {"keys": []}
    assert any("HS256" in each for each in said(examine("--read-only")[0], "error"))
    settings.SUPABASE_JWT_SECRET = "x" * 40
    assert any("HS256" in each for each in said(examine("--read-only")[0], "warning"))


def test_it_finds_two_families_of_algorithms(project, settings):
    settings.SUPABASE_JWT_SECRET = "x" * 40
    assert any("two families" in each for each in said(examine("--read-only")[0], "warning"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mailer_autoconfirm": True}, "not confirmed"),
        ({"disable_signup": True}, "lets nobody register"),
        ({"external": {"email": False}}, "e-mail is off"),
    ],
)
def test_it_finds_unwise_settings(project, changes, words):
    project.settings = (200, SETTINGS | changes)
    report, _code = examine("--read-only")
    assert any(words in each for each in said(report, "warning")), said(report, "ok")


def test_it_finds_rows_that_auth_cannot_read(project):
    project.refuse("GET /admin/users", 500, "unexpected_failure")
    assert any("its own accounts" in each for each in said(examine("--read-only")[0], "error"))


def test_an_account_it_cannot_delete_is_named(project):
    project.answers["POST /admin/users"] = (200, {})
    findings = list(probe.walk_through())
    made = project.calls("POST /admin/users")[0]["body"]["id"]
    assert findings[-1].level == "warning" and made in findings[-1].what


def test_it_looks_at_the_portals_own_settings(project, settings):
    settings.SUPABASE_WEBHOOK_SECRETS = ["nonsense"]
    report, code = examine("--read-only")
    assert code == 1
    assert any("v1,whsec_" in each for each in said(report, "error"))


def test_it_knows_what_has_arrived(project):
    assert any("No webhook" in each for each in said(examine("--read-only")[0], "warning"))
    SyncEvent.objects.create(dedupe_key="a", kind="INSERT")
    SweepRun.objects.create(kind="full", state="done", finished_at=timezone.now())
    fine = said(examine("--read-only")[0], "ok")
    assert any("last webhook" in each for each in fine)
    assert any("last sweep" in each for each in fine)


def test_a_portal_that_answers_webhooks_is_reachable(project, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    assert any("Webhooks reach" in each for each in said(examine("--read-only")[0], "ok"))


def test_no_person_is_made_of_its_account(auth):
    made = auth.record(f"doctor-1@{DOCTORS_DOMAIN}")
    assert apply_truth(made, since=None) is None
    assert not Identity.objects.exists()


def test_it_finds_a_hook_that_does_not_refuse(project, settings):
    settings.PUBLIC_URL = project.url
    for path in ("", "hooks/before-user-created/"):
        project.refuse(f"POST /webhooks/supabase/{path}", 401, "unsigned")
    project.answers["POST /webhooks/supabase/hooks/send-email/"] = (302, {})
    report, _code = examine("--read-only")
    assert any("The hook before-user-created reaches" in each for each in said(report, "ok"))
    assert any("send-email/ answers 302" in each for each in said(report, "warning"))
