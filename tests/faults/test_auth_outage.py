"""Supabase Auth goes away in every way a network knows: who is signed in notices nothing."""

import re
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser.processes import ROOT, Portal, wait_for
from tests.faults.proxy import SpoilingProxy

PASSWORD = "linden-court-2026"
MEMBER, VISITOR = "jonas.lindqvist@lindencourt.example", "amara.okafor@lindencourt.example"
FAULTS = ("timeout", "slicer", "down", "reset", "garbage")  # as many as open the breaker
REST_SECONDS = 30  # of the breaker
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """Somebody with a cookie jar."""

    def __init__(self, portal: Portal) -> None:
        self.http = httpx.Client(base_url=portal.url, timeout=20)

    def sign_in(self, email: str) -> tuple[httpx.Response, float]:
        """Send the sign-in form and return the answer and the seconds it took."""
        form = self.http.get("/accounts/sign-in/")
        token = CSRF.search(form.text).group(1)
        typed = {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": token}
        before = time.monotonic()
        answer = self.http.post("/accounts/sign-in/", data=typed)
        return answer, time.monotonic() - before

    def is_served(self) -> bool:
        """Return whether a page of signed-in people comes as ever."""
        before = time.monotonic()
        status = self.http.get("/work/").status_code
        return status == 200 and time.monotonic() - before < 2


@pytest.fixture(scope="module")
def house():
    """A running portal that reaches its Auth server through a proxy which can spoil it."""
    portal = Portal()
    auth = urlsplit(portal.auth_url)
    proxy = SpoilingProxy((auth.hostname, auth.port))
    portal.env["SUPABASE_URL"] = f"http://127.0.0.1:{proxy.port}"
    portal.env["SUPABASE_ISSUER"] = f"{portal.auth_url}/auth/v1"
    try:
        portal.start_all()
        yield portal, proxy
    finally:
        portal.stop_all()
        proxy.close()


def comes_in(visitor: Browser) -> bool:
    """Try once, and pause after a failure, for each try is counted."""
    if visitor.sign_in(VISITOR)[0].status_code == 302:
        return True
    time.sleep(4)
    return False


def sweep(portal: Portal) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "sync_users", "--full"],
        cwd=ROOT, env=portal.env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_only_signing_in_suffers(house):
    portal, proxy = house
    member, visitor = Browser(portal), Browser(portal)
    assert member.sign_in(MEMBER)[0].status_code == 302

    for fault in FAULTS:
        proxy.spoil(fault)
        answer, seconds = visitor.sign_in(VISITOR)
        assert answer.status_code == 503, fault
        assert answer.headers["Retry-After"]
        assert seconds < 6.5, fault
        assert member.is_served(), fault

    answer, seconds = visitor.sign_in(VISITOR)
    assert answer.status_code == 503
    assert seconds < 2, "the breaker is open: nobody waits"
    assert "not available right now" in answer.text

    swept = sweep(portal)
    assert swept.returncode != 0
    assert "Traceback" not in swept.stderr
    assert member.is_served(), "nobody was signed out"

    proxy.spoil("")
    time.sleep(REST_SECONDS)  # asking all the time would use up the tries for the address
    wait_for("signing in to work again", lambda: comes_in(visitor), 15)
    assert member.is_served() and visitor.is_served()
    assert sweep(portal).returncode == 0
    assert member.is_served()
