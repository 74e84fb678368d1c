"""Bad input, and parts of the portal that stop: what people see, and that nothing is lost."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import look
from tests.browser.processes import fetch, wait_for
from tests.browser.steps import fill_in_report, new_address, report_a_repair, sign_in

WHAT = "Water drips from the ceiling of the cellar."
FIRST_RETRY_SECONDS = 100  # the outbox waits about a minute after the first failure


def test_a_form_with_errors_keeps_what_was_typed(portal, new_page):
    page = new_page()
    page.goto("/report-a-repair/")
    fill_in_report(page, name="Samir Haddad", email="samir.haddad@mail", what=WHAT)
    page.get_by_label("Flat number").fill("45")
    page.get_by_label("Photos").set_input_files(
        [{"name": "plan.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}]
    )
    page.get_by_role("button", name="Send report").click()
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(page.get_by_label("What is wrong?")).to_have_value(WHAT)
    expect(page.get_by_label("Doors, locks or keys")).to_be_checked()
    look(page)
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Flat number")).to_be_focused()


def test_hidden_forbidden_and_unknown_are_told_apart(portal, new_page):
    page = new_page()
    sign_in(page, "tomasz.zielinski@lindencourt.example")
    page.wait_for_url("**/work/")
    for address, status in (
        ("/tasks/AGM-12/", 404),  # a project he does not belong to
        ("/projects/REP/triage/", 403),
        ("/requests/no-such-token/", 404),
        ("/admin/", 403),
    ):
        answer = page.goto(address)
        assert answer.status == status, address
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look(page)


def test_without_the_auth_server_only_signing_in_waits(portal, new_page):
    member, newcomer = new_page(), new_page()
    sign_in(member, "jonas.lindqvist@lindencourt.example")
    member.wait_for_url("**/work/")
    portal.stop("auth", kill=True)
    try:
        newcomer.goto("/")
        expect(newcomer.get_by_role("heading", level=1)).to_be_visible()
        sign_in(newcomer, "amara.okafor@lindencourt.example")
        expect(newcomer.get_by_role("main")).to_contain_text("not available right now")
        expect(newcomer.get_by_label("E-mail")).to_have_value("amara.okafor@lindencourt.example")
        look(newcomer)
        member.goto("/tasks/REP-134/")
        member.get_by_label("Comment").fill("The insurer has answered.")
        member.get_by_role("button", name="Comment", exact=True).click()
        expect(member.get_by_text("The insurer has answered.")).to_be_visible()
    finally:
        portal.start("auth")
    wait_for("the Auth stand-in", lambda: fetch(f"{portal.auth_url}/auth/v1/health")[0])
    sign_in(newcomer, "amara.okafor@lindencourt.example")
    newcomer.wait_for_url("**/work/")


def test_a_killed_worker_loses_nothing(portal, new_page):
    address = new_address("mona")
    portal.stop("worker", kill=True)
    try:
        reference, _status = report_a_repair(new_page(), name="Mona Blum", email=address, what=WHAT)
        assert portal.mails(address) == []
    finally:
        portal.start("worker")
    portal.wait_for_mail(address, reference)


def test_without_a_mail_server_the_mail_comes_later(portal, new_page):
    address = new_address("ida")
    portal.stop("mail", kill=True)
    try:
        reference, _status = report_a_repair(new_page(), name="Ida Roth", email=address, what=WHAT)
        wait_for("the failed try", lambda: "failed on attempt 1" in portal.log("worker"))
    finally:
        portal.start("mail")
    mail = portal.wait_for_mail(address, reference, FIRST_RETRY_SECONDS)
    assert len([m for m in portal.mails(address) if m["subject"] == mail["subject"]]) == 1
