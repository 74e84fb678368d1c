"""The page on which people say how they appear, and how the portal appears to them."""

from django.utils import timezone
from wagtail.users.models import UserProfile

from accounts.models import User
from accounts.sync.records import apply_record
from tests.accounts.fake_auth import FakeAuth

FORM = {"display_name": "Mei Chan", "time_zone": "portal", "language": "portal", "theme": "auto"}


def save(client, user, **fields):
    client.force_login(user)
    return client.post("/account/", FORM | fields)


def test_it_shows_what_is_saved(client, mei):
    client.force_login(mei)
    page = client.get("/account/").text
    assert 'value="Mei-Ling Chan"' in page and mei.email in page


def test_it_shows_the_colours_chosen_before_signing_in(client, mei):
    client.force_login(mei)
    client.cookies["theme"] = "dark"
    assert client.get("/account/").context["form"]["theme"].value() == "dark"
    save(client, mei, theme="light")
    client.cookies["theme"] = "dark"  # the account has its say again
    assert client.get("/account/").context["form"]["theme"].value() == "light"


def test_it_saves_everything(client, mei):
    assert (
        save(client, mei, time_zone="Asia/Tokyo", language="en-us", theme="dark").url == "/account/"
    )
    mei.refresh_from_db()
    assert (mei.display_name, mei.first_name, mei.last_name) == ("Mei Chan", "Mei", "Chan")
    assert (mei.time_zone, mei.language, mei.theme) == ("Asia/Tokyo", "en-us", "dark")


def test_the_editing_area_follows(client, mei):
    save(client, mei, time_zone="Asia/Tokyo")
    assert UserProfile.objects.get(user=mei).get_current_time_zone() == "Asia/Tokyo"


def test_it_is_harmless_twice(client, mei):
    for _ in range(2):
        assert save(client, mei).status_code == 302


def test_it_refuses_what_is_not_offered(client, mei):
    answer = save(client, mei, time_zone="Mars/Base", language="xx", theme="pink")
    mei.refresh_from_db()
    assert answer.status_code == 422 and mei.time_zone == mei.language == ""
    assert "<title>Error: " in answer.text


def test_it_keeps_what_was_typed_beside_a_mistake(client, mei):
    answer = save(client, mei, display_name="Mei the Second", time_zone="Mars/Base")
    assert 'value="Mei the Second"' in answer.text
    assert answer.text.count("Mei-Ling Chan"), "the menu shows the saved name"


def test_it_refuses_a_name_that_nobody_sees(client, mei):
    assert save(client, mei, display_name="\u200b\u202e \u2066").status_code == 422


def test_it_takes_tricks_out_of_a_name(client, mei):
    save(client, mei, display_name="Mei\u202e   Chan\u200b")
    mei.refresh_from_db()
    assert mei.display_name == "Mei Chan"


def test_it_asks_strangers_to_sign_in(client, mei):
    for method in (client.get, client.post):
        assert method("/account/").url.startswith("/accounts/sign-in/")


def test_it_offers_every_city(client, mei):
    client.force_login(mei)
    page = client.get("/account/").text
    assert '<optgroup label="Europe">' in page and "Buenos Aires, Argentina" in page
    assert page.count("<option") > 400


def renamed(record, name):
    now = timezone.now().isoformat()
    return record | {"user_metadata": {"full_name": name}, "updated_at": now}


def test_synchronisation_leaves_a_chosen_name_alone(client, db):
    record = FakeAuth.record()
    user = apply_record(record).user
    save(client, user, display_name="Countess")
    apply_record(renamed(record, "Somebody Else"))
    assert User.objects.get(pk=user.pk).display_name == "Countess"


def test_synchronisation_goes_on_where_nobody_chose(client, db):
    record = FakeAuth.record()
    user = apply_record(record).user
    save(client, user, display_name=user.display_name)
    apply_record(renamed(record, "Ada Lovelace"))
    assert User.objects.get(pk=user.pk).display_name == "Ada Lovelace"
