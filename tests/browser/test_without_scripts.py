"""A whole day at work in a browser without scripts: each step is a page."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import follow
from tests.browser.steps import new_address, report_a_repair, sign_in

AMARA = "amara.okafor@lindencourt.example"


def test_a_task_is_added_talked_about_moved_done_deleted_and_restored(new_page):
    page = new_page(java_script_enabled=False)
    sign_in(page, AMARA)
    page.goto("/projects/REP/new/")
    page.get_by_label("Title").fill("Sand the stairs")
    page.get_by_label("Description").fill("Ask **first**.")
    page.get_by_label("Owner").select_option("Amara Okafor")
    follow(page.get_by_role("button", name="Add task"))
    said = page.get_by_role("status").filter(has_text="is added.").inner_text()
    key = re.search(r"REP-\d+", said).group()
    page.goto(f"/tasks/{key}/")
    expect(page.locator("strong", has_text="first")).to_be_visible()

    comment = page.get_by_role("article", name="Comment by Amara Okafor")
    page.get_by_label("Comment", exact=True).fill("Who has sandpaper?")
    follow(page.get_by_role("button", name="Comment", exact=True))
    follow(comment.get_by_role("link", name="Reply"))
    page.get_by_label("Reply", exact=True).fill("The bike store.")
    follow(page.get_by_role("button", name="Reply"))
    expect(comment).to_have_count(2)
    follow(comment.last.get_by_role("link", name="Edit"))
    page.get_by_label("Comment", exact=True).fill("")
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("main")).to_contain_text("Write something, or delete the comment.")
    page.get_by_label("Comment", exact=True).fill("The bike store, top shelf.")
    follow(page.get_by_role("button", name="Save"))
    expect(comment.last).to_contain_text("top shelf")
    follow(comment.last.get_by_role("button", name="Delete"))
    follow(page.get_by_role("button", name="Undo"))
    expect(comment.last).to_contain_text("top shelf")
    follow(page.get_by_role("link", name="Comments", exact=True))
    expect(comment).to_have_count(2)

    page.goto(f"/tasks/{key}/move/")
    page.get_by_label("Column").select_option(label="In progress")
    follow(page.get_by_role("button", name="Move", exact=True))
    page.goto(f"/tasks/{key}/")
    expect(page.locator("#prop-status")).to_contain_text("In progress")
    follow(page.get_by_role("button", name="Mark as done"))
    expect(page.locator("#prop-status")).to_contain_text("Done")
    follow(page.get_by_role("button", name="Reopen"))
    expect(page.locator("#prop-status")).not_to_contain_text("Done")
    page.locator("#task-menu").click()
    follow(page.get_by_role("button", name="Delete", exact=True).first)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.goto("/projects/REP/trash/")
    follow(page.get_by_role("button", name="Restore Sand the stairs"))
    page.goto(f"/work/search/?q={key}")
    expect(page.get_by_role("main")).to_contain_text("Sand the stairs")


def test_lists_are_filtered_and_requests_answered(new_page):
    reference, _ = report_a_repair(
        new_page(), name="Nils Holm", email=new_address("nils"), what="The bell is stuck."
    )
    page = new_page(java_script_enabled=False)
    sign_in(page, AMARA)
    page.goto("/projects/REP/")
    follow(page.locator("#open-owner"))
    page.get_by_label("Me", exact=True).check()
    follow(page.get_by_role("button", name="Show"))
    expect(page.get_by_text("Owner: me")).to_be_visible()
    follow(page.get_by_role("link", name="Clear all"))
    page.goto("/projects/REP/triage/")
    card = page.locator(f"#request-{reference}")
    card.get_by_text("Decline", exact=True).first.click()
    follow(card.get_by_role("button", name=f"Decline {reference}"))
    expect(card).to_contain_text("Say why, so that they know what to do instead.")
    card.get_by_label("Owner").select_option("Tomasz Zielinski")
    follow(card.get_by_role("button", name=f"Accept {reference}"))
    expect(page.get_by_text(f"{reference} is accepted")).to_be_visible()
    expect(card).to_have_count(0)
