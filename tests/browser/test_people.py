"""What administrators do with people, against real processes with nothing patched."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.steps import PASSWORD, link_in, new_address, sign_in

HELEN = "helen.whitcombe@lindencourt.example"


def as_helen(new_page) -> Page:
    page = new_page()
    sign_in(page, HELEN)
    page.wait_for_url("**/work/")
    return page


def open_person(page: Page, name: str) -> None:
    page.goto(f"/admin/people/users/?q={name.split()[0]}")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", name=name, level=2)).to_be_visible()


def press(page: Page, button: str) -> None:
    """Open an action's page from a person's page."""
    page.get_by_role("main").get_by_role("link", name=button, exact=True).click()


def test_people_on_a_list_are_invited_and_come_in(portal, new_page):
    bea = new_address("bea")
    helen = as_helen(new_page)
    helen.goto("/admin/people/invitations/")
    helen.get_by_role("link", name="Invite people").first.click()
    lines = f"name,email\nBea Holt,{bea}\nHelen,{HELEN}\nnonsense"
    upload = {"name": "people.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    helen.get_by_label("Or a file").set_input_files([upload])
    helen.get_by_role("button", name="Look at the list").click()
    expect(helen.get_by_text("1 person will be invited")).to_be_visible()
    expect(helen.get_by_text("Not an e-mail address")).to_be_visible()
    look(helen)
    helen.get_by_role("button", name="Send the invitations").click()
    expect(helen.get_by_text("1 of 1 are through.")).to_be_visible()

    mail = portal.wait_for_mail(bea, "")
    guest = new_page()
    guest.goto(link_in(mail, portal))
    guest.get_by_role("main").get_by_role("button").first.click()
    guest.get_by_label("New password", exact=True).fill("three unusual words")
    guest.get_by_role("button", name="Save password").click()
    guest.wait_for_url("**/work/")
    helen.goto("/admin/people/invitations/")
    expect(helen.get_by_role("row").filter(has_text=bea)).to_contain_text("Accepted")


def test_a_ban_ends_the_session_in_another_browser(portal, new_page):
    luis, helen = new_page(), as_helen(new_page)
    sign_in(luis, "luis.ferreira@lindencourt.example")
    luis.wait_for_url("**/work/")
    open_person(helen, "Luis Ferreira")
    look(helen)
    press(helen, "Ban")
    helen.get_by_label("Reason").fill("Shouts at the caretaker")
    look(helen)
    helen.get_by_role("main").get_by_role("button", name="Ban", exact=True).click()
    expect(helen.get_by_text("is banned and signed out")).to_be_visible()
    luis.goto("/work/")
    assert "/accounts/sign-in/" in luis.url
    sign_in(luis, "luis.ferreira@lindencourt.example")
    expect(
        luis.get_by_text("E-mail or password is not right").first
    ).to_be_visible()  # to all alike

    press(helen, "Lift the ban")
    helen.get_by_role("main").get_by_role("button", name="Lift the ban").click()
    expect(helen.get_by_text("Luis Ferreira may sign in again")).to_be_visible()
    sign_in(luis, "luis.ferreira@lindencourt.example")
    luis.wait_for_url("**/work/")


def test_everything_a_person_owns_is_handed_over(portal, new_page):
    helen = as_helen(new_page)
    open_person(helen, "Jonas Lindqvist")
    press(helen, "Hand over")
    helen.get_by_label("Who takes it over?").fill("mei-ling.chan@lindencourt.example")
    look(helen)
    helen.get_by_role("main").get_by_role("button", name="Hand over").click()
    expect(helen.get_by_text("Everything of Jonas Lindqvist is handed over")).to_be_visible()
    press(helen, "Hand over")
    expect(helen.get_by_text("There is nothing to hand over")).to_be_visible()


def test_emergency_access_is_mailed_and_written_down(portal, new_page):
    printed = portal.manage("make_break_glass", "--generate")
    password = re.search(r"only now: (\S+)", printed).group(1)
    page = new_page()
    page.goto("/emergency-access/")
    look(page)
    page.get_by_label("Name").fill("break-glass")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in for an hour").click()
    page.wait_for_url("**/admin/")
    mail = portal.wait_for_mail(HELEN, "Emergency access was used")
    assert "127.0.0.1" in mail["text"] and password not in mail["text"] + PASSWORD
    page.goto("/admin/people/audit-log/")
    for words in ("Emergency access used", "Banned", "Handed over", "People invited"):
        expect(page.get_by_role("link", name=words).first).to_be_visible()
    look(page)
