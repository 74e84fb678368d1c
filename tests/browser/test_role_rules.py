"""A role rule is made in the admin; what changes at the Auth server then changes a person's view."""

import json
import re
import urllib.request
import uuid

from playwright.sync_api import expect

from tests.browser.conftest import look
from tests.browser.steps import PASSWORD, sign_in


def admin_api(portal, method, path, body=None):
    """Ask the Auth server's Admin API, as somebody at the Supabase dashboard would."""
    key = portal.env["SUPABASE_SECRET_KEY"]
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{portal.auth_url}/auth/v1/admin/{path}",
        method=method,
        data=json.dumps(body).encode() if body else None,
        headers={
            "apikey": key,
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - same
        return json.load(answer)


def sees(page, project, wanted):
    """Reload until the synchronisation has come through."""
    link = page.get_by_role("main").get_by_role("link", name=project).first
    for _attempt in range(40):
        page.goto("/projects/")
        if link.is_visible() == wanted:
            return True
        page.wait_for_timeout(500)
    return False


def make_person(portal, email, team):
    attributes = {
        "email": email,
        "password": PASSWORD,
        "email_confirm": True,
        "user_metadata": {"full_name": "Nina Novak"},
        "app_metadata": {"team": team},
    }
    return admin_api(portal, "POST", "users", attributes)["id"]


def fill_in_rule(page, team):
    page.goto("/admin/people/role-rules/new/")
    page.locator("[name=claim]").fill("team")
    page.locator("[name=value]").fill(team)
    page.get_by_role("button", name="Add role in a project").click()
    page.locator("[name=project_roles-0-project]").select_option(label="Annual meeting")
    page.locator("[name=note]").fill("Who prepares the meeting")


def row_of_nina(page):
    return page.get_by_role("row", name=re.compile("Nina Novak"))


def test_a_claim_at_supabase_opens_a_project_here(portal, new_page):
    email, team = f"nina.{uuid.uuid4().hex[:8]}@mail.example", f"team-{uuid.uuid4().hex[:6]}"
    nina = make_person(portal, email, team)
    member, helen = new_page(), new_page()
    sign_in(member, email)
    member.wait_for_url("**/work/")
    sign_in(helen, "helen.whitcombe@lindencourt.example")
    helen.wait_for_url("**/work/")

    # Looking changes nothing, and going back loses nothing.
    fill_in_rule(helen, team)
    helen.get_by_role("button", name="Who gains or loses what?").click()
    expect(row_of_nina(helen)).to_contain_text("Member of Annual meeting")
    look(helen)
    assert sees(member, "Annual meeting", False)
    helen.get_by_role("button", name="Back to the form").click()
    expect(helen.locator("[name=note]")).to_have_value("Who prepares the meeting")
    helen.get_by_role("button", name="Who gains or loses what?").click()
    helen.get_by_role("button", name="Save the rule").click()
    expect(helen.get_by_text(f"team = {team}").first).to_be_visible()
    look(helen)
    assert sees(member, "Annual meeting", True)

    # What changes at the Auth server arrives by webhook.
    for claim, seen in ((None, False), (team, True)):
        admin_api(portal, "PUT", f"users/{nina}", {"app_metadata": {"team": claim}})
        assert sees(member, "Annual meeting", seen)

    helen.get_by_role("link", name=f"team = {team}").click()
    helen.goto(helen.url.replace("/edit/", "/delete/"))
    expect(row_of_nina(helen)).to_contain_text("Member of Annual meeting")
    look(helen)
    helen.get_by_role("button", name="Yes, delete").click()
    assert sees(member, "Annual meeting", False)
