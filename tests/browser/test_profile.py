"""A person's own pages: how they appear, what the portal knows of them, and leaving."""

import io
import re
import zipfile

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.processes import Portal
from tests.browser.steps import link_in, new_address, sign_in

PASSWORD = "three-unusual-words-26"


def photo() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (800, 600), (180, 60, 60)).save(output, "JPEG")
    return output.getvalue()


def newcomer(page: Page, portal: Portal, name: str) -> str:
    """Register somebody and sign them in; return their address."""
    email = new_address(name.split()[0].lower())
    page.goto("/accounts/sign-up/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    page.goto(link_in(portal.wait_for_mail(email, ""), portal))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/work/**")
    return email


def account_page(page: Page) -> None:
    page.locator(".ui-side .dropup > button").click()
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_people_say_who_they_are(new_page, portal):
    page = new_page(color_scheme="light")
    newcomer(page, portal, "Noor Example")
    account_page(page)
    look(page)
    page.get_by_label("Your name").fill("Noor Newname")
    page.get_by_label("Find a city").fill("tokyo")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_label("Dates and times").select_option("en-us")
    page.locator(".ui-choice", has_text="Dark").click()
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    expect(page.locator(".ui-side .dropup > button")).to_contain_text("Noor Newname")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^\d{1,2}:\d\d [AP]M$"))
    assert "+09:00" in page.locator("[data-clock]").get_attribute("datetime")

    page.get_by_label("Picture", exact=True).set_input_files(
        [{"name": "me.jpg", "mimeType": "image/jpeg", "buffer": photo()}]
    )
    page.get_by_role("button", name="Save picture").click()
    face = page.locator(".ui-side img.ui-avatar")
    expect(face).to_be_visible()
    assert face.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256
    look(page)

    page.locator(".ui-side .dropup > button").click()
    with page.expect_response("**/account/theme/") as kept:
        page.get_by_role("button", name="Light").click()
    assert kept.value.status == 204
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.context.clear_cookies(name="theme")
    page.reload()  # another device: the account brings its colours along
    assert "light" in [c["value"] for c in page.context.cookies() if c["name"] == "theme"]

    page.get_by_role("button", name="Remove picture").click()
    expect(page.locator(".ui-side img.ui-avatar")).to_have_count(0)


def test_people_take_their_data_and_leave(new_page, portal):
    page = new_page()
    email = newcomer(page, portal, "Lou Leaving")
    account_page(page)
    page.get_by_role("link", name="Your data").click()
    expect(page.get_by_role("heading", name="A copy of your data")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Ask for a copy").click()
    link = page.get_by_role("link", name="Download your copy")
    expect(link).to_be_visible(timeout=30_000)  # the page asks by itself
    portal.wait_for_mail(email, "The copy of your data is ready")
    address = link.get_attribute("href")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Download your copy")
    look(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the ZIP file").click()
    archive = zipfile.ZipFile(download.value.path())
    assert email in archive.read("account.json").decode()
    assert page.goto(address).status == 410
    expect(page.get_by_text("The link has been used")).to_be_visible()
    look(page)

    page.goto("/account/delete/")
    look(page)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Type the word delete.")
    page.get_by_label("to confirm").fill("delete")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("will be deleted in 14 days")).to_be_visible()
    portal.wait_for_mail(email, "Your account will be deleted")

    sign_in(page, email, PASSWORD)
    expect(page.get_by_text("Your account will be deleted on")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Keep my account").first.click()
    expect(page.get_by_text("Your account stays.")).to_be_visible()
    expect(page.get_by_text("Your account will be deleted on")).to_have_count(0)
