"""One person in the admin: what is known about their account, and what can be done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.views.generic import InspectView, WagtailAdminTemplateMixin

from accounts.entry import wording
from accounts.models import AuditEntry, User
from accounts.people import access, actions, hand_over
from accounts.people.event_words import in_words
from accounts.people.forms import BanForm, ConfirmForm, EraseForm, GroupsForm, HandOverForm
from accounts.supabase.errors import AuthProblem, Limited, Refused, Unavailable
from accounts.views.security import lately_confirmed

HISTORY = 10  # audit entries on a person's page


@dataclass(frozen=True)
class Action:
    """A button on a person's page, the page that asks once more, and what happens then."""

    label: Promise
    explanation: Promise
    done: Promise  # may name %(name)s
    run: Callable[..., Any]  # (actor, person, **the form's fields)
    fits: Callable[[User], Any]  # whether it makes sense for this person
    form: type[ConfirmForm] = ConfirmForm
    permission: str = access.CHANGE
    serious: bool = False


def _identity(person: User) -> Any:
    identity = getattr(person, "identity", None)
    return identity if identity and not identity.deleted_at else None


def _is_banned(person: User) -> bool:
    identity = _identity(person)
    return bool(identity and identity.is_banned)


def _is_unconfirmed(person: User) -> bool:
    identity = _identity(person)
    return bool(identity and person.email and not identity.email_confirmed_at)


ACTIONS = {
    "sync": Action(
        _("Synchronise now"),
        _("Reads the account at Supabase again and brings the portal’s copy in line."),
        _("%(name)s is up to date."),
        actions.synchronise,
        _identity,
    ),
    "confirmation": Action(
        _("Send the confirmation again"),
        _("Mails the link that confirms the address once more. The old link stops working."),
        _("The mail to %(name)s is on its way."),
        actions.send_confirmation,
        _is_unconfirmed,
    ),
    "password-mail": Action(
        _("Send a password mail"),
        _("Mails a link with which the person chooses a new password. Nobody else reads it."),
        _("The mail to %(name)s is on its way."),
        actions.send_password_mail,
        lambda person: _identity(person) and person.email,
    ),
    "groups": Action(
        _("Change groups"),
        _("Groups decide what the person may do in this editing area and in projects."),
        _("The groups of %(name)s are saved."),
        lambda actor, person, groups: actions.change_groups(actor, person, groups),
        lambda person: True,
        form=GroupsForm,
    ),
    "second-factor": Action(
        _("Reset the second factor"),
        _(
            "Takes all authenticator apps of this person away and signs them out everywhere. "
            "Do it only when you are sure that it is they who ask."
        ),
        _("%(name)s signs in without a second factor until they set one up again."),
        actions.reset_second_factor,
        _identity,
        serious=True,
    ),
    "hand-over": Action(
        _("Hand over"),
        _("Gives everything the person is responsible for to somebody else, in one go."),
        _("Everything of %(name)s is handed over."),
        lambda actor, person, to: hand_over.hand_over(actor, person, to),
        lambda person: True,
        form=HandOverForm,
    ),
    "ban": Action(
        _("Ban"),
        _("Signs the person out everywhere, at once, and keeps them out."),
        _("%(name)s is banned and signed out."),
        lambda actor, person, length, **how: actions.ban(actor, person, **how),
        lambda person: _identity(person) and not _is_banned(person),
        form=BanForm,
        serious=True,
    ),
    "unban": Action(
        _("Lift the ban"),
        _("The person may sign in again."),
        _("%(name)s may sign in again."),
        actions.unban,
        _is_banned,
    ),
    "erase": Action(
        _("Erase"),
        _(
            "Deletes the account at Supabase and forgets the person here. What they wrote in "
            "shared places stays, by a “Former member”. This cannot be undone."
        ),
        _("The person is erased."),
        lambda actor, person, typed: actions.erase(actor, person),
        lambda person: True,
        form=EraseForm,
        permission=access.ERASE,
        serious=True,
    ),
}


def offered(actor: User, person: User) -> list[tuple[str, Action]]:
    """Return the actions that make sense for ``person`` and are open to ``actor``, by name."""
    return [
        (name, action)
        for name, action in ACTIONS.items()
        if access.may_act(actor, person, action.permission)
        and action.fits(person)
        and (name != "hand-over" or actor.is_superuser)
        and not (actor.pk == person.pk and name in ("ban", "erase"))
    ]


def person_or_404(pk: Any) -> User:
    people = User.objects.select_related("identity").prefetch_related("groups")
    return get_object_or_404(people, pk=pk)


class PersonView(InspectView):
    """Everything known here. Asks the Auth server nothing: that is what "Synchronise" is for."""

    any_permission_required = ["view"]
    template_name = "accounts/admin/person.html"
    page_title = _("User")
    act_url_name = ""

    def get_object(self, queryset: Any = None) -> User:
        return person_or_404(self.pk)

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.object
        grants = person.role_grants.select_related("group", "rule")
        entries = []
        if self.request.user.has_perm("accounts.view_auditentry"):
            log = AuditEntry.objects.filter(target_id=person.pk)[:HISTORY]
            entries = [(entry.at, in_words(entry.event)) for entry in log]
        return super().get_context_data(**kwargs) | {
            "person": person,
            "identity": getattr(person, "identity", None),
            "grants": grants,
            "entries": entries,
            "actions": [
                (action, reverse(self.act_url_name, args=[person.pk, name]))
                for name, action in offered(self.request.user, person)
            ],
        }


@method_decorator(lately_confirmed, name="dispatch")
class ActView(WagtailAdminTemplateMixin, FormView):
    """Ask once more, then do it. A GET does nothing."""

    template_name = "accounts/admin/act.html"
    http_method_names = ["get", "head", "post"]
    index_url_name = inspect_url_name = act_url_name = ""
    header_icon = "user"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.status = 200

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may_look(request.user):
            raise PermissionDenied
        self.person = person_or_404(kwargs["pk"])
        self.action = ACTIONS.get(kwargs["action"])
        if self.action is None:
            raise Http404
        try:
            access.require(request.user, self.person, self.action.permission)
            if not self.action.fits(self.person):
                messages.info(request, _("There is nothing to do: this has been done already."))
                return self._back()
            return super().dispatch(request, *args, **kwargs)
        except PermissionDenied as refusal:
            messages.error(request, str(refusal) or _("You may not do this."))
            return self._back()

    def get_form_class(self) -> type[forms.Form]:
        return self.action.form

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.request.user, "person": self.person}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.action.run(self.request.user, self.person, **form.cleaned_data)
        except AuthProblem as problem:
            form.add_error(None, explain(problem))
            self.status = wording.status_of(problem)
            return self.form_invalid(form)
        messages.success(self.request, self.action.done % {"name": self.person})
        return self._back()

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        response = self.render_to_response(self.get_context_data(form=form))
        response.status_code = self.status if self.status != 200 else 422
        if response.status_code in (429, 503):
            response.headers["Retry-After"] = "60"
        return response

    def get_page_title(self) -> str:
        return str(self.action.label)

    def get_page_subtitle(self) -> str:
        return str(self.person)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": _("Users")},
            {"url": self._address(), "label": str(self.person)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hands_over = self.action is ACTIONS["hand-over"]
        return super().get_context_data(**kwargs) | {
            "person": self.person,
            "action": self.action,
            "owned": hand_over.owned(self.person) if hands_over else None,
            "back_url": self._address(),
        }

    def _address(self) -> str:
        return reverse(self.inspect_url_name, args=[self.person.pk])

    def _back(self) -> HttpResponse:
        return redirect(self._address())


def explain(problem: AuthProblem) -> str | Promise:
    """Return what an administrator reads when the Auth server did not do what was asked."""
    if isinstance(problem, Unavailable):
        return _(
            "The sign-in service does not answer right now, so nothing has changed. "
            "Try again in a few minutes."
        )
    if isinstance(problem, Limited):
        return _("The sign-in service sends one mail a minute to an address. Wait, then try again.")
    if isinstance(problem, Refused) and problem.code == "user_not_found":
        return _("Supabase does not know this account any more. Synchronise it to close it here.")
    return _("The sign-in service refused this (%(code)s). Nothing has changed.") % {
        "code": getattr(problem, "code", "") or _("no reason given")
    }
