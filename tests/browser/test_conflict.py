"""Two people write at once, or one person in two windows: both versions are seen, none is lost."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, look
from tests.browser.steps import sign_in

AMARA, HELEN = "amara.okafor@lindencourt.example", "helen.whitcombe@lindencourt.example"
TASK = "/tasks/REP-126/"


def opened(new_page, email: str, path: str) -> Page:
    page = new_page()
    sign_in(page, email)
    page.wait_for_url("**/work/")
    page.goto(path)
    return page


def test_the_second_of_two_editors_sees_both_texts_and_saves_after_looking(new_page):
    amara = opened(new_page, AMARA, f"{TASK}edit/")
    helen = opened(new_page, HELEN, f"{TASK}edit/")
    amara.get_by_label("Description").fill("The key hangs in the office.")
    follow(amara.get_by_role("button", name="Save"))
    expect(amara.get_by_role("main")).to_contain_text("The key hangs in the office.")

    helen.get_by_label("Title").fill("Label the stopcocks in each cellar")
    helen.get_by_label("Description").fill("White labels, black letters.")
    follow(helen.get_by_role("button", name="Save"))
    expect(helen.get_by_role("heading", level=1)).to_have_text("Two versions of REP-126")
    expect(helen.get_by_role("alert")).to_contain_text("Amara Okafor changed this task")
    theirs = helen.get_by_role("region", name="As it is now")
    expect(theirs).to_contain_text("The key hangs in the office.")
    mine = helen.get_by_role("region", name="As you wrote it").get_by_label("Description")
    expect(mine).to_have_value("White labels, black letters.")
    expect(helen.get_by_label("Title")).to_have_value("Label the stopcocks in each cellar")
    look(helen)
    helen.set_viewport_size({"width": 360, "height": 740})
    assert helen.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # While she looks, the first one saves again: she is not let past that either.
    amara.goto(f"{TASK}edit/")
    amara.get_by_label("Description").fill("The key hangs in the office, on the left.")
    follow(amara.get_by_role("button", name="Save"))
    mine.fill("White labels, black letters. The key hangs in the office.")
    follow(helen.get_by_role("button", name="Save mine"))
    expect(theirs).to_contain_text("on the left")
    mine.fill("White labels, black letters. The key hangs in the office, on the left.")
    follow(helen.get_by_role("button", name="Save mine"))
    expect(helen.get_by_role("heading", level=1)).to_have_text("Label the stopcocks in each cellar")
    expect(helen.get_by_text("White labels, black letters. The key", exact=False)).to_be_visible()
    assert helen.evaluate("Object.keys(localStorage).length") == 0  # no draft is left to come back
    helen.goto(f"{TASK}?feed=history")
    expect(helen.locator("#feed")).to_contain_text("Amara Okafor")


def test_a_comment_that_was_changed_in_another_window_is_not_written_over_unseen(new_page):
    page = opened(new_page, AMARA, TASK)
    page.get_by_label("Comment", exact=True).fill("Blue labels?")
    page.get_by_role("button", name="Comment", exact=True).click()
    comment = page.get_by_role("article", name="Comment by Amara Okafor").last
    expect(comment).to_contain_text("Blue labels?")
    other = page.context.new_page()
    other.goto(TASK)
    elsewhere = other.get_by_role("article", name="Comment by Amara Okafor").last
    comment.get_by_role("link", name="Edit").click()
    box = page.locator("form[action*='/edit/'] textarea")
    expect(box).to_have_value("Blue labels?")

    elsewhere.get_by_role("link", name="Edit").click()
    other.locator("form[action*='/edit/'] textarea").fill("Green labels?")
    other.locator("form[action*='/edit/']").get_by_role("button", name="Save").click()
    expect(elsewhere).to_contain_text("Green labels?")

    box.fill("White labels?")
    page.locator("form[action*='/edit/']").get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Green labels?")
    expect(box).to_have_value("White labels?")
    look(page)
    page.locator("form[action*='/edit/']").get_by_role("button", name="Save").click()
    expect(comment).to_contain_text("White labels?")
    follow(comment.get_by_role("link", name="edited"))
    expect(page.get_by_role("main")).to_contain_text("Green labels?")
    expect(page.get_by_role("main")).to_contain_text("Blue labels?")


def test_without_a_script_both_texts_are_shown_as_well(new_page):
    plain = new_page(java_script_enabled=False)
    sign_in(plain, HELEN)
    plain.goto("/tasks/REP-132/edit/")
    amara = opened(new_page, AMARA, "/tasks/REP-132/edit/")
    amara.get_by_label("Description").fill("Mineral wool.")
    follow(amara.get_by_role("button", name="Save"))
    plain.get_by_label("Description").fill("Cork.")
    follow(plain.get_by_role("button", name="Save"))
    expect(plain.get_by_role("region", name="As it is now")).to_contain_text("Mineral wool.")
    follow(plain.get_by_role("link", name="Keep this, leave mine"))
    expect(plain.get_by_text("Mineral wool.")).to_be_visible()
