"""Start processes, wait until they answer, notice when one ends, stop them all."""

import http.client
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

POLL_SECONDS = 0.05
STOP_SECONDS = 5
LAST_LINES = 20


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class PartFailed(Exception):
    """A part ended by itself or never answered; the message names it and quotes its log."""


@dataclass
class Part:
    name: str
    process: subprocess.Popen
    log: Path

    def last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(f"  | {line}" for line in lines) or "  | (it printed nothing)"


@dataclass
class Supervisor:
    """Runs parts, each in a process group of its own with its output in ``logs``."""

    root: Path
    logs: Path
    parts: list[Part] = field(default_factory=list)
    stop_asked: Event = field(default_factory=Event)

    def obey_signals(self) -> None:
        """Turn Ctrl-C, SIGTERM and a closed terminal into `Stopped` at the next wait."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to survive it
            numbers.append(signal.SIGHUP)
        for number in numbers:
            signal.signal(number, lambda *_: self.stop_asked.set())

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> Part:
        """Start ``command`` in the repository's root; its log is `<logs>/<name>.log`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name.lower().replace(' ', '-')}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=self.root,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches this program only, which stops the
                # parts in order, and a part's own children are stopped with it.
                start_new_session=True,
            )
        part = Part(name, process, log)
        self.parts.append(part)
        return part

    def finish(self, part: Part) -> None:
        """Wait until ``part`` has ended well. Raises PartFailed when it ended badly."""
        self.wait_until(lambda: part.process.poll() is not None, ignore=part)
        self.parts.remove(part)
        if part.process.returncode:
            raise PartFailed(describe_end(part))

    def wait_until(
        self, true: Callable[[], object], seconds: float = float("inf"), ignore: Part | None = None
    ) -> bool:
        """Wait for ``true()``; return whether it came true within ``seconds``.

        Raises Stopped when asked to stop and PartFailed when a part ends meanwhile.
        """
        deadline = time.monotonic() + seconds
        while not true():
            self._check(ignore)
            if time.monotonic() > deadline:
                return False
            self.stop_asked.wait(POLL_SECONDS)
        return True

    def watch(self) -> None:
        """Stay until somebody asks to stop or a part ends; raise what happened."""
        self.wait_until(lambda: False)

    def _check(self, ignore: Part | None) -> None:
        if self.stop_asked.is_set():
            raise Stopped
        for part in self.parts:
            if part is not ignore and part.process.poll() is not None:
                raise PartFailed(describe_end(part))

    def stop_all(self) -> None:
        """Ask every part to end, and kill after five seconds what has not."""
        self._signal_all(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for part in self.parts:
            try:
                part.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue  # killed below
        self._signal_all(signal.SIGKILL)  # also children that outlived their parent
        for part in self.parts:
            part.process.wait()
        self.parts.clear()

    def drop(self, part: Part) -> None:
        """Stop one part and forget it."""
        send(part, signal.SIGKILL)
        part.process.wait()
        self.parts.remove(part)

    def _signal_all(self, number: signal.Signals) -> None:
        for part in self.parts:
            send(part, number)


def send(part: Part, number: signal.Signals) -> None:
    """Signal the part's whole process group; harmless when it is gone."""
    try:
        os.killpg(part.process.pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        pass  # macOS answers this for a group that has ended but is not yet collected


def describe_end(part: Part) -> str:
    """Say in words how the part ended, with the end of its log."""
    code = part.process.returncode
    how = (
        f"was stopped by {signal.Signals(-code).name}"
        if code < 0
        else f"ended with exit code {code}"
    )
    return f"{part.name} {how}. The last lines of {part.log}:\n{part.last_lines()}"


def answers(url: str) -> bool:
    """Say whether ``url`` answers. A refusal will do: the Auth server asks for its key."""
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own http address
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, http.client.HTTPException):  # the latter from whatever else listens there
        return False
    return True
