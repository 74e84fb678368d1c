"""Writing: the preview, hostile texts, and drafts that outlive a lost connection."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, look
from tests.browser.steps import sign_in, sign_out
from tests.tasks.hostile_texts import SCRIPTS

AMARA = "amara.okafor@lindencourt.example"
TOMASZ = "tomasz.zielinski@lindencourt.example"
TASK = "/tasks/REP-137/"


@pytest.fixture
def member(new_page):
    def signed_in(email: str = AMARA, **options) -> Page:
        page = new_page(**options)
        sign_in(page, email)
        page.wait_for_url("**/work/")
        return page

    return signed_in


def test_a_comment_is_previewed_by_keyboard_and_sent(member):
    page = member()
    page.goto(TASK)
    box = page.get_by_label("Comment", exact=True)
    box.fill("Ask **@Tomasz Zielinski** about REP-142.\n\n- [x] measured\n\na | b\n--|--\n1 | 2")
    page.get_by_role("tab", name="Write").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Preview")).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("tabpanel", name="Preview")
    expect(panel.locator(".ui-mention")).to_have_text("@Tomasz Zielinski")
    expect(panel.get_by_role("link", name=re.compile("^REP-142 Replace"))).to_be_visible()
    expect(box).to_be_hidden()
    look(page)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(box).to_be_visible()
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#activity .ui-mention").last).to_be_visible()
    expect(box).to_have_value("")
    look(page)


def test_ctrl_and_enter_send_a_comment(member):
    page = member()
    page.goto(TASK)
    box = page.get_by_label("Comment", exact=True)
    box.fill("Sent by keyboard.")
    box.press("Enter")
    box.press("Control+Enter")
    expect(page.locator("#activity").get_by_text("Sent by keyboard.")).to_have_count(1)
    expect(box).to_have_value("")
    box.press("Control+Enter")
    expect(page.locator("#write .invalid-feedback")).to_be_visible()


def test_hostile_texts_run_nothing(member):
    page = member()
    dialogs, asked = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/tasks/REP-137/")
    sent = [re.sub("[\x00\ud800]", "", text) for text in SCRIPTS]  # no form takes these
    for start in range(0, len(sent), 40):
        page.get_by_label("Comment", exact=True).fill("\n\n".join(sent[start : start + 40]))
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.get_by_label("Comment", exact=True)).to_have_value("")
    page.reload()
    schemes = "[...document.querySelectorAll('#activity a')].map((link) => link.protocol)"
    no_address = ":"
    assert set(page.evaluate(schemes)) <= {"http:", "https:", "mailto:", no_address}
    assert dialogs == []
    assert [url for url in asked if "evil" in url] == []
    look(page)


def test_without_javascript_it_is_a_plain_field(member):
    page = member(java_script_enabled=False)
    page.goto(TASK)
    expect(page.get_by_role("tab")).to_have_count(0)
    page.get_by_label("Comment", exact=True).fill("Written **plainly**.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#activity strong", has_text="plainly").last).to_be_visible()


def test_a_draft_outlives_a_lost_connection(member):
    page = member()
    page.goto(TASK)
    box = page.get_by_label("Comment", exact=True)
    page.context.set_offline(True)
    box.fill("Written on the train.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You are offline. What you wrote is kept")
    expect(box).to_have_value("Written on the train.")
    page.context.set_offline(False)
    page.reload()
    expect(box).to_have_value("Written on the train.")
    expect(page.get_by_text("Your draft from")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#activity").get_by_text("Written on the train.")).to_be_visible()
    page.reload()
    expect(box).to_have_value("")


def test_a_draft_is_discarded_when_asked(member):
    page = member()
    page.goto(TASK + "edit/")
    box = page.get_by_label("Description")
    before = box.input_value()
    box.fill("A half thought")
    page.reload()
    expect(box).to_have_value("A half thought")
    page.get_by_role("button", name="Discard").click()
    expect(box).to_have_value(before)
    page.reload()
    expect(box).to_have_value(before)


def test_a_form_sent_offline_waits_and_a_saved_one_leaves_no_draft(member):
    page = member()
    page.goto(TASK + "edit/")
    page.get_by_label("Description").fill("The closer is worn.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("You are offline.")
    page.context.set_offline(False)
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("The closer is worn.")).to_be_visible()
    page.goto(TASK + "edit/")
    expect(page.get_by_text("Your draft from")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_draft_outlives_the_session_but_no_other_person_sees_it(member):
    page = member()
    page.goto(TASK)
    page.get_by_label("Comment", exact=True).fill("For my eyes.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.wait_for_url("**/accounts/sign-in/**")
    sign_in(page, TOMASZ)
    page.wait_for_url(f"**{TASK}")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")
    page.context.clear_cookies()
    page.goto("/accounts/sign-in/")
    sign_in(page, AMARA)
    page.wait_for_url("**/work/")
    page.goto(TASK)
    expect(page.get_by_label("Comment", exact=True)).to_have_value("For my eyes.")
    sign_out(page)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_names_are_offered_while_typing(member):
    page = member()
    page.goto(TASK)
    box = page.get_by_label("Comment", exact=True)
    box.press_sequentially("Ask @to")
    offered = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(offered).to_have_text(["TZTomasz Zielinski"])
    look(page)
    page.keyboard.press("Enter")
    expect(box).to_have_value("Ask @Tomasz Zielinski ")
    box.press_sequentially("about #pump")
    expect(offered).to_have_count(1)
    offered.click()
    expect(box).to_have_value("Ask @Tomasz Zielinski about REP-142 ")
    box.press_sequentially("@")
    expect(offered.first).to_be_visible()
    first = box.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", first)
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    expect(box).to_be_focused()


def test_among_the_team_only_its_people_are_offered_and_a_call_in_vain_is_said(member):
    page = member()
    page.goto(TASK)
    page.get_by_label("The team only").check()
    box = page.get_by_label("Comment", exact=True)
    box.press_sequentially("@")
    offered = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(offered.filter(has_text="Amara Okafor")).to_have_count(1)
    expect(offered.filter(has_text="Mei-Ling Chan")).to_have_count(0)
    page.keyboard.press("Escape")
    box.fill("@Mei-Ling Chan, look")
    page.get_by_role("button", name="Comment", exact=True).click()
    warning = page.locator("#toasts").get_by_text("Mei-Ling Chan cannot read comments of the team")
    expect(warning).to_be_visible()
    look(page)
    page.get_by_role("button", name="Close").click()
    expect(warning).to_have_count(0)
