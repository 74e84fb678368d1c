"""The list of people, their pages and the download."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Identity, User
from accounts.sync.records import apply_record
from tests import factories

LIST = "/admin/people/users/"


def table(response):
    return response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]


@pytest.mark.parametrize("field", ["email", "display_name", "subject"])
def test_it_finds_people(as_helen, person, field):
    query = person.identity.subject if field == "subject" else getattr(person, field)
    found = table(as_helen.get(LIST, {"q": str(query)[:12]}))
    assert "Ada Byron" in found and "Helen" not in found


@pytest.mark.parametrize(
    ("change", "state"),
    [({}, "active"), ({"banned_until": "2999-01-01T00:00:00Z"}, "banned"),
     ({"email_confirmed_at": None}, "unconfirmed")],
    ids=str,
)  # fmt: skip
def test_it_filters_by_state(as_helen, person, change, state):
    Identity.objects.update(**change)
    for name in ("active", "banned", "unconfirmed", "local", "leaving", "closed"):
        shown = "Ada Byron" in table(as_helen.get(LIST, {"state": name}))
        assert shown == (name == state), name


def test_it_filters_by_group_and_provider(as_helen, auth, person, clerks):
    Identity.objects.update(providers=["email", "google"])
    other = apply_record(auth.record("gil@lindencourt.example"))
    Identity.objects.filter(pk=other.pk).update(providers=["github"])
    assert "Ada Byron" not in table(as_helen.get(LIST, {"group": clerks.pk}))
    person.groups.add(clerks)
    assert "Ada Byron" in table(as_helen.get(LIST, {"group": clerks.pk, "provider": "google"}))
    assert "Ada Byron" not in table(as_helen.get(LIST, {"group": clerks.pk, "provider": "github"}))


def test_hostile_queries_find_nothing(as_helen, person):
    for query in ('"', "\x00", "%", "ada'--", "x" * 5000, "<script>"):
        assert as_helen.get(LIST, {"q": query}).status_code == 200
    assert as_helen.get(LIST, {"state": "zzz", "group": "x", "p": "999"}).status_code in (200, 404)


def test_its_cost_does_not_grow(as_helen, clerks):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_helen.get(LIST)
        return len(queries)

    cost()  # content types and the like are asked for once
    few = cost()
    for number in range(60):
        factories.make_user(f"Person {number}").groups.add(clerks)
    assert cost() <= few + 1  # the groups of those who have some


def test_the_download_is_safe(as_helen, auth):
    record = auth.record(user_metadata={"full_name": "=HYPERLINK(1)"})
    apply_record(record)
    answer = as_helen.get(LIST, {"export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0][:3] == ["Name", "E-mail", "Subject"]
    assert any(row[0] == "'=HYPERLINK(1)" and row[2] == record["id"] for row in rows)


def test_a_page_shows_what_is_known(as_helen, person):
    Identity.objects.update(
        banned_until="2999-01-01T00:00:00Z", ban_reason="Spam <b>", providers=["email", "google"]
    )
    page = as_helen.get(f"{LIST}{person.pk}/").content.decode()
    for words in ("Ada Byron", str(person.identity.subject), "email, google", "Spam &lt;b&gt;"):
        assert words in page
    assert "Lift the ban" in page and ">Ban<" not in page


def test_a_page_offers_what_one_may_do(as_carl, helen, person):
    assert "Ban" in as_carl.get(f"{LIST}{person.pk}/").content.decode()
    page = as_carl.get(f"{LIST}{helen.pk}/").content.decode()
    assert "/ban/" not in page and "/groups/" not in page


def test_the_list_is_for_clerks(client, as_carl, clerks):
    assert as_carl.get(LIST).status_code == 200
    clerks.permissions.remove(*clerks.permissions.exclude(codename="access_admin"))
    assert as_carl.get(LIST).status_code == 302
    assert client.get(LIST).url.startswith("/accounts/sign-in/")
    assert User.objects.exists()


def test_who_may_invite_finds_it_here(as_helen, as_carl):
    link = reverse("invitations:add")
    assert link in as_helen.get(LIST).content.decode()
    assert link not in as_carl.get(LIST).content.decode()
