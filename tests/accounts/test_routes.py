"""Who gets what answer from each route about accounts: one table, which is also the documentation.

Answers: the status; "in" leads to the sign-in page; "no" says that one may not (Wagtail does
so by leading to its home page, or to the sign-in page, which answers 403 to people who are
signed in); "302" leads elsewhere. POST rows send a valid CSRF token and nothing that a form
asks for, so 422 means "allowed to try". A route without a row fails.

- member: signed in, no rights. editor: may open the admin. people: may change people, invite,
  and make rules, sees all of that. boss: superuser. banned: the ban came during the session.
- {…} in a path stands for somebody else's row, or the only one there is.
"""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils import timezone

from accounts import audit
from accounts.models import AuthSession, Identity, Invitation, RoleRule, SweepRun, SyncEvent, User
from accounts.sessions import lifecycle, token_vault
from accounts.sync.records import apply_record
from accounts.tokens import verify_access_token

PEOPLE = ("visitor", "member", "editor", "people", "boss", "banned")
TABLE = """
PATH                                           HOW  visitor member  editor  people  boss    banned
accounts/sign-in/                              GET  200     302     302     302     302     200
accounts/sign-in/                              POST 422     422     422     422     422     422
accounts/sign-out/                             GET  405     405     405     405     405     405
accounts/sign-out/                             POST in      in      in      in      in      in
admin/logout/                                  GET  405     405     405     405     405     405
admin/logout/                                  POST in      in      in      in      in      in
admin/account/                                 GET  in      no      200     200     200     in
admin/account/                                 POST in      no      200     200     200     in
accounts/sign-up/                              GET  200     200     200     200     200     200
accounts/sign-up/                              POST 422     422     422     422     422     422
accounts/check-your-mail/                      GET  in      in      in      in      in      in
accounts/check-your-mail/                      POST 405     405     405     405     405     405
accounts/resend/                               GET  405     405     405     405     405     405
accounts/resend/                               POST in      in      in      in      in      in
accounts/forgotten-password/                   GET  200     200     200     200     200     200
accounts/forgotten-password/                   POST 422     422     422     422     422     422
accounts/new-password/                         GET  in      200     200     200     200     in
accounts/new-password/                         POST in      422     422     422     422     in
accounts/sign-in-link/                         GET  200     200     200     200     200     200
accounts/sign-in-link/                         POST 422     422     422     422     422     422
accounts/code/                                 GET  in      in      in      in      in      in
accounts/code/                                 POST in      in      in      in      in      in
accounts/social/google/                        GET  405     405     405     405     405     405
accounts/social/google/                        POST 404     404     404     404     404     404
auth/callback                                  GET  400     302     302     302     302     400
auth/callback                                  POST 405     405     405     405     405     405
auth/confirm                                   GET  410     410     410     410     410     410
auth/confirm                                   POST 410     410     410     410     410     410
accounts/second-factor/                        GET  in      302     302     302     302     302
accounts/second-factor/                        POST in      302     302     302     302     302
account/                                       GET  in      200     200     200     200     in
account/                                       POST in      422     422     422     422     in
account/picture/                               GET  405     405     405     405     405     405
account/picture/                               POST in      422     422     422     422     in
account/theme/                                 GET  405     405     405     405     405     405
account/theme/                                 POST in      422     422     422     422     in
people/{user}/avatar/                          GET  404     404     404     404     404     404
people/{user}/avatar/                          POST 405     405     405     405     405     405
account/data/                                  GET  in      200     200     200     200     in
account/data/                                  POST in      405     405     405     405     in
account/data/export/                           GET  405     405     405     405     405     405
account/data/export/                           POST in      302     302     302     302     in
account/data/unknown/                          GET  in      404     404     404     404     in
account/data/unknown/                          POST in      404     404     404     404     in
account/delete/                                GET  in      200     200     200     200     in
account/delete/                                POST in      422     422     422     422     in
account/keep/                                  GET  405     405     405     405     405     405
account/keep/                                  POST in      302     302     302     302     in
account/security/                              GET  in      200     200     200     200     in
account/security/                              POST in      405     405     405     405     in
account/confirm/                               GET  in      200     200     200     200     in
account/confirm/                               POST in      422     422     422     422     in
account/e-mail/                                GET  in      200     200     200     200     in
account/e-mail/                                POST in      422     422     422     422     in
account/e-mail/resend/                         GET  405     405     405     405     405     405
account/e-mail/resend/                         POST in      302     302     302     302     in
account/e-mail/forget/                         GET  405     405     405     405     405     405
account/e-mail/forget/                         POST in      302     302     302     302     in
account/password/                              GET  in      200     200     200     200     in
account/password/                              POST in      422     422     422     422     in
account/sessions/{session}/end/                GET  405     405     405     405     405     405
account/sessions/{session}/end/                POST in      302     302     302     302     in
account/sessions/end-all/                      GET  405     405     405     405     405     405
account/sessions/end-all/                      POST in      in      in      in      in      in
account/two-factor/                            GET  in      200     200     200     200     in
account/two-factor/                            POST in      422     422     422     422     in
account/two-factor/unknown/remove/             GET  in      404     404     404     404     in
account/two-factor/unknown/remove/             POST in      404     404     404     404     in
emergency-access/                              GET  200     200     200     200     200     200
emergency-access/                              POST 422     422     422     422     422     422
webhooks/supabase/                             GET  405     405     405     405     405     405
webhooks/supabase/                             POST 401     401     401     401     401     401
webhooks/supabase                              GET  405     405     405     405     405     405
webhooks/supabase                              POST 401     401     401     401     401     401
webhooks/supabase/hooks/send-email/            GET  405     405     405     405     405     405
webhooks/supabase/hooks/send-email/            POST 401     401     401     401     401     401
webhooks/supabase/hooks/send-email             GET  405     405     405     405     405     405
webhooks/supabase/hooks/send-email             POST 401     401     401     401     401     401
api/v1/me                                      GET  401     401     401     401     401     401
api/v1/me                                      POST 401     401     401     401     401     401
admin/people/users/                            GET  in      no      no      200     200     in
admin/people/users/                            POST in      no      no      405     405     in
admin/people/users/results/                    GET  in      no      no      200     200     in
admin/people/users/results/                    POST in      no      no      405     405     in
admin/people/users/{user}/                     GET  in      no      no      200     200     in
admin/people/users/{user}/                     POST in      no      no      405     405     in
admin/people/users/{user}/ban/                 GET  in      no      no      200     200     in
admin/people/users/{user}/ban/                 POST in      no      no      422     422     in
admin/people/groups/                           GET  in      no      no      no      200     in
admin/people/groups/                           POST in      no      no      no      405     in
admin/people/groups/results/                   GET  in      no      no      no      200     in
admin/people/groups/results/                   POST in      no      no      no      405     in
admin/people/groups/new/                       GET  in      no      no      no      200     in
admin/people/groups/new/                       POST in      no      no      no      200     in
admin/people/groups/edit/{group}/              GET  in      no      no      no      200     in
admin/people/groups/edit/{group}/              POST in      no      no      no      200     in
admin/people/groups/delete/{group}/            GET  in      no      no      no      200     in
admin/people/groups/delete/{group}/            POST in      no      no      no      302     in
admin/people/groups/history/{group}/           GET  in      no      no      no      200     in
admin/people/groups/history/{group}/           POST in      no      no      no      405     in
admin/people/groups/history-results/{group}/   GET  in      no      no      no      200     in
admin/people/groups/history-results/{group}/   POST in      no      no      no      405     in
admin/people/groups/usage/{group}/             GET  in      no      no      no      200     in
admin/people/groups/usage/{group}/             POST in      no      no      no      405     in
admin/people/role-rules/                       GET  in      no      no      200     200     in
admin/people/role-rules/                       POST in      no      no      405     405     in
admin/people/role-rules/results/               GET  in      no      no      200     200     in
admin/people/role-rules/results/               POST in      no      no      405     405     in
admin/people/role-rules/new/                   GET  in      no      no      200     200     in
admin/people/role-rules/new/                   POST in      no      no      422     422     in
admin/people/role-rules/edit/{rule}/           GET  in      no      no      no      200     in
admin/people/role-rules/edit/{rule}/           POST in      no      no      no      422     in
admin/people/role-rules/delete/{rule}/         GET  in      no      no      no      200     in
admin/people/role-rules/delete/{rule}/         POST in      no      no      no      302     in
admin/people/role-rules/history/{rule}/        GET  in      no      no      200     200     in
admin/people/role-rules/history/{rule}/        POST in      no      no      405     405     in
admin/people/role-rules/history-results/{rule}/ GET  in      no      no      200     200     in
admin/people/role-rules/history-results/{rule}/ POST in      no      no      405     405     in
admin/people/invitations/                      GET  in      no      no      200     200     in
admin/people/invitations/                      POST in      no      no      405     405     in
admin/people/invitations/results/              GET  in      no      no      200     200     in
admin/people/invitations/results/              POST in      no      no      405     405     in
admin/people/invitations/inspect/{invitation}/ GET  in      no      no      200     200     in
admin/people/invitations/inspect/{invitation}/ POST in      no      no      405     405     in
admin/people/invitations/retry/                GET  in      no      no      405     405     in
admin/people/invitations/retry/                POST in      no      no      302     302     in
admin/people/invitations/retry/{invitation}/   GET  in      no      no      405     405     in
admin/people/invitations/retry/{invitation}/   POST in      no      no      302     302     in
admin/people/invitations/new/                  GET  in      no      no      200     200     in
admin/people/invitations/new/                  POST in      no      no      422     422     in
admin/people/invitations/batch/{batch}/        GET  in      no      no      200     200     in
admin/people/invitations/batch/{batch}/        POST in      no      no      405     405     in
admin/people/invitations/{invitation}/withdraw/ GET  in      no      no      405     405     in
admin/people/invitations/{invitation}/withdraw/ POST in      no      no      302     302     in
admin/people/account-events/                   GET  in      no      no      200     200     in
admin/people/account-events/                   POST in      no      no      405     405     in
admin/people/account-events/results/           GET  in      no      no      200     200     in
admin/people/account-events/results/           POST in      no      no      405     405     in
admin/people/account-events/inspect/{event}/   GET  in      no      no      200     200     in
admin/people/account-events/inspect/{event}/   POST in      no      no      405     405     in
admin/people/account-events/retry/             GET  in      no      no      405     405     in
admin/people/account-events/retry/             POST in      no      no      302     302     in
admin/people/account-events/retry/{event}/     GET  in      no      no      405     405     in
admin/people/account-events/retry/{event}/     POST in      no      no      302     302     in
admin/people/account-events/replay/{event}/    GET  in      no      no      405     405     in
admin/people/account-events/replay/{event}/    POST in      no      no      302     302     in
admin/people/sweeps/                           GET  in      no      no      200     200     in
admin/people/sweeps/                           POST in      no      no      405     405     in
admin/people/sweeps/results/                   GET  in      no      no      200     200     in
admin/people/sweeps/results/                   POST in      no      no      405     405     in
admin/people/sweeps/inspect/{sweep}/           GET  in      no      no      200     200     in
admin/people/sweeps/inspect/{sweep}/           POST in      no      no      405     405     in
admin/people/sweeps/ask/                       GET  in      no      no      405     405     in
admin/people/sweeps/ask/                       POST in      no      no      no      302     in
admin/people/audit-log/                        GET  in      no      no      200     200     in
admin/people/audit-log/                        POST in      no      no      405     405     in
admin/people/audit-log/results/                GET  in      no      no      200     200     in
admin/people/audit-log/results/                POST in      no      no      405     405     in
admin/people/audit-log/inspect/{entry}/        GET  in      no      no      200     200     in
admin/people/audit-log/inspect/{entry}/        POST in      no      no      405     405     in
"""
# No cookie gives these any power: a signature or a bearer token does.
WITHOUT_CSRF = ("webhooks/supabase/", "webhooks/supabase", "webhooks/supabase/hooks/", "api/")
PERMISSIONS = {
    "editor": ["access_admin"],
    "people": [
        "access_admin",
        *(f"{verb}_{model}" for verb in ("add", "change", "delete", "view")
          for model in ("user", "rolerule", "invitation", "syncevent", "sweeprun", "auditentry")),
    ],
}  # fmt: skip


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield (path, method, person, expected answer)."""
    for line in TABLE.strip().splitlines()[1:]:
        path, method, *answers = line.split()
        assert len(answers) == len(PEOPLE), line
        yield from ((path, method, who, what) for who, what in zip(PEOPLE, answers, strict=True))


ROWS = list(rows())


@pytest.fixture
def world(db, auth):
    """One row of everything; return what stands for {…} in a path."""
    record = auth.record("stranger@lindencourt.example")
    stranger = apply_record(record).user
    group = Group.objects.create(name="Board")
    entry = audit.record("sign-in.done", target=stranger.pk)
    session = open_session(auth, record, "somebody-elses")
    return {
        "user": stranger.pk,
        "group": group.pk,
        "rule": RoleRule.objects.create(claim="role", value="editor", group=group).pk,
        "event": SyncEvent.objects.create(dedupe_key="1", kind="UPDATE", subject=record["id"]).pk,
        "invitation": (invited := Invitation.objects.create(email="new@x.example")).pk,
        "batch": invited.batch,
        "sweep": SweepRun.objects.create(kind="full", state="done").pk,
        "entry": entry.pk,
        "session": session.pk,
    }


def open_session(auth, record, key):
    token = auth.token(record)
    return AuthSession.objects.create(
        identity=Identity.objects.get(subject=record["id"]),
        session_key=key,
        supabase_session_id=verify_access_token(token).session_id,
        access_token=token_vault.seal(token),
        refresh_token=token_vault.seal("refresh"),
        expires_at=timezone.now() + timezone.timedelta(hours=1),
    )


def browser(auth, who, **options):
    """Return the browser of one of PEOPLE."""
    client = Client(raise_request_exception=False, **options)
    if who == "visitor":
        return client
    record = auth.record(f"{who}@lindencourt.example")
    user = apply_record(record).user
    wanted = Permission.objects.filter(codename__in=PERMISSIONS.get(who, []))
    user.user_permissions.add(*wanted)
    User.objects.filter(pk=user.pk).update(is_superuser=who == "boss")
    client.force_login(User.objects.get(pk=user.pk), backend=lifecycle.BACKEND)
    open_session(auth, record, client.session.session_key)
    if who == "banned":
        Identity.objects.filter(user=user).update(banned_until="2999-01-01T00:00:00Z")
    return client


def answer(client, path, method, world):
    address = "/" + path.format(**world)
    response = client.get(address) if method == "GET" else client.post(address, {"odd": "1"})
    if response.status_code not in (301, 302):
        return str(response.status_code)
    if response.url == settings.ADMIN_PATH:
        return "no"
    if not response.url.startswith("/accounts/sign-in/"):
        return "302"
    return "no" if client.get(response.url).status_code == 403 else "in"


def answers(client, asked, world):
    """Return {(path, method): answer} for (path, method) in ``asked``; each is undone."""
    cookies, found = client.cookies.copy(), {}
    for path, method in asked:
        client.cookies = cookies.copy()
        undone = transaction.atomic()
        undone._from_testcase = True  # none of ours, so a server may be asked inside it
        with undone:
            found[path, method] = answer(client, path, method, world)
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_gets_their_answers(auth, world, who):
    expected = {(path, method): what for path, method, person, what in ROWS if person == who}
    found = answers(browser(auth, who), expected, world)
    wrong = {key: (found[key], expected[key]) for key in expected if found[key] != expected[key]}
    assert wrong == {}  # (found, expected)


def test_no_cache_keeps_an_answer_about_an_account(auth, world):
    client, kept = browser(auth, "boss"), []
    pages = [path for path, method, who, what in ROWS if (method, who) == ("GET", "boss")]
    for path in pages:
        response = client.get("/" + path.format(**world))
        control = response.headers.get("Cache-Control", "")
        if response.status_code < 400 and not {"private", "no-store"} <= set(control.split(", ")):
            kept.append((path, control))
    assert len(pages) > 40 and kept == []


@pytest.mark.parametrize("who", ["visitor", "boss"])
def test_nothing_is_changed_without_the_forms_own_token(auth, world, who):
    paths = [path for path, method, *_ in ROWS if method == "POST"]
    client = browser(auth, who, enforce_csrf_checks=True)
    found = answers(client, [(path, "POST") for path in paths], world)
    open_ones = {path: what for (path, _method), what in found.items() if what != "403"}
    assert all(path.startswith(WITHOUT_CSRF) for path in open_ones), open_ones
    assert set(open_ones.values()) <= {"400", "401", "404", "405"}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield every route about accounts, as the resolver spells it."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif route.startswith(("admin/people/", "api/")) or ours(pattern):
            yield route


def ours(pattern) -> bool:
    module = getattr(pattern.callback, "__module__", "")
    return module.startswith("accounts.")


def test_every_route_stands_in_the_table():
    filler = dict.fromkeys(
        ("user", "rule", "event", "invitation", "batch", "sweep", "entry", "session"),
        "00000000-0000-4000-8000-000000000000",
    )
    known = {resolve("/" + path.format(**filler, group=1)).route for path, *_ in ROWS}
    missing = [route for route in routes(get_resolver()) if route not in known]
    assert missing == []


def test_the_way_in_for_emergencies_is_where_the_settings_say():
    assert f"{settings.BREAK_GLASS_PATH}/" in {row[0] for row in ROWS}
