"""The Auth server asks the portal who may come in, and lets it write the mails."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import look
from tests.browser.processes import Portal
from tests.browser.steps import PASSWORD, link_in, new_address, sign_in

HELEN = "helen.whitcombe@lindencourt.example"
WORDS = "Registration is by invitation. Ask an administrator for one."


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """A portal that its Auth server asks."""
    portal = Portal()
    portal.env["WEB_CONCURRENCY"] = "2"  # one waits for the Auth server, one answers it
    for hook in ("before-user-created", "send-email"):
        url = f"{portal.url}/webhooks/supabase/hooks/{hook}/"
        portal.commands["auth"] += [f"--{hook}-hook", url]
    try:
        portal.start_all()
        yield portal
    finally:
        portal.stop_all()


def register(page, email: str) -> None:
    page.goto("/accounts/sign-up/")
    page.get_by_label("Your name").fill("Nadia Karim")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill("three unusual words")
    page.get_by_role("button", name=re.compile("Register|Create")).click()


def test_the_portals_own_mail_outlives_a_worker_that_is_away(portal, new_page):
    page, nadia = new_page(), new_address("nadia")
    portal.stop("worker", kill=True)
    register(page, nadia)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    assert portal.mails(nadia) == []
    portal.start("worker")
    mail = portal.wait_for_mail(nadia, "Confirm your e-mail address")
    assert "Linden Court" in mail["text"]
    assert "You get this because somebody registered" in " ".join(mail["text"].split())
    page.goto(link_in(mail, portal))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(re.compile("/work/"))
    assert len(portal.mails(nadia)) == 1


def test_by_invitation_only_strangers_stay_out_and_the_invited_come_in(portal, new_page):
    helen = new_page()
    sign_in(helen, HELEN)
    helen.wait_for_url(re.compile("/work/"))
    helen.goto("/admin/settings/accounts/accesssettings/")
    helen.get_by_label("Who may register").select_option("Only people who were invited")
    helen.get_by_role("button", name="Save").click()
    expect(helen.get_by_text("updated")).to_be_visible()

    stranger = new_page()
    stranger.goto("/accounts/sign-up/")
    look(stranger)
    expect(stranger.get_by_role("main")).to_contain_text(re.compile("invit", re.IGNORECASE))
    answer = httpx.post(
        f"{portal.auth_url}/auth/v1/signup",
        json={"email": new_address("stranger"), "password": PASSWORD},
        headers={
            "apikey": portal.env["SUPABASE_PUBLISHABLE_KEY"],
            "X-Supabase-Api-Version": "2024-01-01",
        },
    )
    assert (answer.status_code, answer.json()["message"]) == (403, WORDS)

    nadia = new_address("invited")
    invite = f"from accounts.models import Invitation; Invitation.objects.create(email='{nadia}')"
    portal.manage("shell", "-c", invite)
    mail = portal.wait_for_mail(nadia, "You are invited to Linden Court")
    page = new_page()
    page.goto(link_in(mail, portal))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("password"))
