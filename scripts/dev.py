"""The supervising part of run-dev.sh: every process a developer needs, with one Ctrl-C."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from scripts import env_file, stamp, tunnel
from scripts.options import Options, parse
from scripts.supervisor import Part, PartFailed, Stopped, Supervisor, answers

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
AUTH_DATABASE = ROOT / "var" / "auth.sqlite3"
READY_SECONDS = 60
TUNNEL_SECONDS = 10
OFFSETS = {"Django": 0, "Auth server": 1, "mail catcher": 2, "mail page": 3}
DEMO_PASSWORD = "linden-court-2026"  # noqa: S105 - printed on purpose; it opens the demo only
DEMO_PEOPLE = (
    ("helen.whitcombe", "editor and site administrator"),
    ("amara.okafor", "manages Repairs"),
    ("tomasz.zielinski", "member; owns tasks"),
)


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def busy(ports: dict[str, int]) -> str:
    """Name the first port that another program holds, else ""."""
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return f"Port {port} ({name}) is in use by another program."
    return ""


def reset(yes: bool) -> None:
    """Delete what the portal has stored. Raises SystemExit unless somebody agrees."""
    database = stamp.sqlite_path()
    if database is None:
        raise SystemExit("--reset deletes SQLite files only; DATABASE_URL names another database.")
    doomed = [*with_journals(database), *with_journals(AUTH_DATABASE), stamp.STAMP]
    media = Path(os.environ.get("MEDIA_DIR") or ROOT / "media")
    folders = [media / "public", media / "private"]
    say("This deletes:")
    for path in (database, AUTH_DATABASE, *folders):
        say(f"  {path}")
    if not yes and not agreed():
        raise SystemExit("Nothing was deleted.")
    for path in doomed:
        path.unlink(missing_ok=True)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def with_journals(database: Path) -> Iterable[Path]:
    return [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]


def agreed() -> bool:
    try:
        return input("Delete? Type yes: ").strip().lower() in ("y", "yes")
    except EOFError:
        say("There is nobody to ask; add --yes.")
        return False


class Development:
    """One run: the parts, their environment, and what is printed about them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.supervisor = Supervisor(ROOT, ROOT / "var" / "log")
        self.values = env_file.read(ENV_FILE)
        self.stand_in = env_file.uses_stand_in(self.values)
        self.ports = {name: options.port + offset for name, offset in OFFSETS.items()}
        if not self.stand_in:
            del self.ports["Auth server"]
        self.new_accounts = False

    def run(self) -> None:
        """Start everything and stay. Raises Stopped or PartFailed; the caller stops the parts."""
        self.supervisor.obey_signals()
        started = time.monotonic()
        self.settle_addresses()
        self.start_helpers()
        self.prepare()
        self.start_portal()
        self.announce(time.monotonic() - started)
        self.supervisor.watch()

    def settle_addresses(self) -> None:
        """Write the addresses of this run to .env: local ones, or the tunnel's."""
        self.change(env_file.addresses(self.values, self.options.port))
        command = tunnel.command(self.options.port) if self.options.ngrok else None
        if command is None:
            why = "ngrok is not installed" if self.options.ngrok else "--no-ngrok"
            say(f"Webhooks from outside are off ({why}).")
            return
        say("Opening the ngrok tunnel")
        part = self.supervisor.start("ngrok", command, self.environment())
        public = self.tunnel_address(part)
        if public:
            self.change({"PUBLIC_URL": public})
        else:
            self.supervisor.drop(part)
            say(f"Webhooks from outside are off (ngrok opened no tunnel; see {part.log}).")

    def tunnel_address(self, part: Part) -> str:
        """Return the tunnel's address, or "" when ngrok gives up or takes too long."""

        def settled() -> str | bool:
            return tunnel.address(part.log, self.options.port) or part.process.poll() is not None

        self.supervisor.wait_until(settled, TUNNEL_SECONDS, ignore=part)
        alive = part.process.poll() is None
        return tunnel.address(part.log, self.options.port) if alive else ""

    def change(self, values: dict[str, str]) -> None:
        """Set variables for this run, and in .env for `manage.py` in another window."""
        if values:
            self.values.update(values)
            os.environ.update(values)
            env_file.write(ENV_FILE, values)

    def environment(self) -> dict[str, str]:
        tunnelled = self.values.get("PUBLIC_URL", "").startswith("https://")
        proxy = {"TRUST_PROXY_PROTO": "true"} if tunnelled else {}
        return {**os.environ, **self.values, **proxy, "PYTHONUNBUFFERED": "1"}

    def start_helpers(self) -> None:
        """Start the mail catcher and, unless a Supabase project is used, the Auth stand-in."""
        smtp, page = str(self.ports["mail catcher"]), str(self.ports["mail page"])
        arguments = ["notifications.catcher", "--smtp-port", smtp, "--port", page]
        self.start_module("mail catcher", arguments)
        if self.stand_in:
            AUTH_DATABASE.parent.mkdir(exist_ok=True)
            self.new_accounts = not AUTH_DATABASE.exists()
            arguments = ["accounts.emulator", "--port", str(self.ports["Auth server"])]
            arguments += ["--database", str(AUTH_DATABASE), "--smtp-port", smtp]
            arguments += ["--site-url", self.values["PUBLIC_URL"]]
            # Not through a tunnel: it would bring them back to this machine.
            hints = f"http://127.0.0.1:{self.options.port}/webhooks/supabase/"
            arguments += ["--webhook-url", hints]
            for hook in ("before-user-created", "send-email"):
                arguments += [f"--{hook}-hook", f"{hints}hooks/{hook}/"]
            self.start_module("Auth server", arguments)

    def start_module(self, name: str, arguments: list[str]) -> Part:
        command = [sys.executable, "-m", *arguments]
        return self.supervisor.start(name, command, self.environment())

    def prepare(self) -> None:
        """Migrate and load the demo, if the last start has not done it already."""
        if stamp.is_prepared(self.options.demo) and not self.new_accounts:
            return
        say("Preparing the database (up to a minute the first time)")
        self.wait_for(self.helper_urls())
        flags = ["--demo"] if self.options.demo else []
        flags += ["--accounts"] if self.stand_in else []
        part = self.start_module("set-up", ["scripts.prepare", *flags])
        self.supervisor.finish(part)
        for line in part.log.read_text(errors="replace").splitlines():
            if line.startswith("Note: "):
                say(line)

    def start_portal(self) -> None:
        """Start the worker and Django, and wait until every part answers."""
        say("Starting Django and the worker")
        manage = [sys.executable, "manage.py"]
        worker = self.supervisor.start("worker", [*manage, "run_worker"], self.environment())
        address = f"127.0.0.1:{self.options.port}"
        self.supervisor.start("Django", [*manage, "runserver", address], self.environment())
        self.wait_for([*self.helper_urls(), f"http://{address}/healthz/ready"])
        ready = self.supervisor.wait_until(
            lambda: "Worker ready" in worker.log.read_text(), READY_SECONDS
        )
        if not ready:
            raise PartFailed(f"The worker did not start:\n{worker.last_lines()}")

    def helper_urls(self) -> list[str]:
        urls = [f"http://127.0.0.1:{self.ports['mail page']}/"]
        if self.stand_in:
            urls.append(f"http://127.0.0.1:{self.ports['Auth server']}/auth/v1/health")
        return urls

    def wait_for(self, urls: list[str]) -> None:
        for url in urls:
            if not self.supervisor.wait_until(lambda url=url: answers(url), READY_SECONDS):
                logs = "\n".join(f"{p.name}:\n{p.last_lines()}" for p in self.supervisor.parts)
                raise PartFailed(f"{url} did not answer in {READY_SECONDS} seconds.\n{logs}")

    def announce(self, seconds: float) -> None:
        """Print every address and log-in."""
        public = self.values["PUBLIC_URL"]
        local = f"http://127.0.0.1:{self.options.port}"
        rows = {"Portal": f"{public}/", "My work": f"{public}/work/", "Admin": f"{public}/admin/"}
        if public != local:
            rows["Portal, locally"] = f"{local}/"
            rows["Webhook"] = f"{public}/webhooks/supabase/"
        rows["Mails"] = f"http://127.0.0.1:{self.ports['mail page']}/"
        rows["Auth server"] = f"{self.values['SUPABASE_URL']}/auth/v1"
        say(f"\nReady after {seconds:.1f} s.\n")
        for name, address in rows.items():
            say(f"  {name:<16} {address}")
        if self.options.demo and self.stand_in:
            say(f"\n  Log-ins, password {DEMO_PASSWORD}:")
            for name, role in DEMO_PEOPLE:
                say(f"  {name + '@lindencourt.example':<38} {role}")
            if public != local:
                say("  Everybody knows these log-ins, and the tunnel lets everybody use them.")
                say("  Share its address with nobody else, or start with --no-demo or --no-ngrok.")
        say("\nLogs are in var/log/. Ctrl-C stops everything.")


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    env_file.create(ENV_FILE, ROOT / ".env.example")
    development = Development(options)
    os.environ.update(development.values)
    if problem := busy(development.ports):
        say(f"{problem} Stop it, or choose other ports: ./run-dev.sh --port {options.port + 100}")
        return 1
    if options.reset:
        reset(options.yes)
    try:
        development.run()
    except Stopped:
        say("\nStopping")
        return 0
    except PartFailed as failure:
        say(f"\n{failure}\n\nStopping the rest")
        return 1
    finally:
        development.supervisor.stop_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
