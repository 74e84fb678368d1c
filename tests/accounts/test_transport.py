"""What a call to Supabase may cost: time, bytes, repetitions."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from accounts.supabase.transport import MAX_BYTES, Resting, Unusable, make_client
from tests.faults.proxy import SpoilingProxy

SLOW_FAULTS = ("timeout", "latency", "bandwidth", "slicer")
QUICK_FAULTS = ("down", "reset", "truncation", "garbage")


class Server:
    """Answers ``status`` and ``body`` with ``headers``, and counts."""

    def __init__(self):
        self.status, self.body, self.headers = 200, b'{"a": 1}', {}
        self.calls, self.failures = 0, 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                return

            def do(self):
                server.calls += 1
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = 503 if server.calls <= server.failures else server.status
                headers = {"Content-Type": "application/json", **server.headers}
                headers["Content-Length"] = str(len(server.body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(server.body)

            do_GET = do_POST = do  # noqa: N815 - http.server asks for these names

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.proxy = SpoilingProxy(self.http.server_address)
        self.url = f"http://127.0.0.1:{self.proxy.port}/auth/v1/health"
        self.proxy.pause_seconds = 0.02
        self.client = make_client(self.url, seconds=1)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.client.close()
    server.proxy.close()
    server.http.shutdown()
    server.http.server_close()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("fault", SLOW_FAULTS)
def test_it_gives_up_in_time(server, fault, method):
    server.body = b'"' + b"x" * 20_000 + b'"'
    server.proxy.spoil(fault)
    before = time.monotonic()
    with pytest.raises(httpx.TransportError):
        server.client.request(method, server.url)
    assert 0.9 < time.monotonic() - before < 1.5


def test_it_has_five_seconds(server):
    with make_client(server.url) as client:
        assert (client.timeout.connect, client.timeout.read) == (2, 5)
        assert client._transport._seconds == 5


def test_a_client_without_a_deadline_waits_on(server):
    server.proxy.spoil("slicer")
    before = time.monotonic()
    with httpx.Client(timeout=1) as plain:
        plain.get(server.url)
    assert time.monotonic() - before > 1.5


@pytest.mark.parametrize("fault", QUICK_FAULTS)
def test_it_repeats_reads_and_nothing_else(server, fault):
    server.proxy.spoil(fault)
    with pytest.raises(httpx.TransportError):
        server.client.get(server.url)
    assert server.proxy.connections == 3
    with pytest.raises(httpx.TransportError):
        server.client.post(server.url, json={})
    assert server.proxy.connections == 4


def test_a_read_succeeds_when_the_gateway_recovers(server):
    server.failures = 2
    assert server.client.get(server.url).json() == {"a": 1}
    assert server.calls == 3


def test_an_answer_without_an_end_of_the_connection_is_an_answer(server):
    server.proxy.spoil("slow_close")
    assert server.client.get(server.url).json() == {"a": 1}


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {"Content-Type": "text/html"}),
        (404, {"Content-Type": "text/html"}),
        (500, {"Content-Type": "text/plain"}),
        (302, {"Location": "https://elsewhere.example/"}),
    ],
)
def test_it_takes_only_json_and_follows_nothing(server, status, headers):
    server.status, server.headers = status, headers
    with pytest.raises(Unusable):
        server.client.post(server.url)
    assert server.calls == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
def test_it_hands_refusals_on(server, status):
    server.status = status
    assert server.client.post(server.url).status_code == status


def test_it_hands_a_limit_of_the_gateway_on(server):
    server.status, server.headers = 429, {"Content-Type": "text/html"}
    assert server.client.post(server.url).status_code == 429


def test_it_reads_five_megabytes_and_no_more(server):
    server.body = b'"' + b"x" * (MAX_BYTES - 2) + b'"'
    assert len(server.client.post(server.url).content) == MAX_BYTES
    server.body += b" "
    with pytest.raises(Unusable):
        server.client.post(server.url)


def test_it_asks_for_unpacked_answers(server):
    assert server.client.get(server.url).request.headers["Accept-Encoding"] == "identity"


def test_after_five_failures_it_fails_at_once(server):
    server.proxy.spoil("reset")
    for _ in range(5):
        with pytest.raises(httpx.TransportError):
            server.client.post(server.url)
    asked, before = server.proxy.connections, time.monotonic()
    for _ in range(100):
        with pytest.raises(Resting):
            server.client.get(server.url)
    assert (time.monotonic() - before) / 100 < 0.005
    assert server.proxy.connections == asked


def test_refusals_do_not_open_the_breaker(server):
    server.status = 400
    for _ in range(20):
        assert server.client.post(server.url).status_code == 400


def test_one_host_does_not_open_the_breaker_of_another(server):
    server.proxy.spoil("reset")
    for _ in range(6):
        with pytest.raises(httpx.TransportError):
            server.client.post(server.url)
    port = server.http.server_port
    assert server.client.get(f"http://127.0.0.1:{port}/").status_code == 200
