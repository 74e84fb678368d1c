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


def test_a_claim_at_supabase_opens_a_project_here(portal, new_page):
    email, team = f"nina.{uuid.uuid4().hex[:8]}@mail.example", f"team-{uuid.uuid4().hex[:6]}"
    nina = admin_api(
        portal,
        "POST",
        "users",
        {
            "email": email,
            "password": PASSWORD,
            "email_confirm": True,
            "user_metadata": {"full_name": "Nina Novak"},
            "app_metadata": {"team": team},
        },
    )
    member = new_page()
    sign_in(member, email)
    member.wait_for_url("**/work/")
    assert sees(member, "Annual meeting", False)

    helen = new_page()
    sign_in(helen, "helen.whitcombe@lindencourt.example")
    helen.wait_for_url("**/work/")
    helen.goto("/admin/people/role-rules/new/")
    helen.locator("[name=claim]").fill("team")
    helen.locator("[name=value]").fill(team)
    helen.get_by_role("button", name="Add role in a project").click()
    helen.locator("[name=project_roles-0-project]").select_option(label="Annual meeting")
    helen.locator("[name=note]").fill("Who prepares the meeting")
    helen.get_by_role("button", name="Who gains or loses what?").click()
    expect(helen.get_by_role("row", name=re.compile("Nina Novak"))).to_contain_text(
        "Member of Annual meeting"
    )
    look(helen)
    assert sees(member, "Annual meeting", False)  # nothing is saved yet
    helen.get_by_role("button", name="Back to the form").click()
    expect(helen.locator("[name=note]")).to_have_value("Who prepares the meeting")
    helen.get_by_role("button", name="Who gains or loses what?").click()
    helen.get_by_role("button", name="Save the rule").click()
    expect(helen.get_by_text(f"team = {team}").first).to_be_visible()
    look(helen)
    assert sees(member, "Annual meeting", True)

    admin_api(portal, "PUT", f"users/{nina['id']}", {"app_metadata": {"team": None}})
    assert sees(member, "Annual meeting", False)
    admin_api(portal, "PUT", f"users/{nina['id']}", {"app_metadata": {"team": team}})
    assert sees(member, "Annual meeting", True)

    helen.get_by_role("link", name=f"team = {team}").click()
    helen.goto(helen.url.replace("/edit/", "/delete/"))
    expect(helen.get_by_role("row", name=re.compile("Nina Novak"))).to_contain_text("Member of")
    look(helen)
    helen.get_by_role("button", name="Yes, delete").click()
    assert sees(member, "Annual meeting", False)
