"""No address of the admin, Wagtail's or ours, does anything for who may not enter it."""

import re

import pytest
from django.urls import resolve

from tests.authorisation.asking import browser, changed, checksums, undone
from tests.authorisation.routes import routes
from tests.test_smoke import NO_PAGES


def admin_addresses(pk):
    """Return every address under the admin's, with something plausible in each place."""
    values = {"uuid": str(pk), "int": "1", "str": "x", "slug": "x"}
    found = []
    for route in routes():
        if route.path.startswith("admin/"):
            path = re.sub(r"<(\w+):\w+>", lambda match: values.get(match[1], "x"), route.path)
            path = re.sub(r"\((?:\?P<\w+>)?[^()]*\)", str(pk), path)
            found.append("/" + re.sub(r"[\^$]|\\Z", "", path))
    return sorted(set(found) - NO_PAGES)


@pytest.mark.parametrize("who", ["anonymous", "manager"])
def test_the_admin_does_nothing_for_who_may_not_enter(world, who):
    client, before, opened = browser(world, who), checksums(every_app=True), []
    for url in admin_addresses(world.task.pk):
        for method in ("get", "post"):
            with undone(client):
                status = getattr(client, method)(url).status_code
            if status not in (302, 403, 404, 405):
                opened.append((method, url, status))
    assert opened == []
    assert changed(before, checksums(every_app=True)) == []


def test_those_addresses_are_real(world):
    """The control: each leads to a view of the admin, not past it to Wagtail's pages."""
    found = admin_addresses(world.task.pk)
    assert len(found) > 200
    assert [url for url in found if resolve(url).url_name == "wagtail_serve"] == []
