"""Our side: settings, reachability, what has arrived, what is installed."""

from datetime import timedelta

from django.conf import settings
from django.core import checks
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.doctor.findings import Findings, error, ok, warning
from accounts.models import SweepRun, SyncEvent
from accounts.supabase.connection import httpx

SWEEP_IS_LATE = timedelta(minutes=30)
LOG_TABLE = "select to_regclass('portal_sync.changes') is not null"
TRIGGERS = "select count(*) from pg_trigger where tgname like 'portal\\_%'"
INSTALLED_TRIGGERS = 4


def look() -> Findings:
    yield from _settings()
    yield from _reachable()
    yield from _webhooks()
    yield from _sweeps()
    yield from _change_log()


def _settings() -> Findings:
    found = checks.run_checks(tags=["portal"], include_deployment_checks=not settings.DEBUG)
    for message in found:
        make = error if message.level >= checks.ERROR else warning
        yield make(str(message.msg), str(message.hint or ""))
    if not found:
        yield ok("The portal's settings pass its own checks.")


def _reachable() -> Findings:
    address = settings.PUBLIC_URL + reverse("accounts:supabase-webhook")
    try:
        # Unsigned, so it is refused; a proxy that redirects would turn it into a GET.
        status = httpx.post(address, json={}, timeout=5, follow_redirects=False).status_code
    except httpx.HTTPError as problem:
        yield warning(
            f"{settings.PUBLIC_URL} does not answer from here ({type(problem).__name__}).",
            "Supabase has to reach it from the internet for webhooks and hooks.",
        )
        return
    if status == 401:
        yield ok(f"Webhooks reach the portal at {address}, and unsigned ones are refused.")
        yield from _hooks()
    else:
        yield warning(
            f"{address} answers {status} to an unsigned webhook instead of 401.",
            "Look at the server in front of the portal: it must pass POST on unchanged.",
        )


def _hooks() -> Findings:
    """Post to each hook unsigned; the portal is known to answer."""
    for name in settings.AUTH_HOOKS:
        address = settings.PUBLIC_URL + reverse("accounts:auth-hook", args=[name])
        try:
            status = httpx.post(address, json={}, timeout=5, follow_redirects=False).status_code
        except httpx.HTTPError as problem:
            status = type(problem).__name__
        if status == 401:
            yield ok(f"The hook {name} reaches the portal, and unsigned calls are refused.")
        else:
            yield warning(
                f"{address} answers {status} to an unsigned call instead of 401.",
                "Look at SUPABASE_HOOK_SECRETS and at the server in front of the portal.",
            )


def _webhooks() -> Findings:
    newest = SyncEvent.objects.order_by("-created_at").first()
    if newest is None:
        yield warning(
            "No webhook has ever arrived: changes at Supabase are noticed by the sweep only.",
            "Run the SQL that `manage.py supabase_sql` prints in the project's SQL editor.",
        )
        return
    yield ok(f"The last webhook arrived at {newest.created_at:%Y-%m-%d %H:%M} UTC.")
    dead = SyncEvent.objects.filter(state=SyncEvent.State.DEAD).count()
    if dead:
        yield warning(
            f"{dead} webhooks were given up.", "See why under People → Account events, and retry."
        )


def _sweeps() -> Findings:
    run = SweepRun.objects.filter(dry_run=False).order_by("-started_at").first()
    if run is None or timezone.now() - run.started_at > SWEEP_IS_LATE:
        said = f"The last sweep ran at {run.started_at:%Y-%m-%d %H:%M} UTC." if run else ""
        yield warning(said or "No sweep has run yet.", "Start a worker: manage.py run_worker.")
    elif run.state in (SweepRun.State.FAILED, SweepRun.State.STOPPED):
        yield warning(
            f"The last sweep ended as “{run.get_state_display()}”.", "See People → Sweeps."
        )
    else:
        yield ok(f"The last sweep ran at {run.started_at:%Y-%m-%d %H:%M} UTC.")


def _change_log() -> Findings:
    if connection.vendor != "postgresql":
        return  # the check of settings says so when the log is wanted
    with connection.cursor() as cursor:
        cursor.execute(LOG_TABLE)
        there = cursor.fetchone()[0]
        cursor.execute(TRIGGERS)
        triggers = cursor.fetchone()[0]
    if there and triggers < INSTALLED_TRIGGERS:
        yield error(
            "The change log is installed, but not all of its triggers.",
            "Run the SQL that `manage.py supabase_sql` prints again.",
        )
    elif there and settings.SUPABASE_CHANGE_LOG:
        yield ok("The change log is installed and read every minute.")
    elif there:
        yield warning(
            "The change log is installed here, but nobody reads it.",
            "Set SUPABASE_CHANGE_LOG=true and restart the worker.",
        )
    elif settings.SUPABASE_CHANGE_LOG:
        yield error(
            "SUPABASE_CHANGE_LOG is true, but there is no change log in this database.",
            "Run the SQL that `manage.py supabase_sql` prints, or set it to false.",
        )
