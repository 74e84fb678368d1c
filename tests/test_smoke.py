"""No page of the admin fails for who may do everything, or opens to who may not enter.

Every other address stands in the table of tests/authorisation.
"""

from collections.abc import Iterator

from django.conf import settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests import factories

# Addresses of Wagtail's that are no pages: scripts, icons, an error on purpose, and the way
# out, which drops the session's cookie even when it refuses the method.
NO_PAGES = {"/admin/jsi18n/", "/admin/sprite/", "/admin/failwhale/", "/admin/logout/"}


def under_admin(pattern: URLPattern | URLResolver) -> bool:
    return str(pattern.pattern) == settings.ADMIN_PATH.lstrip("/")


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
