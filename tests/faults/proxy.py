"""A TCP proxy on loopback that spoils what passes: one of eight faults, or none."""

import select
import socket
import struct
import threading
import time
from contextlib import suppress

FAULTS = (
    "down",  # the connection is refused
    "reset",  # the connection is reset when the answer is due
    "timeout",  # the question arrives, no answer ever comes
    "latency",  # every packet of the answer is ten seconds late
    "bandwidth",  # a hundred bytes at a time
    "slicer",  # byte by byte
    "truncation",  # half of the answer, then the end
    "slow_close",  # the whole answer, and an end of the connection that never comes
    "garbage",  # bytes that are no HTTP
)
LATENCY_SECONDS = 10


class SpoilingProxy:
    """Stands in front of ``target`` (host, port). Set `fault` to a name of FAULTS or ""."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target, self.fault = target, ""
        self.connections = 0
        self.pause_seconds = 0.1  # between the pieces of a slow answer
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def spoil(self, fault: str) -> None:
        """Change the fault, and end the connections that people still hold."""
        self.fault = fault
        for each in list(self._open):
            _shut(each)

    def close(self) -> None:
        self._ended.set()
        _shut(self._server)
        self.spoil("")

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            if self.fault == "down":
                _reset(client)
            else:
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        try:
            upstream = socket.create_connection(self.target, timeout=5)
        except OSError:
            _reset(client)
            return
        self._open |= {client, upstream}
        with suppress(OSError, ValueError):  # somebody hung up, or close() did
            while self._move(client, upstream):
                pass
        for each in (client, upstream):
            self._open.discard(each)
            _shut(each)

    def _move(self, client: socket.socket, upstream: socket.socket) -> bool:
        """Pass on what is there to pass on; return whether to go on."""
        for source in select.select([client, upstream], [], [])[0]:
            data = source.recv(65536)
            if not data:
                return False
            if source is client:
                upstream.sendall(data)
            elif not self._pass_on(data, client):
                return False
        return True

    def _pass_on(self, data: bytes, client: socket.socket) -> bool:
        """Send an answer's packet in the way of the fault; return whether to go on."""
        fault = self.fault
        if fault == "timeout":
            return not self._ended.wait(60)
        if fault == "reset":
            _reset(client)
            return False
        if fault == "truncation":
            client.sendall(data[: len(data) // 2])
            _shut(client)
            return False
        if fault == "garbage":
            client.sendall(b"\x00\xff" * 200 + b"\r\n\r\n")
            return True
        if fault == "latency":
            time.sleep(LATENCY_SECONDS)
        for piece in _pieces(data, fault):
            client.sendall(piece)
            if len(piece) < len(data):
                time.sleep(self.pause_seconds)
        return True


def _pieces(data: bytes, fault: str) -> list[bytes]:
    size = {"bandwidth": 100, "slicer": 1}.get(fault, len(data))
    return [data[at : at + size] for at in range(0, len(data), size)]


def _shut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


def _reset(each: socket.socket) -> None:
    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    each.close()
