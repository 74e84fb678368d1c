"""How calls travel to Supabase: in bounded time, with bounded answers, JSON only, no redirects.

httpx bounds each read by itself, so a server that sends a byte a second would hold a
visitor for minutes. Here one deadline covers connecting, all reads and the repetitions.
"""

import random
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from accounts.supabase.breaker import Breaker

CONNECT_SECONDS = 2
TOTAL_SECONDS = 5
MAX_BYTES = 5 * 1024 * 1024
TRIES = 3  # of a read; what changes something is asked once
GATEWAY_FAILURES = frozenset({502, 503, 504, 520, 521, 522, 523, 524, 530})
PASSING_FAILURES = (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError)

_deadline: ContextVar[float] = ContextVar("deadline")  # monotonic seconds


class Unusable(httpx.TransportError):
    """Something answered, but not the Auth server as we know it."""


class Resting(httpx.TransportError):
    """Not asked at all: the last calls failed and it is too early to try again."""


class PunctualStream(httpcore.NetworkStream):
    """A connection whose reads and writes all end by the deadline of the call."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(httpcore.ReadTimeout, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(httpcore.WriteTimeout, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return PunctualStream(self._stream.start_tls(*args, **kwargs))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class PunctualBackend(httpcore.SyncBackend):
    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> httpcore.NetworkStream:
        timeout = _left(httpcore.ConnectTimeout, timeout)
        return PunctualStream(super().connect_tcp(host, port, timeout, **options))


def _left(too_late: type[Exception], timeout: float | None) -> float:
    """Return the seconds one step may take; raise ``too_late`` when none are left."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise too_late
    return left if timeout is None else min(left, timeout)


class GuardedTransport(httpx.HTTPTransport):
    """Sends one call, reads all of its answer, and keeps the breaker of each host."""

    def __init__(self, proxy: str | None, seconds: float) -> None:
        super().__init__(proxy=proxy)
        self._seconds = seconds
        # httpx hands no backend through, httpcore takes one.
        self._pool._network_backend = PunctualBackend()
        self._breakers: dict[str, Breaker] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        breaker = self._breakers.setdefault(request.url.netloc.decode(), Breaker())
        if not breaker.lets_through():
            raise Resting("the last calls failed, this one was not made")
        token = _deadline.set(time.monotonic() + self._seconds)
        well = False
        try:
            response = self._ask(request)
            well = response.status_code not in GATEWAY_FAILURES
            return response
        finally:
            breaker.succeeded() if well else breaker.failed()
            _deadline.reset(token)

    def _ask(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; repeat a read that a passing failure spoiled."""
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES or request.method not in ("GET", "HEAD")
            try:
                response = self._ask_once(request)
                if last or response.status_code not in GATEWAY_FAILURES:
                    return response
            except PASSING_FAILURES:
                if last:
                    raise
            time.sleep(attempt * random.uniform(0.05, 0.15))  # noqa: S311 - spreads load, guards nothing
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        try:
            body = _read(answer.stream)
        finally:
            answer.close()
        response = httpx.Response(answer.status_code, headers=answer.headers, content=body)
        _check(response)
        return response


def _read(stream: Iterable[bytes]) -> bytes:
    body = bytearray()
    for chunk in stream:
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unusable(f"more than {MAX_BYTES} bytes")
    return bytes(body)


def _check(response: httpx.Response) -> None:
    """Raise Unusable unless the Auth server can have said this."""
    status = response.status_code
    if status == 429 or status in GATEWAY_FAILURES:
        return  # proxies in front say these too, in HTML; the status is all we need
    if 300 <= status < 400:
        raise Unusable(f"status {status}: a redirect would carry our key away")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.content and kind != "application/json":
        raise Unusable(f"status {status}, content type {kind or 'missing'}")


def make_client(url: str, seconds: float = TOTAL_SECONDS) -> httpx.Client:
    """Return a client for calls to ``url``, through the environment's proxy when it names one.

    ``seconds`` is what a call may take in all, repetitions of a read included.
    """
    target = httpx.URL(url)
    proxy = None if proxy_bypass(target.host) else getproxies().get(target.scheme)
    return httpx.Client(
        transport=GuardedTransport(proxy, seconds),
        timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
        # A packed answer could grow beyond MAX_BYTES while it is unpacked.
        headers={"Accept-Encoding": "identity"},
    )
