"""Command line of the development mail catcher."""

import argparse
import signal
import socket
import sys

from dotenv import load_dotenv

from portal.development import refusal

try:
    from aiosmtpd.controller import Controller
except ImportError:
    sys.exit("The mail catcher needs aiosmtpd: pip install -r requirements-dev.txt")

from notifications.catcher.mailbox import Mailbox
from notifications.catcher.web import Server


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m notifications.catcher",
        description="Development mail catcher: takes every mail, sends none on, shows them on a "
        "web page. Needs DEBUG=true.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback address (%(default)s)")
    parser.add_argument("--smtp-port", type=int, default=8002, help="(%(default)s)")
    parser.add_argument("--port", type=int, default=8003, help="of the web page (%(default)s)")
    return parser.parse_args(arguments)


def main() -> None:
    load_dotenv()
    given = parse(sys.argv[1:])
    reason = refusal("The mail catcher", given.host)
    if reason:
        sys.exit(reason)
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname=given.host, port=given.smtp_port)
    port = given.port
    try:
        web = Server((given.host, port), mailbox)
        port = given.smtp_port
        socket.create_server((given.host, port)).close()  # aiosmtpd takes 5 s to notice
        smtp.start()
    except OSError as error:
        sys.exit(f"Port {port} on {given.host} cannot be used: {error.strerror}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stderr.write(f"mails on http://{given.host}:{given.port}/, SMTP on {given.smtp_port}\n")
    try:
        web.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        smtp.stop()


if __name__ == "__main__":
    main()
