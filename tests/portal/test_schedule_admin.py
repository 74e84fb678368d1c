"""Scheduled jobs under Reports."""

from django.utils import timezone

from portal.queue.models import ScheduledRun


def test_it_lists_runs_and_why_one_failed(db, admin_client):
    run = ScheduledRun.objects.create(
        job="clear-sessions", slot=timezone.now(), state="dead", last_error="RuntimeError: no"
    )
    assert "clear-sessions" in admin_client.get("/admin/scheduled-runs/").content.decode()
    page = admin_client.get(f"/admin/scheduled-runs/inspect/{run.pk}/").content.decode()
    assert "RuntimeError: no" in page and "Try again" in page


def test_it_is_for_those_who_may_see_runs(client, amara):
    client.force_login(amara)
    assert client.get("/admin/scheduled-runs/").status_code == 302
