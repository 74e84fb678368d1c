"""The flags of run-dev.sh. Only the standard library, so that they work before the set-up."""

import argparse
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    port: int
    reset: bool
    yes: bool
    ngrok: bool
    demo: bool


def port_number(text: str) -> int:
    """Return a port that leaves room for the three beside it."""
    port = int(text)
    if not 1024 <= port <= 65_532:
        raise argparse.ArgumentTypeError("use a number from 1024 to 65532")
    return port


def parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="run-dev.sh",
        allow_abbrev=False,
        description="Set up and start the portal for development. Ctrl-C stops everything.",
        epilog="With SUPABASE_URL and its keys in .env that project is used instead of the "
        "development Auth server. Logs are in var/log/.",
    )
    parser.add_argument(
        "--port",
        type=port_number,
        default=8000,
        help="port of Django (default: 8000); the Auth server, the mail catcher and the mail "
        "page take the next three",
    )
    parser.add_argument(
        "--reset",
        action="store_true",
        help="first delete the database, uploads and development accounts, after asking",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before --reset")
    parser.add_argument("--no-ngrok", action="store_true", help="open no tunnel")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo content")
    given = parser.parse_args(arguments)
    return Options(given.port, given.reset, given.yes, not given.no_ngrok, not given.no_demo)


if __name__ == "__main__":
    parse(sys.argv[1:])
