"""The safety of an account, with a real authenticator code read off the screen."""

import re

import httpx
import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, look
from tests.browser.steps import PASSWORD, link_in, new_address, sign_in, sign_out

NEW_PASSWORD = "three-other-odd-words"


@pytest.fixture
def person(portal):
    """A fresh account, so that the demo's people stay as they are."""
    address = new_address("wanda")
    key = portal.env["SUPABASE_SECRET_KEY"]
    made = httpx.post(
        f"{portal.auth_url}/auth/v1/admin/users",
        headers={"apikey": key, "Authorization": f"Bearer {key}"},
        json={
            "email": address,
            "password": PASSWORD,
            "email_confirm": True,
            "user_metadata": {"full_name": "Wanda Weiss"},
        },
    )
    assert made.status_code == 200, made.text
    return address


def open_security(page: Page) -> None:
    page.goto("/account/security/")
    look(page)


def scan(page: Page, folder) -> pyotp.TOTP:
    """Read the QR code from a picture of the page, as a phone's camera does."""
    path = folder / "screen.png"
    page.screenshot(path=path)
    found = zxingcpp.read_barcode(Image.open(path))
    assert found is not None, "no QR code on the screen"
    return pyotp.parse_uri(found.text)


def set_up_app(page: Page, folder) -> pyotp.TOTP:
    follow(page.get_by_role("link", name="Set up an app"))
    look(page)
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scan the code")
    look(page)
    app = scan(page, folder)
    page.get_by_label("Code", exact=True).fill("000000" if app.now() != "000000" else "111111")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    look(page)
    assert scan(page, folder).secret == app.secret
    page.get_by_label("Code", exact=True).fill(app.now())
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("Two-factor sign-in is on.")).to_be_visible()
    look(page)
    return app


def test_a_second_factor_from_its_picture_to_its_end(new_page, person, tmp_path):
    page = new_page()
    sign_in(page, person)
    page.wait_for_url("**/work/")
    open_security(page)
    app = set_up_app(page, tmp_path)
    sign_out(page)

    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    look(page)
    page.goto("/work/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/accounts/second-factor/")
    page.get_by_label("Code", exact=True).fill("000000" if app.now() != "000000" else "111111")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    look(page)
    page.get_by_label("Code", exact=True).fill(app.now())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/work/")

    open_security(page)
    follow(page.get_by_role("link", name="Remove My phone"))
    look(page)
    page.get_by_role("button", name="Remove this app").click()
    expect(page.get_by_text("The app is removed.")).to_be_visible()
    sign_out(page)
    sign_in(page, person)
    page.wait_for_url("**/work/")


def test_an_address_changes_when_both_mailboxes_agree(portal, new_page, person):
    page, new = new_page(), new_address("countess")
    sign_in(page, person)
    open_security(page)
    follow(page.get_by_role("link", name="Change e-mail"))
    look(page)
    page.get_by_label("New e-mail").fill(new)
    page.get_by_role("button", name="Send both links").click()
    expect(page.get_by_role("main")).to_contain_text("You asked to change to")
    look(page)

    mails = [portal.wait_for_mail(address, "e-mail") for address in (person, new)]
    page.goto(link_in(mails[0], portal))
    look(page)
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    look(page)
    # The new mailbox may be on another device, where nobody is signed in.
    elsewhere = new_page()
    elsewhere.goto(link_in(mails[1], portal))
    elsewhere.locator("main form button[type=submit]").click()
    elsewhere.wait_for_url(re.compile("/account/security/|/work/"))
    open_security(page)
    expect(page.get_by_role("main")).to_contain_text(new)
    expect(page.get_by_role("main")).not_to_contain_text("You asked to change to")
    sign_out(page)
    sign_in(page, new)
    page.wait_for_url("**/work/")


def test_a_password_and_all_devices(new_page, person):
    laptop, phone = new_page(), new_page(width=390)
    for page in (laptop, phone):
        sign_in(page, person)
        page.wait_for_url("**/work/")
    open_security(phone)
    open_security(laptop)
    follow(laptop.get_by_role("link", name="Change password"))
    look(laptop)
    laptop.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    laptop.get_by_role("button", name="Save password").click()
    expect(laptop.get_by_text("Your new password is set.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in")

    sign_in(phone, person, NEW_PASSWORD)
    phone.wait_for_url("**/account/security/")
    laptop.reload()
    laptop.get_by_role("button", name="Sign out everywhere").click()
    expect(laptop.get_by_text("You are signed out everywhere.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in")
