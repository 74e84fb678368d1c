"""Command line of the development stand-in for Supabase Auth."""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

from dotenv import load_dotenv

from accounts.emulator.server import PREFIX, Server
from accounts.emulator.standin import Options, StandIn
from portal.development import refusal

EXAMPLE = (
    "example: python -m accounts.emulator --port 8001 --database auth.sqlite3 "
    "--smtp-port 8002 --site-url http://127.0.0.1:8000"
)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return the options of the command line, defaults from the environment."""
    site = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    parser = argparse.ArgumentParser(
        prog="python -m accounts.emulator",
        description="Development stand-in for Supabase Auth. Needs DEBUG=true. Reads the keys from "
        "SUPABASE_PUBLISHABLE_KEY, SUPABASE_SECRET_KEY, SUPABASE_JWT_SECRET (for HS256) and "
        "SUPABASE_WEBHOOK_SECRETS, SUPABASE_HOOK_SECRETS, in the environment or in .env.",
        epilog=EXAMPLE,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="loopback address to listen on (%(default)s)")
    add("--port", type=int, default=8001, help="(%(default)s)")
    add("--database", type=Path, default=Path("auth.sqlite3"), help="SQLite file (%(default)s)")
    add("--smtp-host", default="127.0.0.1", help="(%(default)s)")
    add("--smtp-port", type=int, default=8002, help="(%(default)s)")
    add("--site-url", default=site, help="the portal, where mailed links lead (%(default)s)")
    add("--webhook-url", help="where changed users are reported (SITE_URL/webhooks/supabase/)")
    add("--jwt-alg", choices=("ES256", "HS256"), default="ES256", help="(%(default)s)")
    add("--before-user-created-hook", default="", metavar="URL", help="Auth hook to ask")
    add("--send-email-hook", default="", metavar="URL", help="Auth hook that mails instead")
    add(
        "--rate-limit",
        type=int,
        default=30,
        metavar="CALLS",
        help="calls per client, endpoint and 5 minutes; 0 switches it off (%(default)s)",
    )
    seconds = {"type": int, "metavar": "SECONDS"}
    add("--mail-cooldown", default=1, help="between two mails of a kind (%(default)s)", **seconds)
    add("--otp-lifetime", default=3600, help="of mailed links (%(default)s)", **seconds)
    add("--token-lifetime", default=3600, help="of access tokens (%(default)s)", **seconds)
    add("--reuse-interval", default=10, help="of refresh tokens (%(default)s)", **seconds)
    add(
        "--reauthenticate-after",
        default=0,
        help="age of a session that needs a mailed code for a new password; 0 for never",
        **seconds,
    )
    add("--require-current-password", action="store_true", help="for a new password")
    add("--flow-lifetime", default=300, help="of a social sign-in (%(default)s)", **seconds)
    add(
        "--providers",
        default="google,github",
        metavar="NAMES",
        help="social providers that are on, comma-separated (%(default)s)",
    )
    add("--disable-signup", action="store_true", help="nobody new may register")
    add("--autoconfirm", action="store_true", help="registering needs no mail")
    return parser.parse_args(arguments)


def missing_keys(algorithm: str) -> str:
    """Return what to do about keys that are not set, or ""."""
    needed = ["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY"]
    if algorithm == "HS256":
        needed.append("SUPABASE_JWT_SECRET")
    missing = [name for name in needed if not os.environ.get(name)]
    return f"Set {', '.join(missing)} in the environment or in .env." if missing else ""


def secrets_of(*names: str) -> tuple[str, ...]:
    """Return the secrets in the first of the variables that is set, joined by | there."""
    text = next(filter(None, map(os.environ.get, names)), "")
    return tuple(filter(None, (secret.strip() for secret in text.split("|"))))


def options(given: argparse.Namespace) -> Options:
    """Join the command line with the keys in the environment."""
    site = given.site_url.rstrip("/")
    webhook = f"{site}/webhooks/supabase/" if given.webhook_url is None else given.webhook_url
    return Options(
        url=f"http://{given.host}:{given.port}{PREFIX}",
        site_url=site,
        database=given.database,
        publishable_key=os.environ["SUPABASE_PUBLISHABLE_KEY"],
        secret_key=os.environ["SUPABASE_SECRET_KEY"],
        jwt_secret=os.environ.get("SUPABASE_JWT_SECRET", ""),
        jwt_algorithm=given.jwt_alg,
        smtp_host=given.smtp_host,
        smtp_port=given.smtp_port,
        mail_from=os.environ.get("DEFAULT_FROM_EMAIL") or "Portal <portal@localhost>",
        webhook_url=webhook,
        webhook_secrets=secrets_of("SUPABASE_WEBHOOK_SECRETS"),
        hook_secrets=secrets_of("SUPABASE_HOOK_SECRETS", "SUPABASE_WEBHOOK_SECRETS"),
        before_user_created_hook=given.before_user_created_hook,
        send_email_hook=given.send_email_hook,
        rate_limit=given.rate_limit,
        mail_cooldown=given.mail_cooldown,
        otp_lifetime=given.otp_lifetime,
        token_lifetime=given.token_lifetime,
        reuse_interval=given.reuse_interval,
        reauthenticate_after=given.reauthenticate_after,
        require_current_password=given.require_current_password,
        flow_lifetime=given.flow_lifetime,
        providers=tuple(name.strip() for name in given.providers.split(",") if name.strip()),
        disable_signup=given.disable_signup,
        autoconfirm=given.autoconfirm,
    )


def main() -> None:
    load_dotenv()
    given = parse(sys.argv[1:])
    reason = refusal("The Auth stand-in", given.host) or missing_keys(given.jwt_alg)
    if reason:
        sys.exit(reason)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s auth %(message)s")
    app = StandIn(options(given))
    try:
        server = Server((given.host, given.port), app)
    except OSError as error:
        sys.exit(f"Port {given.port} on {given.host} cannot be used: {error.strerror}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logging.info("answers on %s", app.options.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
