"""The mails of the stand-in: plain words, a link to the portal, and the six digits."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from html import escape
from urllib.parse import urlencode

from accounts.emulator.calls import ApiError

SMTP_SECONDS = 5

# purpose -> (type in the link, subject, sentence, words on the button)
WORDS = {
    "signup": (
        "email",
        "Confirm your e-mail address",
        "You asked for an account. Confirm that this address is yours and you can start.",
        "Confirm my address",
    ),
    "invite": (
        "invite",
        "You are invited",
        "Somebody invited you to join. Accept, then choose a password.",
        "Accept the invitation",
    ),
    "magiclink": (
        "email",
        "Your sign-in link",
        "Use this link to sign in. It works once.",
        "Sign in",
    ),
    "recovery": (
        "recovery",
        "Choose a new password",
        "You told us that you have forgotten your password. Choose a new one here.",
        "Choose a new password",
    ),
    "email_change": (
        "email_change",
        "Confirm your new e-mail address",
        "You asked to change the address of your account. Both addresses have to agree.",
        "Confirm the change",
    ),
    "reauthentication": (
        "",
        "Your code",
        "Type this code where you are changing your password.",
        "",
    ),
}


@dataclass(frozen=True)
class Letter:
    """One mail to write. ``next_url`` is where the link leads after it is confirmed, or ""."""

    purpose: str
    address: str
    token_hash: str
    digits: str
    next_url: str = ""


@dataclass(frozen=True)
class Mailer:
    host: str
    port: int
    sender: str
    site_url: str

    def send(self, letter: Letter) -> None:
        """Hand the letter to the mail server, or raise the real server's opaque 500."""
        try:
            with smtplib.SMTP(self.host, self.port, timeout=SMTP_SECONDS) as server:
                server.send_message(self._message(letter))
        except (OSError, smtplib.SMTPException) as error:
            message = f"Error sending {letter.purpose.replace('_', ' ')} email"
            raise ApiError(500, "unexpected_failure", message) from error

    def link(self, letter: Letter) -> str:
        query = {"token_hash": letter.token_hash, "type": WORDS[letter.purpose][0]}
        if letter.next_url:
            query["next"] = letter.next_url
        return f"{self.site_url}/auth/confirm?{urlencode(query)}"

    @staticmethod
    def _button(link: str, words: str) -> str:
        return f'<p><a href="{escape(link)}">{escape(words)}</a></p>' if link else ""

    def _message(self, letter: Letter) -> EmailMessage:
        _, subject, sentence, button = WORDS[letter.purpose]
        link = self.link(letter) if button else ""
        links = f"{link}\n\n" if link else ""
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = self.sender
        message["To"] = letter.address
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain="auth.localhost")
        message.set_content(
            f"Hello,\n\n{sentence}\n\n{links}Code, where one is asked for: {letter.digits}\n\n"
            "If it was not you, you can leave this mail alone: nothing changes.\n"
        )
        message.add_alternative(
            "<!doctype html><html lang='en'><body style='font-family:sans-serif;color:#1d1c1a'>"
            f"<p>Hello,</p><p>{escape(sentence)}</p>"
            f"{self._button(link, button)}"
            f"<p>Code, where one is asked for: <strong>{letter.digits}</strong></p>"
            "<p>If it was not you, you can leave this mail alone: nothing changes.</p>"
            "</body></html>",
            subtype="html",
        )
        return message
