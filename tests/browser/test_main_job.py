"""From a visitor's request to a finished task, against real processes with nothing patched."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAGTAIL_EDITOR, follow, look
from tests.browser.processes import message_id
from tests.browser.steps import (
    PASSWORD,
    accept,
    link_in,
    new_address,
    report_a_repair,
    sign_in,
    sign_out,
)

WHAT = "The entry phone has been silent since Saturday. Visitors ring and I hear nothing."


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "#7a3e9d").save(file, "JPEG")
    return file.getvalue()


def test_a_request_becomes_a_finished_task(portal, new_page):
    samir = new_address("samir")
    # 1 A visitor reads, asks with a photo, gets a reference, a mail and a status page.
    visitor = new_page()
    visitor.goto("/")
    look(visitor)
    follow(visitor.get_by_role("navigation", name="Main").get_by_role("link", name="Living here"))
    look(visitor)
    reference, status_url = report_a_repair(
        visitor, photo(), name="Samir Haddad", email=samir, what=WHAT
    )
    look(visitor)
    mail = portal.wait_for_mail(samir, reference)
    assert link_in(mail, portal) == status_url

    # 2 The manager accepts it: owner, due date, priority.
    manager = new_page()
    sign_in(manager, "amara.okafor@lindencourt.example")
    manager.wait_for_url("**/work/")
    look(manager)
    manager.get_by_role("main").get_by_role("link", name=re.compile("Alder House")).first.click()
    expect(manager.locator(f"#request-{reference}")).to_contain_text(WHAT)
    look(manager)
    accept(manager, reference, owner="Tomasz Zielinski", priority="Urgent")
    portal.wait_for_mail(samir, reference)

    # 3 The owner gets a mail, signs in from it, comments, completes.
    assigned = portal.wait_for_mail("tomasz.zielinski@", f"[{reference}]")
    assert "Amara" in assigned["subject"]
    owner = new_page()
    owner.goto(link_in(assigned, portal))
    sign_in(owner, "tomasz.zielinski@lindencourt.example")
    owner.wait_for_url(f"**/tasks/{reference}/")
    look(owner)
    owner.get_by_role("navigation", name="Main").get_by_role("link", name="My work").click()
    soon = owner.locator("#week li, #today li")
    expect(owner.locator(f"#task-{reference}")).to_be_visible()
    assert soon.count() > 0
    look(owner)
    owner.locator(f"#task-{reference}").get_by_role("link").click()
    owner.get_by_label("Comment").fill("The cable had come loose. It rings again.")
    owner.get_by_role("button", name="Comment", exact=True).click()
    expect(owner.get_by_text("It rings again.")).to_be_visible()
    owner.get_by_role("button", name="Mark as done").click()
    expect(owner.get_by_role("button", name="Reopen")).to_be_visible()
    expect(owner.locator("#prop-status")).to_contain_text("Done")
    look(owner)

    # 4 The visitor's page says so, and a mail tells them.
    done = portal.wait_for_mail(samir, "Done")
    visitor.goto(link_in(done, portal))
    expect(visitor.get_by_role("main")).to_contain_text("Done")
    look(visitor)
    # Received, accepted, what the owner wrote to everyone, done: four mails, each once.
    mails = portal.mails(samir)
    assert len(mails) == len({message_id(mail) for mail in mails}) == 4


def test_a_newcomer_registers_and_comes_back(portal, new_page):
    address, first, second = new_address("noor"), "a-first-password-26", "a-second-password-26"
    page = new_page()
    page.goto("/accounts/sign-in/")
    look(page)
    follow(page.get_by_role("link", name="Register"))
    look(page)
    page.get_by_label("Your name").fill("Noor Aziz")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(first)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    look(page)

    # A look at the link changes nothing; the button confirms.
    link = link_in(portal.wait_for_mail(address, ""), portal)
    scanner = new_page()
    for _ in range(2):
        scanner.goto(link)
    page.goto(link)
    look(page)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/work/")
    look(page)
    sign_out(page)
    sign_in(page, address, first)
    page.wait_for_url("**/work/")
    sign_out(page)

    # The used link says so, and offers a way on.
    page.goto(link)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("main")).to_contain_text("used")
    look(page)

    page.goto("/accounts/sign-in/")
    follow(page.get_by_role("link", name="Forgotten it?"))
    look(page)
    page.get_by_label("E-mail").fill(address)
    page.get_by_role("button", name="E-mail me a link").click()
    portal_mails = portal.wait_for_mail(address, "password")
    page.goto(link_in(portal_mails, portal))
    follow(page.get_by_role("button", name="Go on"))
    look(page)
    page.get_by_label("Password", exact=False).first.fill(second)
    page.get_by_role("button", name="Save password").click()
    page.wait_for_url("**/work/")
    sign_out(page)
    sign_in(page, address, first)
    expect(page.get_by_role("main")).to_contain_text("E-mail or password is not right")
    sign_in(page, address, second)
    page.wait_for_url("**/work/")


def test_an_editor_publishes_and_works_at_the_desk(portal, new_page):
    page = new_page()
    page.goto("/admin/")
    sign_in(page, "helen.whitcombe@lindencourt.example", PASSWORD)
    page.wait_for_url("**/admin/")
    look(page)

    # The home page: a new headline, seen by visitors once it is published.
    page.goto("/admin/pages/")
    follow(page.get_by_role("link", name="Home", exact=True).first)
    look(page, known=WAGTAIL_EDITOR)
    page.get_by_label("Heading").first.fill("84 homes, one courtyard.")
    publish(page)
    visitor = new_page()
    visitor.goto("/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("84 homes, one courtyard.")

    # The form: another question, asked of the next visitor.
    page.goto("/admin/pages/")
    page.get_by_role("link", name="Explore child pages of 'Home'").click()
    follow(page.get_by_role("link", name="Report a repair", exact=True))
    look(page, known=WAGTAIL_EDITOR)
    page.locator("input[value='Telephone']").fill("Mobile number")
    publish(page)
    visitor.goto("/report-a-repair/")
    expect(visitor.get_by_label("Mobile number")).to_be_visible()
    look(visitor)

    work_at_the_desk(page)


def publish(page: Page) -> None:
    """Publish what the page editor shows."""
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(re.compile("published", re.IGNORECASE)).first).to_be_visible()


def work_at_the_desk(page: Page) -> None:
    """Filter, search, look, edit, read the history and export."""
    page.goto("/admin/tasks/task/")
    page.get_by_label("Status", exact=True).select_option(label="In review")
    follow(page.get_by_role("button", name="Filter", exact=True))
    expect(
        page.get_by_role("link", name="Quote for the stair lighting", exact=False)
    ).to_be_visible()
    expect(page.get_by_role("link", name="Bike store door", exact=False)).to_have_count(0)
    look(page)
    page.goto("/admin/tasks/task/?q=bike+store")
    follow(page.get_by_role("link", name="Bike store door"))
    follow(page.get_by_role("link", name="Details", exact=True))
    expect(page.get_by_role("main")).to_contain_text("Bike store door does not close")
    look(page)
    page.goto("/admin/tasks/task/?q=REP-137")
    follow(page.locator(".title-wrapper").get_by_role("link"))
    look(page)
    page.get_by_label("Priority").select_option("High")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/admin/tasks/task/?q=REP-137")
    follow(page.get_by_role("link", name="REP-137", exact=True))
    expect(page.get_by_role("main")).to_contain_text("Helen Whitcombe raised the priority")
    page.goto("/admin/tasks/task/?q=REP-137")
    follow(page.locator(".title-wrapper").get_by_role("link"))
    follow(page.get_by_role("link", name="History", exact=True))
    expect(page.get_by_role("main")).to_contain_text("Raised the priority")
    look(page)
    for kind, opening in (("csv", b"Key,"), ("xlsx", b"PK")):
        answer = page.request.get(f"/admin/tasks/task/?export={kind}")
        assert answer.status == 200
        assert answer.body().removeprefix(b"\xef\xbb\xbf").startswith(opening)
