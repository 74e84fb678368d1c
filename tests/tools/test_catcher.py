"""The development mail catcher, as a process."""

import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

import httpx
import pytest

from notifications.catcher.mailbox import KEPT, Mailbox
from notifications.catcher.pages import detail, linked
from tests.contract.processes import ROOT, environment, free_port


def run(*flags, **env):
    command = [sys.executable, "-m", "notifications.catcher", *flags]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**env), capture_output=True, text=True, timeout=30
    )


@pytest.fixture(scope="module")
def catcher():
    """Yield (address of the page, SMTP port)."""
    smtp, page = free_port(), free_port()
    command = [sys.executable, "-m", "notifications.catcher", "--smtp-port", str(smtp)]
    process = subprocess.Popen(
        [*command, "--port", str(page)], cwd=ROOT, env=environment(), stderr=subprocess.PIPE
    )
    assert process.stderr
    process.stderr.readline()  # it says where it is once both ports answer
    yield f"http://127.0.0.1:{page}", smtp
    process.terminate()
    process.wait(timeout=10)
    process.stderr.close()


@pytest.fixture
def page(catcher):
    with httpx.Client(base_url=catcher[0]) as client:
        client.delete("/mails")
        yield client


@pytest.fixture
def send(catcher):
    def send(subject="Hello", to="ada@portal.example"):
        message = EmailMessage()
        message["Subject"], message["To"] = subject, to
        message["From"], message["Message-ID"] = "office@portal.example", "<one@portal.example>"
        message.set_content("Read on: http://127.0.0.1:8000/tasks/REP-1/?a=1&b=2.\n")
        message.add_alternative("<p>Read <a href='http://x/'>on</a></p>", subtype="html")
        with smtplib.SMTP("127.0.0.1", catcher[1], timeout=5) as server:
            server.send_message(message)

    return send


def test_it_gives_tests_what_arrived_newest_first(page, send):
    send("First")
    send("Second, with an ü", to="mei@portal.example")
    second, first = page.get("/mails.json").json()
    assert (first["subject"], second["subject"]) == ("First", "Second, with an ü")
    assert second["id"] == first["id"] + 1
    assert second["to"] == ["mei@portal.example"]
    assert second["text"].startswith("Read on: http://127.0.0.1:8000/tasks/REP-1/")
    assert "<a href=" in second["html"]
    assert ["Message-ID", "<one@portal.example>"] in second["headers"]
    assert second["message_id"] == "<one@portal.example>"


def test_it_forgets_when_told(page, send):
    send()
    assert page.delete("/mails").status_code == 204
    assert page.get("/mails.json").json() == []
    assert "No mail yet" in page.get("/").text


def test_it_lists_mails_and_escapes_them(page, send):
    send("<script>alert(1)</script>")
    listing = page.get("/")
    assert "&lt;script&gt;alert(1)" in listing.text
    assert "<script>alert" not in listing.text
    assert "default-src 'none'" in listing.headers["content-security-policy"]


def test_it_shows_the_html_in_a_sandbox(page, send):
    send()
    number = page.get("/mails.json").json()[0]["id"]
    frame = page.get(f"/mail/{number}/html")
    assert f'<iframe src="/mail/{number}/html"' in page.get(f"/mail/{number}/").text
    assert frame.headers["content-security-policy"].startswith("sandbox allow-popups ")
    assert "allow-scripts" not in frame.headers["content-security-policy"]
    assert "<p>Read" in frame.text


def test_it_makes_links_in_the_text_clickable(page, send):
    send()
    number = page.get("/mails.json").json()[0]["id"]
    text = page.get(f"/mail/{number}/?view=text").text
    assert 'href="http://127.0.0.1:8000/tasks/REP-1/?a=1&amp;b=2"' in text
    assert "&lt;one@portal.example&gt;" in page.get(f"/mail/{number}/?view=headers").text


def test_it_ends_a_link_before_the_full_stop():
    assert linked("see http://x.example/a?b=1&c=<2.").startswith(
        'see <a href="http://x.example/a?b=1&amp;c="'
    )
    assert linked("<b>").startswith("&lt;b&gt;")


@pytest.mark.parametrize("path", ["/mail/999999/", "/mail/999999/html", "/elsewhere"])
def test_it_says_when_a_mail_is_gone(page, path):
    assert page.get(path).status_code == 404


def test_it_refuses_other_host_names(page):
    for method, path in (("GET", "/mails.json"), ("DELETE", "/mails")):
        assert page.request(method, path, headers={"Host": "evil.example"}).status_code == 403
    assert page.get("/mails.json", headers={"Host": "localhost:8003"}).status_code == 200


def test_it_keeps_the_last_mails_only():
    mailbox = Mailbox()
    for number in range(KEPT + 1):
        mailbox.add(f"Subject: {number}\n\nBody".encode(), "a@x.example", ["b@x.example"])
    assert len(mailbox.newest_first()) == KEPT
    assert mailbox.newest_first()[-1]["subject"] == "1"
    assert mailbox.get(1) is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"Content-Type: text/plain; charset=klingon\n\nnuqneH"]
)
def test_it_takes_mails_that_make_no_sense(content):
    mail = Mailbox().add(content, "", ["b@x.example"])
    assert "<iframe" not in detail(mail, "html")


def test_it_is_refused_when_debug_is_off():
    done = run(DEBUG="false")
    assert done.returncode == 1
    assert "The mail catcher is for development only" in done.stderr


def test_it_is_refused_beyond_loopback():
    assert "loopback only" in run("--host", "0.0.0.0").stderr


def test_it_names_a_busy_port(catcher):
    port = httpx.URL(catcher[0]).port
    done = run("--port", str(port), "--smtp-port", str(free_port()))
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    done = run("--port", str(free_port()), "--smtp-port", str(catcher[1]))
    assert f"Port {catcher[1]} on 127.0.0.1 cannot be used" in done.stderr


def test_it_stops_soon(catcher):
    started = time.monotonic()
    smtp, page = free_port(), free_port()
    command = [sys.executable, "-m", "notifications.catcher", "--smtp-port", str(smtp)]
    process = subprocess.Popen(
        [*command, "--port", str(page)], cwd=ROOT, env=environment(), stderr=subprocess.PIPE
    )
    assert process.stderr
    process.stderr.readline()
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stderr.close()
    assert time.monotonic() - started < 10
