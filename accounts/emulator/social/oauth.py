"""Signing in through a social provider. The provider's own page is pretended here too."""

import uuid
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from accounts.emulator import flows, links
from accounts.emulator.calls import Answer, ApiError, Call, Record
from accounts.emulator.endpoints.public import EMAIL, ask_before_creating
from accounts.emulator.endpoints.sessions import is_banned, open_session
from accounts.emulator.social.consent import consent_page
from accounts.emulator.standin import StandIn
from accounts.emulator.store import now

# The names of the real server's settings; those of the option --providers are on.
KNOWN = (
    *("apple", "azure", "bitbucket", "discord", "facebook", "figma", "github", "gitlab", "google"),
    *("kakao", "keycloak", "linkedin_oidc", "notion", "slack_oidc", "spotify", "twitch"),
    *("twitter", "workos", "zoom"),
)
# HTTP status -> "error" in the address; everything else is a server_error there
FAILURES = {400: "invalid_request", 401: "unauthorized_client", 403: "access_denied"}


class Person(NamedTuple):
    """What a provider says about whoever is signed in there."""

    provider: str
    email: str
    name: str

    @property
    def subject(self) -> str:
        """The same person has the same id at the same provider every time."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.provider}:{self.email}"))

    def data(self) -> Record:
        return {
            "iss": f"https://{self.provider}.example",
            "sub": self.subject,
            "provider_id": self.subject,
            "email": self.email,
            "email_verified": True,
            "phone_verified": False,
            "name": self.name,
            "full_name": self.name,
        }


def authorize(app: StandIn, call: Call) -> Answer:
    """GET /authorize: remember who asked, and send the browser to the provider."""
    provider = call.query.get("provider", "").replace("-", "_")
    if provider not in app.options.providers:
        message = "Unsupported provider: provider is not enabled"
        raise ApiError(400, "validation_failed", message)
    target = links.redirect_target(app, call) or app.options.site_url
    with app.store.transaction():
        flow = flows.begin(app, call.query, method="oauth", redirect_to=target, user=None)
    query = urlencode({"state": flow["id"]})
    place = f"{app.options.url}/pretended/{provider}?{query}"
    return Answer(status=302, headers={"Location": place})


def choose(app: StandIn, call: Call) -> Answer:
    """The pretended provider's page: who are you?"""
    provider, state = call.params["provider"], call.query.get("state", "")
    return Answer(consent_page(provider, f"{app.options.url}/callback", state))


def callback(app: StandIn, call: Call) -> Answer:
    """GET /callback: the provider has answered. Lead on to the site with a code or an error.

    The pretended provider sends the person themself where a real one sends a code.
    """
    query = "select * from flow_states where id = ? and method = 'oauth'"
    flow = app.store.row(query, call.query.get("state", ""))
    if flow is None or flow["auth_code_issued_at"]:
        error = ApiError(400, "bad_oauth_state", "OAuth callback with invalid state")
        return _away(app.options.site_url, _failure(error), everywhere=True)
    if call.query.get("error"):  # the provider's own words travel on, without a code of ours
        failure = {"error": call.query["error"], "error_description": "The person said no"}
        return _away(flow["redirect_to"], failure, everywhere=True)
    try:
        return _arrive(app, call, flow)
    except ApiError as error:
        return _away(flow["redirect_to"], _failure(error), everywhere=True)


def _arrive(app: StandIn, call: Call, flow: Record) -> Answer:
    person = Person(
        provider=call.query.get("provider", ""),
        email=call.query.get("email", "").strip().lower(),
        name=call.query.get("name", "").strip(),
    )
    if person.provider not in app.options.providers or not EMAIL.fullmatch(person.email):
        raise ApiError(500, "unexpected_failure", "Error getting user email from external provider")
    person = person._replace(name=person.name or person.email.partition("@")[0])
    if not _known(app, person):
        if app.options.disable_signup:
            raise ApiError(422, "signup_disabled", "Signups not allowed for this instance")
        ask_before_creating(app, call, person.email, person.data())
    with app.store.transaction():
        user = _account_of(app, person)
        if is_banned(user):
            raise ApiError(403, "user_banned", "User is banned")
        if flow["code_challenge"]:
            return _away(flow["redirect_to"], {"code": flows.issue_code(app, flow, user)})
        app.store.execute("delete from flow_states where id = ?", flow["id"])
        session = open_session(app, user, "oauth")
    names = ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")
    fragment = {name: session[name] for name in names}
    return Answer(status=302, headers={"Location": f"{flow['redirect_to']}#{urlencode(fragment)}"})


def _known(app: StandIn, person: Person) -> Record | None:
    query = "select * from identities where provider = ? and provider_id = ?"
    identity = app.store.row(query, person.provider, person.subject)
    return identity or app.store.user_by_email(person.email)


def _account_of(app: StandIn, person: Person) -> Record:
    """Return the account this identity leads to: linked before, of the same address, or new."""
    query = "select * from identities where provider = ? and provider_id = ?"
    identity = app.store.row(query, person.provider, person.subject)
    if identity is not None:
        statement = "update identities set last_sign_in_at = ?, updated_at = ? where id = ?"
        app.store.execute(statement, now(), now(), identity["id"])
        user = app.store.user(identity["user_id"])
        return app.store.update_user(user, raw_user_meta_data=_joined(user, person))
    user = app.store.user_by_email(person.email)
    if user is None:
        user = app.store.insert_user(
            email=person.email,
            email_confirmed_at=now(),
            raw_app_meta_data={"provider": person.provider, "providers": [person.provider]},
            raw_user_meta_data=person.data(),
        )
        _link(app, user, person)
        return app.store.user(user["id"])
    _link(app, user, person)
    return _adopt(app, user, person)


def _adopt(app: StandIn, user: Record, person: Person) -> Record:
    """Let the identity into an account with its address, as the real server does.

    Whoever registered the address without ever confirming it loses the password: they may
    have been waiting for its real owner.
    """
    providers = [*user["raw_app_meta_data"].get("providers", []), person.provider]
    values = {}
    if not user["email_confirmed_at"]:
        providers = [person.provider]
        values = {"email_confirmed_at": now(), "encrypted_password": None}
    metadata = {**user["raw_app_meta_data"], "providers": providers}
    metadata["provider"] = metadata["provider"] if "email" in providers else providers[0]
    return app.store.update_user(
        user, raw_app_meta_data=metadata, raw_user_meta_data=_joined(user, person), **values
    )


def _link(app: StandIn, user: Record, person: Person) -> None:
    stamp = now()
    app.store.insert(
        "identities",
        id=str(uuid.uuid4()),
        user_id=user["id"],
        provider=person.provider,
        provider_id=person.subject,
        identity_data=person.data(),
        last_sign_in_at=stamp,
        created_at=stamp,
        updated_at=stamp,
    )


def _joined(user: Record, person: Person) -> Record:
    """Signing in through a provider overwrites what people had said about themselves."""
    return {**user["raw_user_meta_data"], **person.data()}


def _failure(error: ApiError) -> Record:
    kind = FAILURES.get(error.status, "server_error")
    return {"error": kind, "error_code": error.code, "error_description": error.message}


def _away(place: str, values: Record, *, everywhere: bool = False) -> Answer:
    """Send the browser back to the site; errors stand in the query and in the fragment."""
    parts = urlsplit(place)
    query = urlencode([*parse_qsl(parts.query), *values.items()])
    fragment = urlencode(values) if everywhere else ""
    target = urlunsplit(parts._replace(query=query, fragment=fragment))
    return Answer(status=302, headers={"Location": target})
