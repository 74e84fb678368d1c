"""Every address of ours answers a GET as expected: to a visitor, and to a manager."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tasks.models import Attachment, ChecklistItem, Request
from tests import factories
from tests.source import FLOORS

PAGE = (200, 200)
MEMBERS = (302, 200)  # a visitor is sent to the sign-in page
POST_ONLY = (405, 405)
# Addresses of Wagtail's that are no pages: scripts, icons, an error on purpose, and the way
# out, which drops the session's cookie even when it refuses the method.
NO_PAGES = {"/admin/jsi18n/", "/admin/sprite/", "/admin/failwhale/", "/admin/logout/"}
# Those about accounts have a table of their own, for more kinds of people.
ELSEWHERE = "accounts:"  # tests/accounts/test_routes.py
# name -> (what stands in the address, (status for a visitor, status for a manager))
EXPECTED: dict[str, tuple[str, tuple[int, int]]] = {
    "live": ("", PAGE),
    "ready": ("", PAGE),
    "home:brand-css": ("", PAGE),
    "home:admin-brand-css": ("", PAGE),
    "tasks:my-work": ("", MEMBERS),
    "tasks:dismiss-mention": ("file", POST_ONLY),
    "tasks:new": ("", (302, 302)),
    "tasks:quick-add": ("", (302, 200)),
    "tasks:quick-add-preview": ("", (302, 200)),
    "tasks:undo": ("", POST_ONLY),
    "tasks:preview": ("", POST_ONLY),
    "tasks:project-list": ("", MEMBERS),
    "tasks:list": ("project", MEMBERS),
    "tasks:triage": ("project", MEMBERS),
    "tasks:create": ("project", MEMBERS),
    "tasks:detail": ("task", MEMBERS),
    "tasks:edit": ("task", MEMBERS),
    "tasks:set": ("property", MEMBERS),
    "tasks:suggest": ("task", MEMBERS),
    "tasks:watch": ("task", POST_ONLY),
    "tasks:archive": ("task", POST_ONLY),
    "tasks:delete": ("task", POST_ONLY),
    "tasks:move-project": ("task", MEMBERS),
    "tasks:checklist": ("task", POST_ONLY),
    "tasks:item": ("item", MEMBERS),
    "tasks:item-tick": ("item", POST_ONLY),
    "tasks:item-move": ("item", POST_ONLY),
    "tasks:item-delete": ("item", POST_ONLY),
    "tasks:item-promote": ("item", POST_ONLY),
    "tasks:subtasks": ("task", POST_ONLY),
    "tasks:subtask-tick": ("task", POST_ONLY),
    "tasks:relations": ("task", POST_ONLY),
    "tasks:relation-delete": ("item", POST_ONLY),
    "tasks:complete": ("task", POST_ONLY),
    "tasks:reopen": ("task", POST_ONLY),
    "tasks:comment": ("task", POST_ONLY),
    "tasks:attach": ("task", POST_ONLY),
    "tasks:accept": ("task", POST_ONLY),
    "tasks:decline": ("task", POST_ONLY),
    "tasks:attachment": ("file", MEMBERS),
    "tasks:attachment-delete": ("file", POST_ONLY),
    "tasks:request-status": ("request", PAGE),
}


def named(patterns: list, namespace: str = "") -> Iterator[str]:
    """Yield `namespace:name` of each address that a view of ours answers."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns, pattern.namespace or namespace)
        elif pattern.name and pattern.callback.__module__.split(".")[0] in FLOORS:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


@pytest.fixture
def addresses(project, amara, settings, tmp_path) -> dict[str, str]:
    """Return the address behind each name, for rows that exist."""
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    asked = Request.objects.create(name="Rosa Field", email="rosa@example.org")
    task = factories.make_task(project, owner=amara, request=asked)
    text = ContentFile(b"hello", "note.txt")
    file = Attachment.objects.create(
        task=task, file=text, name="note.txt", content_type="text/plain", size=5
    )
    item = ChecklistItem.objects.create(task=task, text="Ring twice")
    stands = {
        "": [],
        "project": [project.key],
        "task": [task.key],
        "property": [task.key, "due"],
        "item": [task.key, item.pk],
        "file": [file.pk],
        "request": [asked.token],
    }
    return {name: reverse(name, args=stands[what]) for name, (what, _) in EXPECTED.items()}


def under_admin(pattern: URLPattern | URLResolver) -> bool:
    return str(pattern.pattern) == settings.ADMIN_PATH.lstrip("/")


def test_every_address_of_ours_is_expected():
    website = [pattern for pattern in get_resolver().url_patterns if not under_admin(pattern)]
    ours = {name for name in named(website) if not name.startswith(ELSEWHERE)}
    assert ours == EXPECTED.keys()


def test_a_visitor_gets_the_expected_answers(client, addresses):
    found = {name: client.get(address).status_code for name, address in addresses.items()}
    assert found == {name: statuses[0] for name, (_, statuses) in EXPECTED.items()}


def test_a_manager_gets_the_expected_answers(client, addresses, amara):
    client.force_login(amara)
    found = {name: client.get(address).status_code for name, address in addresses.items()}
    assert found == {name: statuses[1] for name, (_, statuses) in EXPECTED.items()}


def test_a_visitor_is_sent_to_the_sign_in_page_and_back(client, addresses):
    for name, (_, statuses) in EXPECTED.items():
        if statuses == MEMBERS:
            answer = client.get(addresses[name])
            assert answer.url == f"{reverse('accounts:sign-in')}?next={addresses[name]}"


def plain_admin_addresses() -> list[str]:
    """Return the admin's addresses that need nothing to stand in them, in all apps."""
    admin = next(pattern for pattern in get_resolver().url_patterns if under_admin(pattern))
    found = []
    for name in every_name(admin.url_patterns):
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return sorted(set(found) - NO_PAGES)


def every_name(patterns: list, namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from every_name(pattern.url_patterns, pattern.namespace or namespace)
        elif pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


def test_no_page_of_the_admin_fails(client, db):
    client.force_login(factories.make_user("Helen Whitcombe", is_superuser=True))
    found = {address: client.get(address).status_code for address in plain_admin_addresses()}
    assert {a: status for a, status in found.items() if status >= 500} == {}
    assert list(found.values()).count(200) > 40


def test_no_page_of_the_admin_opens_to_a_member(client, amara):
    client.force_login(amara)
    found = {address: client.get(address).status_code for address in plain_admin_addresses()}
    assert [address for address, status in found.items() if status == 200] == []
