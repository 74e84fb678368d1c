"""All accounts, page by page. Rows come as they are: one that is odd must not hide the others.

The library's `list_users` fails a whole page for one row that does not fit its model, and
drops the order and the total. Source: supabase/auth internal/api/admin.go
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from accounts.supabase.connection import http_client, httpx
from accounts.supabase.errors import KeyRefused, Limited, Unavailable

PER_PAGE = 100  # an answer may have 5 MB, and people may fill their metadata


def pages(per_page: int = PER_PAGE) -> Iterator[tuple[list[Any], int]]:
    """Yield (rows, total) for each page of accounts, oldest first, banned and deleted ones too.

    The total is the server's count at that moment, 0 when it sends none. Accounts that come
    or go meanwhile shift the pages: a row may be missed or come twice.
    Raises KeyRefused, Limited or Unavailable at the first page that is not a full answer.
    """
    page = 1
    while True:
        rows, total = _page(page, per_page)
        yield rows, total
        if len(rows) < per_page:
            return
        page += 1


def _page(page: int, per_page: int) -> tuple[list[Any], int]:
    key = settings.SUPABASE_SECRET_KEY
    try:
        answer = http_client().get(
            f"{settings.SUPABASE_AUTH_URL}/admin/users",
            params={"page": page, "per_page": per_page, "sort": "created_at asc"},
            headers={"apikey": key, "Authorization": f"Bearer {key}"},
        )
        document = answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        raise Unavailable(f"page {page} of the accounts: {type(error).__name__}") from error
    if answer.status_code in (401, 403):
        raise KeyRefused("the Auth server refuses our API key")
    if answer.status_code == 429:
        raise Limited("over_request_rate_limit")
    rows = document.get("users") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise Unavailable(f"page {page} of the accounts: status {answer.status_code}")
    total = answer.headers.get("X-Total-Count", "")
    return rows, int(total) if total.isdecimal() else 0
