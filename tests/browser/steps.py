"""What people do, as a person would describe it. Each step looks at the page it ends on."""

import re
import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.processes import Portal

PASSWORD = "linden-court-2026"  # of every person of the demo


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in on the sign-in page, wherever that leads."""
    if "/accounts/sign-in/" not in page.url:
        page.goto("/accounts/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", expanded=False).filter(has_text=re.compile(r"\w+ \w+")).click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(re.compile(r"/(accounts/sign-in/)?$"))


def link_in(mail: dict[str, Any], portal: Portal) -> str:
    """Return the first address of the portal in a mail's text."""
    found = re.search(re.escape(portal.url) + r"\S*", mail["text"])
    assert found, mail["text"]
    return found.group()


def fill_in_report(page: Page, *, name: str, email: str, what: str) -> None:
    """Fill in the form *Report a repair*, which is open."""
    page.get_by_label("Doors, locks or keys").check()
    page.get_by_label("House", exact=True).select_option("Alder House")
    page.get_by_label("Flat number").fill("22")
    page.get_by_label("What is wrong?").fill(what)
    page.get_by_label("This week").check()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)


def report_a_repair(page: Page, photo: bytes | None = None, **answers: str) -> tuple[str, str]:
    """Go from the home page to the form and send it; return the reference and the status address."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Report a repair").first.click()
    fill_in_report(page, **answers)
    if photo:
        upload = {"name": "entry phone.jpg", "mimeType": "image/jpeg", "buffer": photo}
        page.get_by_label("Photos").set_input_files([upload])
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your report")
    look(page)
    reference = page.locator("strong", has_text=re.compile(r"^REP-\d+$")).inner_text()
    page.get_by_role("link", name=f"Follow {reference}").click()
    expect(page.get_by_text("Received")).to_be_visible()
    return reference, page.url


def accept(page: Page, reference: str, *, owner: str, priority: str) -> None:
    """Accept a request on the triage page, due tomorrow."""
    card = page.locator(f"#request-{reference}")
    card.get_by_label("Owner").select_option(owner)
    tomorrow = timezone.localdate() + timedelta(days=1)
    card.get_by_label("Due").fill(tomorrow.isoformat())
    card.get_by_label("Priority").select_option(priority)
    card.get_by_role("button", name="Accept").click()
    expect(page.locator("#toasts")).to_contain_text(f"{reference} is accepted")


def new_address(name: str) -> str:
    return f"{name}.{uuid.uuid4().hex[:8]}@mail.example"
