"""Every way in beside the password: mailed link, digits, social providers; and who stays out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.processes import Portal
from tests.browser.steps import PASSWORD, link_in, new_address, sign_in, sign_out

AMARA = "amara.okafor@lindencourt.example"
HELEN = "helen.whitcombe@lindencourt.example"
TOMASZ = "tomasz.zielinski@lindencourt.example"


def digits_in(mail: dict) -> str:
    return re.search(r"\b\d{6}\b", mail["text"]).group()


def ask_for_a_link(page: Page, email: str) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="E-mail me a sign-in link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")


def continue_with(page: Page, provider: str) -> None:
    """Press the provider's button and wait for its pretended page."""
    page.get_by_role("button", name=f"Continue with {provider}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pretended {provider.title()}")


@contextmanager
def banned(portal: Portal, email: str) -> Iterator[None]:
    """Ban somebody at the Auth server for as long as the block lasts."""
    secret = portal.env["SUPABASE_SECRET_KEY"]
    users = f"{portal.auth_url}/auth/v1/admin/users"
    with httpx.Client(headers={"apikey": secret}) as admin:
        user = admin.get(users, params={"filter": email}).json()["users"][0]
        admin.put(f"{users}/{user['id']}", json={"ban_duration": "24h"}).raise_for_status()
        try:
            yield
        finally:
            admin.put(f"{users}/{user['id']}", json={"ban_duration": "none"})


def test_a_mailed_link_signs_in_on_another_device(portal, new_page):
    desk, phone, scanner = new_page(), new_page(390), new_page()
    desk.goto("/accounts/sign-in/")
    look(desk)
    ask_for_a_link(desk, AMARA)
    look(desk)
    link = link_in(portal.wait_for_mail(AMARA, "sign-in link"), portal)
    scanner.goto(link)  # a look changes nothing
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    look(phone)
    phone.get_by_role("button", name="Confirm and sign in").click()
    phone.wait_for_url("**/work/")
    scanner.get_by_role("button", name="Confirm and sign in").click()
    expect(scanner.get_by_role("heading", level=1)).to_contain_text("does not work any more")
    look(scanner)


def test_digits_register_and_sign_in(portal, new_page):
    page, address = new_page(390), new_address("noor")
    page.goto("/accounts/sign-up/")
    look(page)
    page.get_by_label("Your name").fill("Noor Aziz")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill("three odd words")
    page.get_by_role("button", name="Register").click()
    page.get_by_label("Code from the mail").fill(
        digits_in(portal.wait_for_mail(address, "Confirm"))
    )
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/work/")

    again = new_page()
    ask_for_a_link(again, address)
    again.get_by_label("Code from the mail").fill("000000")
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("alert")).to_contain_text("This code is not right")
    look(again)
    digits = digits_in(portal.wait_for_mail(address, "sign-in link"))
    again.get_by_label("Code from the mail").fill(f" {digits[:3]} {digits[3:]} ")
    again.get_by_role("button", name="Sign in").click()
    again.wait_for_url("**/work/")


def test_a_provider_signs_in_and_two_tabs_come_through(portal, new_page):
    first = new_page()
    second = first.context.new_page()
    first.goto("/accounts/sign-in/?next=/projects/")
    second.goto("/accounts/sign-in/")
    continue_with(first, "Google")
    continue_with(second, "GitHub")
    second.get_by_role("button", name="Continue as Amara Okafor").click()
    second.wait_for_url("**/work/")
    first.get_by_role("button", name="Continue as Amara Okafor").click()
    first.wait_for_url("**/projects/")
    sign_out(first)

    newcomer = new_page(390)
    newcomer.goto("/accounts/sign-up/")
    continue_with(newcomer, "Google")
    newcomer.get_by_label("Somebody else").fill(new_address("ines"))
    with newcomer.expect_request(re.compile("/auth/callback")) as back:
        newcomer.get_by_role("button", name="Continue with this address").click()
    newcomer.wait_for_url("**/work/")
    stranger = new_page()
    stranger.goto(back.value.url)  # the same code in a browser that did not ask
    expect(stranger.get_by_role("main")).to_contain_text("Nobody was signed in")
    look(stranger)


def test_a_cancelled_sign_in_changes_nothing(portal, new_page):
    page = new_page()
    page.goto("/accounts/sign-in/?next=/projects/")
    continue_with(page, "GitHub")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("main")).to_contain_text("You did not go on at GitHub")
    look(page)
    sign_in(page, AMARA)
    page.wait_for_url("**/projects/")


def test_a_banned_person_stays_out_and_strangers_learn_nothing(portal, new_page):
    page = new_page()
    with banned(portal, TOMASZ):
        for password in ("wrong", PASSWORD):
            sign_in(page, TOMASZ, password)
            expect(page.get_by_role("alert")).to_contain_text("E-mail or password is not right")
        ask_for_a_link(page, TOMASZ)
        page.goto("/accounts/sign-in/")
        continue_with(page, "Google")
        page.get_by_role("button", name="Continue as Tomasz Zielinski").click()
        expect(page.get_by_role("main")).to_contain_text("may not sign in at the moment")
        look(page)
    page.get_by_role("button", name="Try again with Google").click()
    page.get_by_role("button", name="Continue as Tomasz Zielinski").click()
    page.wait_for_url("**/work/")


def test_a_link_for_somebody_else_says_so_first(portal, new_page):
    page, other = new_page(), new_page()
    sign_in(page, AMARA)
    page.wait_for_url("**/work/")
    ask_for_a_link(other, HELEN)
    page.goto(link_in(portal.wait_for_mail(HELEN, "sign-in link"), portal))
    expect(page.get_by_role("main")).to_contain_text("You are signed in as Amara Okafor")
    look(page)
    page.get_by_role("button", name="Confirm and sign in").click()
    page.wait_for_url("**/work/")
    expect(page.locator("body")).to_contain_text("Helen Whitcombe")


def test_answers_that_went_astray_are_explained(portal, new_page):
    page = new_page()
    page.goto("/?code=abc")
    expect(page.get_by_role("main")).to_contain_text("Nobody was signed in")
    page.goto("/#error=access_denied&error_code=otp_expired")
    expect(page.get_by_role("heading", level=1)).to_contain_text("does not work any more")
    page.goto("/accounts/sign-in/")
    page.goto("/#access_token=secret&refresh_token=secret")
    expect(page.get_by_role("main")).to_contain_text("Nobody was signed in")
    assert "secret" not in page.url
