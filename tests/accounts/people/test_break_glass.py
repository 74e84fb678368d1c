"""The local administrator for emergencies: who gets in, how often, and who hears of it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from accounts import checks
from accounts.entry import break_glass
from accounts.models import AuditEntry, Identity, User
from home.models import SiteSettings
from notifications.models import Email
from tests import factories

PAGE = "/emergency-access/"
PASSWORD = "four-unusual-long-words"


@pytest.fixture
def local(db):
    return break_glass.make("break-glass", PASSWORD)


def enter(client, name="break-glass", password=PASSWORD, **headers):
    return client.post(PAGE, {"name": name, "password": password}, **headers)


def test_it_lets_the_local_administrator_in_for_an_hour(client, local):
    assert enter(client).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.session.get_expiry_date() < timezone.now() + timedelta(minutes=61)
    assert AuditEntry.objects.get(event="break-glass.used").target_id == local.pk


def test_each_use_is_mailed_to_the_others_and_the_office(client, local, helen):
    User.objects.filter(pk=local.pk).update(email="local@lindencourt.example")
    site = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    site.email = "office@lindencourt.example"
    site.save()
    enter(client)
    enter(Client())
    mails = Email.objects.filter(context__title="Emergency access was used")
    assert [mail.to_address for mail in mails].count(helen.email) == 2
    addresses = {mail.to_address for mail in mails}
    assert addresses == {helen.email, "office@lindencourt.example"}


@pytest.mark.parametrize(
    ("name", "password"),
    [("break-glass", "wrong-but-long-enough"), ("nobody", PASSWORD), ("helen", PASSWORD),
     ("carl", PASSWORD), ("banned", PASSWORD), ("short", "secret"), ("", ""), ("x" * 151, PASSWORD)],
)  # fmt: skip
def test_it_refuses_everybody_else_alike(client, local, name, password):
    """Helen is an administrator with an account at Supabase, Carl a local person without rights."""
    helen = factories.make_user("Helen", username="helen", is_superuser=True)
    Identity.objects.create(user=helen, issuer="x", subject=helen.pk)
    factories.make_user("Carl", username="carl")
    factories.make_user("Gone", username="banned", is_superuser=True, is_active=False)
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.save()
    response = enter(client, name, password)
    assert response.status_code == 422 and "_auth_user_id" not in client.session
    assert password == "" or password not in response.content.decode()


def test_failures_are_in_the_log(client, local):
    enter(client, password="wrong-but-long-enough")
    entry = AuditEntry.objects.get(event="break-glass.failed")
    assert entry.address == "127.0.0.1" and "wrong" not in str(entry.details)


def test_it_waits_after_five_attempts(client, local):
    for _attempt in range(5):
        enter(client, password="wrong-but-long-enough")
    response = enter(client)
    assert response.status_code == 429 and int(response.headers["Retry-After"]) > 0
    assert "_auth_user_id" not in client.session
    assert enter(Client(), REMOTE_ADDR="203.0.113.9").status_code == 302  # somebody else's client
    enter(client)
    assert AuditEntry.objects.filter(event="break-glass.limited").count() == 1


def test_the_page_is_plain_and_hidden(client, db):
    response = client.get(PAGE)
    assert response.status_code == 200 and "noindex" in response.headers["X-Robots-Tag"]
    assert "no-store" in response.headers["Cache-Control"]
    for address in ("/accounts/sign-in/", "/"):
        assert PAGE not in client.get(address).content.decode()


def test_the_usual_page_does_not_take_the_password(client, local, auth):
    User.objects.filter(pk=local.pk).update(email="local@lindencourt.example")
    auth.refuse("POST /token", 400, "invalid_credentials")
    form = {"email": "local@lindencourt.example", "password": PASSWORD}
    assert client.post("/accounts/sign-in/", form).status_code == 422
    assert authenticate(username="break-glass", password=PASSWORD) is None
    assert authenticate(email=form["email"], password=PASSWORD) is None


def test_a_session_ends_with_the_rights(client, local):
    enter(client)
    User.objects.filter(pk=local.pk).update(is_superuser=False)
    assert client.get("/admin/").status_code == 302


def test_a_session_ends_with_an_account_at_supabase(client, local):
    enter(client)
    Identity.objects.create(user=local, issuer="x", subject=local.pk)
    assert client.get("/admin/").status_code == 302


def test_the_command_makes_one_and_shows_its_password_once(client, db):
    out = StringIO()
    call_command("make_break_glass", "--generate", stdout=out)
    password = out.getvalue().partition("only now: ")[2].splitlines()[0]
    assert len(password) >= break_glass.MIN_LENGTH and PAGE in out.getvalue()
    assert enter(client, password=password).status_code == 302
    old = password
    call_command("make_break_glass", "--generate", stdout=out)
    assert enter(Client(), password=old).status_code == 422


def test_the_command_refuses_weak_passwords_and_other_people(db):
    with pytest.raises(ValueError, match="fewer than 16"):
        break_glass.make("break-glass", "x" * 15)
    helen = factories.make_user("Helen", username="helen", is_superuser=True)
    Identity.objects.create(user=helen, issuer="x", subject=helen.pk)
    with pytest.raises(CommandError, match="Supabase"):
        call_command("make_break_glass", "helen", "--generate", stdout=StringIO())


def test_the_check_warns_until_there_is_one(db):
    assert [warning.id for warning in checks.glass_can_be_broken()] == ["accounts.W001"]
    break_glass.make("break-glass", PASSWORD)
    assert checks.glass_can_be_broken() == []
