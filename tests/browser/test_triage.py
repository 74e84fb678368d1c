"""Requests between a visitor and a manager: asked back, merged, put off and woken."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, look
from tests.browser.processes import Portal
from tests.browser.steps import link_in, new_address, report_a_repair, sign_in

AMARA = "amara.okafor@lindencourt.example"


def triage(new_page) -> Page:
    page = new_page()
    sign_in(page, AMARA)
    page.wait_for_url("**/work/")
    page.goto("/projects/REP/triage/")
    return page


def answer(page: Page, reference: str, way: str):
    """Open one of the answers of a request; return its card."""
    card = page.locator(f"#request-{reference}")
    card.get_by_text(way, exact=True).click()
    return card


def test_a_manager_asks_back_and_the_visitor_answers(portal: Portal, new_page):
    visitor, address = new_page(390), new_address("dora")
    reference, status_url = report_a_repair(
        visitor, name="Dora Klein", email=address, what="Something drips in the cellar."
    )
    manager = triage(new_page)
    card = answer(manager, reference, "Ask back")
    card.get_by_role("button", name=f"Send {reference}").click()
    expect(card).to_contain_text("Write something first.")
    card.get_by_label("Your message").fill("Is it **hot** or cold water?")
    look(manager)
    card.get_by_role("button", name=f"Send {reference}").click()
    expect(manager.locator("#live")).to_have_text("Dora Klein can read your message.")
    expect(card.get_by_role("link", name="1 message")).to_be_visible()

    mail = portal.wait_for_mail(address, "We wrote to you")
    assert "hot" in mail["text"]
    assert link_in(mail, portal).startswith(status_url)
    visitor.goto(link_in(mail, portal))
    question = visitor.get_by_role("article", name="Message from Amara Okafor")
    expect(question.locator("strong", has_text="hot")).to_be_visible()
    follow(visitor.get_by_role("button", name="Send message"))
    expect(visitor.get_by_role("main")).to_contain_text("Write something first.")
    visitor.get_by_label("Write to us about it").fill("Cold. <b>Very</b> cold.")
    look(visitor)
    follow(visitor.get_by_role("button", name="Send message"))
    expect(visitor.get_by_text("We have your message.")).to_be_visible()
    look(visitor)
    assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth")

    manager.reload()
    follow(card.get_by_role("link", name="2 messages"))
    said = manager.get_by_role("article", name="Comment by Dora Klein")
    expect(said).to_contain_text("Cold. <b>Very</b> cold.")
    portal.wait_for_mail(AMARA, reference)


def test_the_same_request_sent_twice_becomes_one(portal: Portal, new_page):
    visitor, address = new_page(), new_address("emil")
    first, _ = report_a_repair(
        visitor, name="Emil Roth", email=new_address("emil"), what="The yard lamp flickers."
    )
    second, status_url = report_a_repair(
        visitor, name="Emil Roth", email=address, what="The yard lamp still flickers."
    )
    manager = triage(new_page)
    card = answer(manager, second, "It is the same as another")
    card.get_by_label("Same as").fill("zeppelin")
    card.get_by_role("button", name=f"Merge {second}").click()
    expect(card.locator(".invalid-feedback")).to_be_visible()
    expect(card.get_by_label("Same as")).to_have_value("zeppelin")
    card.get_by_label("Same as").fill("yard lamp")
    expect(card.get_by_role("option")).to_contain_text([first])
    look(manager)
    manager.keyboard.press("Enter")
    expect(card.get_by_role("status")).to_contain_text(f"{first} The yard lamp flickers")
    manager.keyboard.press("Enter")  # merges nothing: that is for the button
    expect(card.get_by_role("button", name=f"Merge {second}")).to_be_visible()
    card.get_by_role("button", name=f"Merge {second}").click()
    said = f"{second} is closed: it is the same as {first}."
    expect(manager.locator("#toasts")).to_contain_text(said)
    look(manager)

    mail = portal.wait_for_mail(address, "We know of it already")
    assert link_in(mail, portal) == status_url
    visitor.goto(status_url)
    expect(visitor.get_by_role("main")).to_contain_text("Known already")
    expect(visitor.get_by_role("main")).to_contain_text("We deal with both together")
    look(visitor)
    manager.goto(f"/tasks/{first}/")
    expect(manager.locator("#relations")).to_contain_text(second)


def test_a_request_is_put_off_and_woken(new_page):
    reference, _ = report_a_repair(
        new_page(), name="Ada Moss", email=new_address("ada"), what="Plant a fig in spring."
    )
    manager = triage(new_page)
    card = answer(manager, reference, "Put it off")
    card.get_by_label("Until").fill(timezone.localdate().isoformat())
    card.get_by_role("button", name=f"Put off {reference}").click()
    expect(card).to_contain_text("Choose a day after today.")
    later = timezone.localdate() + timedelta(days=40)
    card.get_by_label("Until").fill(later.isoformat())
    card.get_by_role("button", name=f"Put off {reference}").click()
    expect(manager.locator("#toasts")).to_contain_text(f"{reference} is put off until")
    manager.reload()
    expect(card).to_have_count(0)
    asleep = manager.get_by_role("region", name="Put off")
    expect(asleep).to_contain_text(reference)
    look(manager)
    follow(asleep.get_by_role("button", name=re.compile(reference)))
    expect(manager.get_by_text(f"{reference} waits for an answer again.")).to_be_visible()
    expect(card).to_be_visible()
