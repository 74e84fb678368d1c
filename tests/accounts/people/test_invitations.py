"""Lists of people to invite: reading, the preview, sending, withdrawing, joining."""

from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.invitations import services as invitations
from accounts.invitations.services import MAX_LINES, TooLong, Verdict, read_list
from accounts.models import AccessSettings, AuditEntry, Invitation
from accounts.supabase.errors import Unavailable
from accounts.sync.records import apply_record
from portal.queue import worker

NEW = "/admin/people/invitations/new/"
BEA = "bea@mail.example"


@pytest.fixture
def invited(db, helen):
    invitations.invite(helen, read_list(f"Bea Holt,{BEA}"))
    return Invitation.objects.get(email=BEA)


@pytest.fixture
def send(auth):
    """A function that lets the worker send what is due; the Auth server says yes."""

    def run(status=200, **body):
        answer = auth.record(BEA, email_confirmed_at=None) if status == 200 else body
        auth.answers["POST /invite"] = (status, answer)
        worker.process(next(one for one in worker.queues() if one.rows.model is Invitation))
        return auth.calls("POST /invite")

    return run


@pytest.mark.parametrize(
    "text",
    ["Bea Holt,bea@mail.example", "bea@mail.example,Bea Holt", "Bea Holt;BEA@mail.example ",
     "name,email\nBea Holt,bea@mail.example", '"Bea Holt",bea@mail.example\r\n\r\n',
     "Bea\tHolt\tbea@mail.example"],
)  # fmt: skip
def test_it_reads_lists_as_people_write_them(db, text):
    (line,) = read_list(text)
    assert (line.name, line.email, line.verdict) == ("Bea Holt", BEA, Verdict.VALID)


def test_it_judges_each_line(person, invited):
    settings = AccessSettings.load()
    settings.denied_domains = "throwaway.example\n"
    settings.save()
    text = f"new@mail.example\nAda,{person.email}\n{BEA}\nNew,new@mail.example\nx@throwaway.example\nBob"
    lines = read_list(text)
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line.verdict for line in lines] == [
        "valid",
        "here",
        "waiting",
        "twice",
        "refused",
        "malformed",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "\n\n,,,\n", "=1+1,=cmd|' /C calc'!A0", "a" * 200_000, "\x00\x00@", '"never closed', "@", "a@b"],
)  # fmt: skip
def test_hostile_lists_invite_nobody(db, text):
    assert [line for line in read_list(text) if line.verdict == Verdict.VALID] == []


def test_a_list_has_an_end(db):
    with pytest.raises(TooLong):
        read_list("\n".join(f"p{n}@mail.example" for n in range(MAX_LINES + 1)))


def test_reading_costs_the_same_for_many(db, django_assert_num_queries):
    AccessSettings.load()
    with django_assert_num_queries(3):
        read_list("\n".join(f"p{n}@mail.example" for n in range(500)))


def test_the_preview_writes_nothing_and_the_answer_does(as_helen, helen):
    preview = as_helen.post(NEW, {"people": f"Bea Holt,{BEA}\nnonsense"})
    assert "Not an e-mail address" in preview.content.decode() and not Invitation.objects.exists()
    answer = as_helen.post(NEW, {"people": preview.context["form"].as_text, "confirmed": "yes"})
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.name, invitation.invited_by) == (BEA, "Bea Holt", helen)
    assert answer.url == f"/admin/people/invitations/batch/{invitation.batch}/"
    page = as_helen.get(answer.url)
    assert page.headers["Refresh"] and "0 of 1" in page.content.decode()


def test_a_file_is_read_as_excel_saves_it(as_helen):
    content = f"Zoë Müller;{BEA}".encode("cp1252")
    file = SimpleUploadedFile("people.csv", content, "text/csv")
    assert "Zoë Müller" in as_helen.post(NEW, {"file": file}).content.decode()


def test_what_was_typed_is_kept(as_helen):
    assert as_helen.post(NEW, {"people": "  "}).status_code == 422
    large = SimpleUploadedFile("people.csv", b"x" * 600_000)
    answer = as_helen.post(NEW, {"people": f"Bea,{BEA}", "file": large})
    assert answer.status_code == 422 and f"Bea,{BEA}" in answer.content.decode()


def test_sending_again_invites_nobody_twice(as_helen):
    for _time in range(2):
        as_helen.post(NEW, {"people": f"Bea,{BEA}", "confirmed": "yes"})
    assert Invitation.objects.count() == 1


def test_the_worker_asks_for_the_mail(invited, send, settings, auth):
    (call,) = send()
    assert call["body"] == {"email": BEA, "data": {"full_name": "Bea Holt"}}
    assert "new-password" in call["query"]
    invited.refresh_from_db()
    assert invited.state == "done" and invited.subject == UUID(auth.record(BEA)["id"])


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [(422, "email_exists", "cancelled"), (400, "email_address_invalid", "dead"),
     (429, "over_email_send_rate_limit", "pending"), (500, "unexpected_failure", "pending")],
)  # fmt: skip
def test_refusals_end_it_and_outages_do_not(invited, send, status, code, state):
    send(status, code=code, message="not for people")
    invited.refresh_from_db()
    assert invited.state == state and (invited.last_error or state == "done")


def test_it_is_accepted_when_the_person_confirms(invited, send, auth):
    send()
    record = auth.record(BEA, email_confirmed_at=None, invited_at="2026-01-01T00:00:00Z")
    apply_record(record)
    invited.refresh_from_db()
    assert invited.accepted_at is None
    user = apply_record(auth.record(BEA, invited_at="2026-01-01T00:00:00Z")).user
    invited.refresh_from_db()
    assert invited.accepted_at and invitations.status_of(invited) == "Accepted"
    assert AuditEntry.objects.get(event="invitation.accepted").target_id == user.pk


def test_withdrawing_takes_the_account_with_it(as_helen, invited, send, auth):
    send()
    record = auth.record(BEA, email_confirmed_at=None)
    auth.answers[f"GET /admin/users/{record['id']}"] = (200, record)
    auth.answers[f"DELETE /admin/users/{record['id']}"] = (200, {})
    as_helen.post(f"/admin/people/invitations/{invited.pk}/withdraw/")
    invited.refresh_from_db()
    assert invited.withdrawn_at and auth.calls(f"DELETE /admin/users/{record['id']}")
    apply_record(auth.record(BEA))
    invited.refresh_from_db()
    assert invited.accepted_at is None


def test_an_account_that_was_confirmed_meanwhile_stays(as_helen, invited, send, auth):
    send()
    record = auth.record(BEA)
    auth.answers[f"GET /admin/users/{record['id']}"] = (200, record)
    as_helen.post(f"/admin/people/invitations/{invited.pk}/withdraw/")
    invited.refresh_from_db()
    assert invited.withdrawn_at is None and not auth.calls(f"DELETE /admin/users/{record['id']}")


def test_nothing_is_withdrawn_during_an_outage(helen, invited, send, auth):
    send()
    invited.refresh_from_db()
    auth.answers[f"GET /admin/users/{invited.subject}"] = (500, {})
    with pytest.raises(Unavailable):
        invitations.withdraw(helen, invited)
    invited.refresh_from_db()
    assert invited.withdrawn_at is None


def test_one_withdrawn_before_it_left_is_not_sent(helen, invited, send):
    invitations.withdraw(helen, invited)
    assert send() == []
    invited.refresh_from_db()
    assert invited.state == "cancelled"


def test_one_withdrawn_on_its_way_leaves_no_account(helen, invited, auth):
    record = auth.record(BEA, email_confirmed_at=None)
    auth.answers |= {
        "POST /invite": (200, record),
        f"GET /admin/users/{record['id']}": (200, record),
        f"DELETE /admin/users/{record['id']}": (200, {}),
    }
    (row,) = Invitation.objects.lease_next()
    invitations.withdraw(helen, invited)
    with pytest.raises(invitations.Cancelled):
        invitations.deliver(row)  # the worker's copy does not know
    assert auth.calls(f"DELETE /admin/users/{record['id']}")


def test_it_is_sent_again(as_helen, invited, send):
    send()
    as_helen.post(f"/admin/people/invitations/{invited.pk}/resend/")
    assert len(send()) == 2
    Invitation.objects.update(accepted_at="2026-01-01T00:00:00Z")
    as_helen.post(f"/admin/people/invitations/{invited.pk}/resend/")
    assert len(send()) == 2


def test_somebody_withdrawn_is_invited_anew(helen, invited):
    invitations.withdraw(helen, invited)
    invitations.invite(helen, read_list(f"Beatrice,{BEA}"))
    invited.refresh_from_db()
    assert (invited.state, invited.withdrawn_at, invited.name) == ("pending", None, "Beatrice")


@pytest.mark.parametrize(
    "address", ["", "new/", "batch/{batch}/", "inspect/{pk}/", "{pk}/resend/", "{pk}/withdraw/"]
)
def test_it_is_for_people_with_the_permission(client, as_carl, invited, address):
    path = f"/admin/people/invitations/{address.format(pk=invited.pk, batch=invited.batch)}"
    form = {"people": "x@mail.example", "confirmed": "yes"}
    for response in (client.post(path, form), as_carl.post(path, form), as_carl.get(path)):
        assert response.status_code in (302, 405)
    assert Invitation.objects.count() == 1 and not AuditEntry.objects.filter(
        event="invitation.withdrawn"
    )


def test_acting_views_refuse_get_and_strangers(as_helen, invited):
    for action in ("resend", "withdraw"):
        assert as_helen.get(f"/admin/people/invitations/{invited.pk}/{action}/").status_code == 405
        assert as_helen.post(f"/admin/people/invitations/{uuid4()}/{action}/").status_code == 404
    assert as_helen.post(f"/admin/people/invitations/{invited.pk}/frame/").status_code == 404
    assert as_helen.get(f"/admin/people/invitations/batch/{uuid4()}/").status_code == 404


def test_the_list_shows_where_each_stands(as_helen, invited):
    page = as_helen.get("/admin/people/invitations/").content.decode()
    assert BEA in page and "Waiting to be sent" in page
    for status in ("waiting", "sent", "accepted", "withdrawn", "failed"):
        shown = (
            BEA in as_helen.get("/admin/people/invitations/", {"status": status}).content.decode()
        )
        assert shown == (status == "waiting")
