"""Hostile names, titles and addresses: sent with sound headers to the right one, or dead."""

import pytest

from notifications.models import Email
from notifications.outbox import Recipient, enqueue
from tests.notifications.conftest import FACTS, deliver_due, owe

State = Email.State
ADDRESS = "priya@lindencourt.example"
NAMES = [
    "Raman, Priya",
    'Priya "the boss" Raman',
    "Priya <evil@attacker.example>",
    "evil@attacker.example, Priya",
    "Priya\r\nBcc: evil@attacker.example",
    "Priya\nX-Injected: yes",
    "Priya\0Raman",
    "Priya\u2028Bcc: evil@attacker.example",
    "Прия Раман 🏡",
    "Прия\r\nBcc: evil@attacker.example",
    "é" * 150,
    "=?utf-8?q?Bcc=3A_evil=40attacker=2Eexample?=",
    "(comment) Priya; group:",
    "\\",
    '"',
]
TITLES = [
    "Door\r\nBcc: evil@attacker.example",
    "Door\nX-Injected: yes\n\nBody",
    "Door\x85X-Injected: yes",
    "<script>alert(1)</script> & 'quotes'",
    "{{ brand.name }}{% now 'Y' %}",
    "Тür 🚪 " * 25,
    "a" * 200,
    "\u202egnp.exe",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_it_reaches_only_the_address_meant_whatever_the_name(db, mail_server, name):
    enqueue(key="k", template="request-received", to=[Recipient(ADDRESS, name)], context=FACTS)
    assert deliver_due().state == State.DONE
    (mail,) = mail_server.received
    assert mail.to == [ADDRESS]
    assert [address.addr_spec for address in mail.message["To"].addresses] == [ADDRESS]
    assert mail.message["Bcc"] is mail.message["X-Injected"] is None


@pytest.mark.parametrize("title", TITLES)
def test_it_keeps_headers_whole_whatever_the_title(db, mail_server, title):
    owe(ADDRESS, template="task-commented", title=title, actor=title, comment=title)
    assert deliver_due().state == State.DONE
    (mail,) = mail_server.received
    assert mail.to == [ADDRESS]
    assert mail.message["Bcc"] is mail.message["X-Injected"] is None
    assert mail.message["Subject"].strip().startswith("[REP-12]")
    html = mail.message.get_body(("html",)).get_content()
    assert "<script" not in html


@pytest.mark.parametrize(
    "address",
    [
        "priya@lindencourt.example\r\nBcc: evil@attacker.example",
        "priya@lindencourt.example, evil@attacker.example",
        "пRIya@lindencourt.example",
        "priya@" + "x" * 70 + ".example",
        "priya@-\u2603..example",
        "no-at-sign",
    ],
)
def test_it_gives_up_an_address_that_no_mail_can_carry(db, mail_server, address):
    owe(address)
    assert deliver_due().state == State.DEAD
    assert mail_server.received == []


def test_it_writes_foreign_domains_the_way_mail_needs_them(db, mail_server):
    owe("priya@bücher.example")
    assert deliver_due().state == State.DONE
    assert mail_server.received[0].to == ["priya@xn--bcher-kva.example"]


def test_it_escapes_html_and_leaves_text_as_it_is(db, mail_server):
    owe(ADDRESS, title="<b>O'Neil & Sons</b>", body="<script>alert(1)</script>")
    deliver_due()
    message = mail_server.received[0].message
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    assert "<script>" not in html and "&lt;b&gt;O&#x27;Neil &amp; Sons&lt;/b&gt;" in html
    assert "<b>O'Neil & Sons</b>" in text and "<script>alert(1)</script>" in text
