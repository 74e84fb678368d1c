"""Proofs that a project may ask for before a new password."""

import re

import pytest

from tests.contract import processes
from tests.contract.client import PASSWORD, AuthServer, refusal
from tests.contract.conftest import AUTH_URL

NEW = "another-password-26"


def change(auth, session, **body):
    return auth.call("PUT", "/user", bearer=session["access_token"], json=body)


def mail_nonce(auth, mails, session):
    """Ask for the digits and return them from the mail."""
    address = session["user"]["email"]
    answer = auth.call("GET", "/reauthenticate", bearer=session["access_token"])
    assert (answer.status_code, answer.json()) == (200, {})
    mails.wait(address)
    return re.search(r"\b\d{6,10}\b", mails.to(address)[-1]).group()


def test_it_mails_digits(auth, mails):
    assert mail_nonce(auth, mails, auth.session()).isdigit()


def test_it_needs_a_person(auth):
    answer = auth.call("GET", "/reauthenticate")
    assert refusal(answer) in [(401, "no_authorization"), (403, "bad_jwt")]


def test_it_pauses_between_two_mails(auth, mails):
    session = auth.session()
    mail_nonce(auth, mails, session)
    answer = auth.call("GET", "/reauthenticate", bearer=session["access_token"])
    assert refusal(answer) == (429, "over_email_send_rate_limit")


@pytest.fixture(scope="module")
def strict(mails, tmp_path_factory):
    """A project that wants the password until now, and a code from old sessions."""
    if AUTH_URL:
        pytest.skip("these settings cannot be changed from outside")
    flags = ("--rate-limit", "0", "--require-current-password", "--reauthenticate-after", "-1")
    with processes.stand_in(tmp_path_factory.mktemp("strict"), *flags, smtp_port=mails.port) as url:
        yield AuthServer(url, processes.PUBLISHABLE_KEY, processes.SECRET_KEY)


def test_it_asks_for_the_password_until_now(strict):
    session = strict.session()
    answer = change(strict, session, password=NEW)
    assert refusal(answer) == (400, "current_password_required")
    answer = change(strict, session, password=NEW, current_password="wrong")
    assert refusal(answer) == (400, "current_password_invalid")


def test_it_asks_old_sessions_for_the_mailed_digits(strict, mails):
    session = strict.session()
    body = {"password": NEW, "current_password": PASSWORD}
    assert refusal(change(strict, session, **body)) == (400, "reauthentication_needed")
    nonce = mail_nonce(strict, mails, session)
    wrong = f"{(int(nonce) + 1) % 10**6:06}"
    answer = change(strict, session, nonce=wrong, **body)
    assert refusal(answer) == (422, "reauthentication_not_valid")
    assert change(strict, session, nonce=nonce, **body).status_code == 200
