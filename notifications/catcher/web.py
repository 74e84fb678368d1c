"""The catcher's web server: the pages, `/mails.json`, and `DELETE /mails`."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from notifications.catcher import pages
from notifications.catcher.mailbox import Mailbox
from portal.development import is_loopback

FILES = {"/catcher.css": "text/css", "/catcher.js": "text/javascript"}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)
# A mail may bring anything: it gets its own origin, no script, and links open beside it.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src * data:; font-src *"
)


class Handler(BaseHTTPRequestHandler):
    server: "Server"
    protocol_version = "HTTP/1.1"
    timeout = 75  # seconds a kept-alive connection may idle
    wbufsize = -1  # one packet per answer

    def do_GET(self) -> None:  # noqa: N802 - http.server looks for these names
        if not self._comes_from_here():
            return
        address = urlsplit(self.path)
        match = re.fullmatch(r"/mail/(\d+)/(html)?", address.path)
        if address.path == "/":
            self._send(200, pages.inbox(self.server.mailbox.newest_first()))
        elif address.path == "/mails.json":
            mails = json.dumps(self.server.mailbox.newest_first())
            self._send(200, mails, kind="application/json")
        elif address.path in FILES:
            content = Path(__file__).with_name(address.path[1:]).read_text()
            self._send(200, content, kind=f"{FILES[address.path]}; charset=utf-8")
        elif match:
            view = parse_qs(address.query).get("view", ["html"])[0]
            self._show_mail(int(match[1]), view, alone=bool(match[2]))
        else:
            self._send(404, pages.not_found())

    def do_DELETE(self) -> None:  # noqa: N802 - the library asks for this name
        if not self._comes_from_here():
            return
        if self.path != "/mails":
            self._send(404, pages.not_found())
            return
        self.server.mailbox.clear()
        self._send(204, "")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the page asks every few seconds."""

    def _show_mail(self, mail_id: int, view: str, *, alone: bool) -> None:
        mail = self.server.mailbox.get(mail_id)
        if mail is None:
            self._send(404, pages.not_found())
        elif alone:
            html = '<!doctype html><base target="_blank">' + mail["html"]
            self._send(200, html, policy=MAIL_POLICY)
        else:
            self._send(200, pages.detail(mail, view if view in pages.VIEWS else "html"))

    def _comes_from_here(self) -> bool:
        """Refuse other host names: a page elsewhere could point its own name at 127.0.0.1."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if is_loopback(host):
            return True
        self._send(403, "<!doctype html><title>Error</title>This page answers on loopback only.")
        return False

    def _send(
        self, status: int, body: str, *, kind: str = "text/html; charset=utf-8", policy: str = ""
    ) -> None:
        content = body.encode(errors="replace")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", policy or PAGE_POLICY)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], mailbox: Mailbox) -> None:
        super().__init__(address, Handler)
        self.mailbox = mailbox
