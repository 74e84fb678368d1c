"""HTTP: the gateway's key check, the table of endpoints, and the error shapes."""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from accounts.emulator.calls import Answer, ApiError, Call
from accounts.emulator.endpoints import account, admin, mfa, public, sessions
from accounts.emulator.social import oauth
from accounts.emulator.standin import StandIn

logger = logging.getLogger(__name__)

PREFIX = "/auth/v1"
API_VERSION = "2024-01-01"
BODY_BYTES = 1_000_000
DRAINED_BYTES = 16_000_000
# The gateway lets these through without a key: they are opened by browsers and verifiers.
OPEN_PATHS = ("/verify", "/authorize", "/callback", "/.well-known/jwks.json")
PRETENDED = "/pretended/"  # the provider's own page: no part of the Auth server


class Route(NamedTuple):
    method: str
    path: str
    endpoint: Callable[[StandIn, Call], Answer]
    bucket: str = ""


def settings(app: StandIn, call: Call) -> Answer:
    on = app.options.providers
    providers = {name: name in on for name in (*oauth.KNOWN, *on)}
    return Answer(
        {
            "external": {"email": True, "phone": False, "anonymous_users": False} | providers,
            "disable_signup": app.options.disable_signup,
            "mailer_autoconfirm": app.options.autoconfirm,
            "phone_autoconfirm": False,
            "sms_provider": "",
            "saml_enabled": False,
        }
    )


def health(app: StandIn, call: Call) -> Answer:
    description = "GoTrue is a user registration and authentication API (development stand-in)"
    return Answer({"version": "stand-in", "name": "GoTrue", "description": description})


def jwks(app: StandIn, call: Call) -> Answer:
    return Answer(app.signer.jwks(), headers={"Cache-Control": "public, max-age=600"})


FACTOR = "/factors/(?P<factor_id>[^/]+)"
ROUTES = (
    Route("POST", "/signup", public.sign_up, "signup"),
    Route("POST", "/token", public.token, "token"),
    Route("POST", "/otp", public.one_time_password, "otp"),
    Route("POST", "/magiclink", public.one_time_password, "otp"),
    Route("GET", "/verify", public.verify_by_link, "verify"),
    Route("POST", "/verify", public.verify, "verify"),
    Route("POST", "/recover", public.recover, "recover"),
    Route("POST", "/resend", public.resend, "resend"),
    Route("GET", "/authorize", oauth.authorize),
    Route("GET", f"{PRETENDED}(?P<provider>[a-z_]+)", oauth.choose),
    Route("GET", "/callback", oauth.callback),
    Route("GET", "/user", account.show),
    Route("PUT", "/user", account.change, "user"),
    Route("GET", "/reauthenticate", account.reauthenticate),
    Route("POST", "/factors", mfa.enroll, "mfa"),
    Route("POST", f"{FACTOR}/challenge", mfa.challenge, "mfa"),
    Route("POST", f"{FACTOR}/verify", mfa.verify, "mfa"),
    Route("DELETE", FACTOR, mfa.unenroll, "mfa"),
    Route("POST", "/logout", sessions.log_out),
    Route("GET", "/settings", settings),
    Route("GET", "/health", health),
    Route("GET", "/.well-known/jwks.json", jwks),
    Route("POST", "/invite", admin.invite),
    Route("GET", "/admin/users", admin.list_users),
    Route("POST", "/admin/users", admin.create_user),
    Route("GET", "/admin/users/(?P<user_id>[^/]+)", admin.get_user),
    Route("PUT", "/admin/users/(?P<user_id>[^/]+)", admin.update_user),
    Route("DELETE", "/admin/users/(?P<user_id>[^/]+)", admin.delete_user),
    Route("GET", "/admin/users/(?P<user_id>[^/]+)/factors", mfa.list_of_user),
    Route("DELETE", f"/admin/users/(?P<user_id>[^/]+){FACTOR}", mfa.delete_of_user),
    Route("POST", "/admin/generate_link", admin.generate_link),
)
NEEDS_SECRET_KEY = ("/admin/", "/invite")


class GatewayError(Exception):
    """A refusal by the gateway in front of Auth, which knows no error codes."""


def answer(app: StandIn, call: Call) -> Answer:
    """Route one call. Refusals come back as answers; only bugs raise."""
    try:
        call = replace(call, role=_role_of_key(app, call))
        route, params = _find_route(call)
        if call.path.startswith(NEEDS_SECRET_KEY):
            _require_admin(app, call)
        app.limits.spend(route.bucket, call.client)
        return route.endpoint(app, replace(call, params=params))
    except GatewayError as error:
        return Answer({"message": str(error)}, 401)
    except ApiError as error:
        return error_answer(call, error)


def error_answer(call: Call, error: ApiError) -> Answer:
    dated = call.headers.get("X-Supabase-Api-Version", "") >= API_VERSION
    headers = {"x-sb-error-code": error.code}
    if dated:  # without this echo the libraries do not read the code
        headers["X-Supabase-Api-Version"] = API_VERSION
    return Answer(error.body(dated=dated), error.status, headers)


def _role_of_key(app: StandIn, call: Call) -> str:
    """Return "service_role", "anon", or "" on open paths; refuse other callers."""
    key = call.headers.get("apikey") or call.query.get("apikey", "")
    if key and key == app.options.secret_key:
        if call.headers.get("User-Agent", "").startswith("Mozilla/"):
            raise GatewayError("Forbidden use of secret API key in browser")
        return "service_role"
    if key and key == app.options.publishable_key:
        return "anon"
    if call.path in OPEN_PATHS or call.path.startswith(PRETENDED):
        return ""
    raise GatewayError("Invalid API key" if key else "No API key found in request")


def _find_route(call: Call) -> tuple[Route, dict[str, str]]:
    known = False
    for route in ROUTES:
        match = re.fullmatch(route.path, call.path)
        if match and route.method == call.method:
            return route, match.groupdict()
        known = known or match is not None
    if known:
        raise ApiError(405, "method_not_allowed", "Method not allowed")
    raise ApiError(404, "not_found", "Not found")


def _require_admin(app: StandIn, call: Call) -> None:
    """The gateway turns a secret key into an admin's token; any other bearer is read as it is."""
    same_as_key = call.bearer in ("", call.headers.get("apikey"))
    if call.role == "service_role" and same_as_key:
        return
    if not call.bearer:
        message = "This endpoint requires a valid Bearer token"
        raise ApiError(401, "no_authorization", message)
    if not same_as_key:
        app.signer.read(call.bearer)
    raise ApiError(403, "not_admin", "User not allowed")


class Handler(BaseHTTPRequestHandler):
    server: "Server"
    protocol_version = "HTTP/1.1"
    server_version = "AuthStandIn"
    timeout = 75  # seconds a kept-alive connection may idle
    wbufsize = -1  # one packet per answer; two would wait for each other's acknowledgement
    disable_nagle_algorithm = True

    def handle_call(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        address = urlsplit(self.path)
        call = Call(
            method=self.command,
            path=address.path.removeprefix(PREFIX),
            query=dict(parse_qsl(address.query)),
            headers=self.headers,
            raw_body=b"",
            client=self._client(),
        )
        if not length.isdigit() or int(length) > BODY_BYTES or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            # A caller that is still sending would see a reset instead of the answer.
            self.rfile.read(min(int(length), DRAINED_BYTES) if length.isdigit() else 0)
            error = ApiError(413, "request_entity_too_large", "Request body too large")
            self._send(error_answer(call, error))
            return
        call = replace(call, raw_body=self.rfile.read(int(length)))
        if not address.path.startswith(PREFIX + "/"):
            self._send(error_answer(call, ApiError(404, "not_found", "Not found")))
            return
        try:
            self._send(answer(self.server.app, call))
        except OSError:
            raise  # the caller went away
        except Exception:
            logger.exception("%s %s", call.method, call.path)
            error = ApiError(500, "unexpected_failure", "Unexpected failure, see the log")
            self._send(error_answer(call, error))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = handle_call  # noqa: N815 - http.server asks for these names

    def log_message(self, format: str, *args: object) -> None:
        # Without the query: it may carry a token.
        status = args[1] if len(args) > 1 else ""
        logger.info("%s %s %s", self.command, self.path.partition("?")[0], status)

    def _client(self) -> str:
        forwarded = self.headers.get("Sb-Forwarded-For", "").strip()
        trusted = self.headers.get("apikey") == self.server.app.options.secret_key
        return forwarded if forwarded and trusted else self.client_address[0]

    def _send(self, reply: Answer) -> None:
        page = isinstance(reply.body, bytes)
        body = (
            reply.body if page else b"" if reply.body is None else json.dumps(reply.body).encode()
        )
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", "text/html" if page else "application/json")
        if reply.status != 204:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: StandIn) -> None:
        super().__init__(address, Handler)
        self.app = app
