"""Role rules in the Wagtail admin: nothing is saved before who gains or loses what was shown."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView
from wagtail.admin.views.generic.models import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateTimeInput

from accounts import audit, roles
from accounts.menu import PEOPLE_MENU
from accounts.models import RoleGrant, RoleRule
from accounts.people.access import groups_to_give
from tasks import permissions
from tasks.models import Membership, Project, ProjectRole
from tasks.people import project_roles

SHOWN_PEOPLE = 50
STEPS = ("confirm", "back", "understood", "csrfmiddlewaretoken")


# What may be given -----------------------------------------------------------------------------
def projects_to_give(user: AbstractBaseUser) -> QuerySet[Project]:
    """Return the projects in which ``user`` may give roles: those they manage."""
    return permissions.projects_where(user, permissions.MANAGE)


def require_reach(user: AbstractBaseUser, rule: RoleRule) -> None:
    """Raise PermissionDenied for a rule that gives what ``user`` could not give themselves."""
    if user.is_superuser:
        return
    given = {role.project_id for role in rule.project_roles.all()}
    reach = projects_to_give(user).filter(pk__in=given).count() == len(given)
    if rule.group and not groups_to_give(user).filter(pk=rule.group_id).exists():
        reach = False
    if not reach:
        raise PermissionDenied(
            _("This rule gives rights that you do not have yourself. Ask an administrator.")
        )


def is_powerful(group: Group | None) -> bool:
    """Whether the group lets people manage accounts, groups or these rules."""
    if group is None:
        return False
    manage = Q(content_type__app_label__in=("accounts", "auth"))
    looking = Q(codename__startswith="view_")
    return Permission.objects.filter(manage & ~looking, group=group).exists()


# What saving and deleting do ---------------------------------------------------------------------
def save(rule_id: UUID, removed: Iterable[ProjectRole], write: Callable[[], RoleRule]) -> list:
    """Save a rule with ``write`` and bring everybody in line; return the changes. Atomic."""
    with transaction.atomic():
        before = RoleRule.objects.filter(pk=rule_id).first()
        changes = project_roles.withdraw(removed)
        rule = write()
        event = "role-rule.changed" if before else "role-rule.created"
        _record(event, rule)
        changes += roles.apply_to(roles.touched_by(*filter(None, (before, rule))))
    return _net(changes)


def delete(rule: RoleRule, write: Callable[[], None]) -> list[roles.Change]:
    """Take away what a rule gave, then delete it with ``write``; return the changes. Atomic."""
    with transaction.atomic():
        changes = roles.apply_to(roles.touched_by(rule), leaving_out=rule)
        changes += project_roles.withdraw(rule.project_roles.all())
        _record("role-rule.deleted", rule)
        write()
    return changes


def _record(event: str, rule: RoleRule) -> None:
    audit.record(
        event,
        rule=str(rule.pk),
        claim=rule.claim,
        value=rule.value,
        group=rule.group_id,
        projects={str(role.project_id): role.role for role in rule.project_roles.all()},
        expires_at=rule.expires_at.isoformat() if rule.expires_at else None,
    )


def _net(changes: list[roles.Change]) -> list[roles.Change]:
    """Leave out what somebody loses by one line of the rule and gains by another."""
    balance: Counter = Counter()
    for change in changes:
        balance[change.user_id, change.right] += 1 if change.gained else -1
    return [change for change in changes if balance[change.user_id, change.right]]


# The form ----------------------------------------------------------------------------------------
class ClaimsPanel(HelpPanel):
    """Which claims and values accounts have now, to choose from."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            claims = list(roles.claims_in_use())
            return super().get_context_data(parent_context) | {"claims": claims}


class RoleRuleForm(WagtailAdminModelForm):
    """Offers only what the person who fills it in may give."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups_to_give(self.for_user).order_by("name")
        self.fields["group"].empty_label = _("No group")
        projects = projects_to_give(self.for_user)

        class OfferedRoleForm(self.formsets["project_roles"].form):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                present = Project.objects.filter(pk=self.instance.project_id)  # or archived since
                self.fields["project"].queryset = projects | present

        self.formsets["project_roles"].form = OfferedRoleForm

    def clean_value(self) -> str:
        return self.cleaned_data["value"].strip()

    def clean_expires_at(self) -> Any:
        moment = self.cleaned_data["expires_at"]
        if moment and moment <= timezone.now() and "expires_at" in self.changed_data:
            raise ValidationError(_("This moment has passed. Choose a later one, or none."))
        return moment

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if valid and not (self.cleaned_data["group"] or self.kept_roles()):
            self.add_error("group", _("Choose a group, or add a role in a project below."))
            return False
        return valid

    def kept_roles(self) -> list[Any]:
        formset = self.formsets["project_roles"]
        gone = formset.deleted_forms
        return [form for form in formset.forms if form not in gone and form.cleaned_data]

    def removed_roles(self) -> list[ProjectRole]:
        gone = self.formsets["project_roles"].deleted_forms
        return [form.instance for form in gone if not form.instance._state.adding]


PANELS = [
    FieldRowPanel([FieldPanel("claim"), FieldPanel("value")]),
    ClaimsPanel(template="tasks/admin/_claims.html"),
    FieldPanel("group"),
    InlinePanel(
        "project_roles",
        heading=gettext_lazy("Roles in projects"),
        label=gettext_lazy("role in a project"),
        panels=[FieldRowPanel([FieldPanel("project"), FieldPanel("role")])],
        max_num=50,
    ),
    FieldPanel("expires_at", widget=AdminDateTimeInput),
    FieldPanel("note"),
]


# The step between form and save ----------------------------------------------------------------
def shown(changes: list[roles.Change]) -> dict[str, Any]:
    """Return what the table shows: the first people by name, and exact counts."""
    by_person: dict[UUID, tuple[list[str], list[str]]] = {}
    for change in changes:
        gains, losses = by_person.setdefault(change.user_id, ([], []))
        (gains if change.gained else losses).append(change.right)
    people = get_user_model().objects.filter(pk__in=by_person).order_by("display_name", "email")
    rows = [(person, *by_person[person.pk]) for person in people[:SHOWN_PEOPLE]]
    return {
        "rows": rows,
        "gaining": sum(bool(gains) for gains, _losses in by_person.values()),
        "losing": sum(bool(losses) for _gains, losses in by_person.values()),
        "more": len(by_person) - len(rows),
    }


class Previewed:
    """A form whose data is shown as gains and losses, sent again, and only then saved."""

    def form_valid(self, form: RoleRuleForm) -> HttpResponse:
        self.form = form
        if "back" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        powerful = is_powerful(form.cleaned_data["group"])
        agreed = "understood" in self.request.POST or not powerful
        if "confirm" in self.request.POST and agreed:
            return super().form_valid(form)
        changes = roles.rehearse(self.write)
        context = {
            "rule": form.instance,
            "powerful": powerful,
            "missed": "confirm" in self.request.POST,
            "typed": typed(self.request),
            "action_url": self.request.path,
        }
        status = 422 if context["missed"] else 200
        return self.preview(context | shown(changes), status)

    def preview(self, context: dict[str, Any], status: int) -> HttpResponse:
        names = ("breadcrumbs_items", "header_title", "header_icon")
        header = self.get_context_data(form=self.form)
        context |= {name: header.get(name) for name in names}
        return render(self.request, "tasks/admin/role_rule_preview.html", context, status=status)

    def write(self) -> list[roles.Change]:
        save_instance = super().save_instance
        return save(self.form.instance.pk, self.form.removed_roles(), save_instance)

    def save_instance(self) -> RoleRule:
        self.write()
        return self.form.instance

    def form_invalid(self, form: RoleRuleForm) -> HttpResponse:
        answer = super().form_invalid(form)
        answer.status_code = 422
        return answer


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the form holds, to be sent once more."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in STEPS
        for value in values
    ]


class WithinReach:
    """Rules that give more than the person has themselves are not theirs to touch."""

    def get_object(self, queryset: QuerySet | None = None) -> RoleRule:
        rule = super().get_object(queryset)
        require_reach(self.request.user, rule)
        return rule


class RoleRuleCreateView(Previewed, CreateView):
    submit_button_label = gettext_lazy("Who gains or loses what?")


class RoleRuleEditView(Previewed, WithinReach, EditView):
    submit_button_label = gettext_lazy("Who gains or loses what?")


class RoleRuleDeleteView(WithinReach, DeleteView):
    template_name = "tasks/admin/role_rule_delete.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = roles.rehearse(lambda: delete(self.object, lambda: None))
        return super().get_context_data(**kwargs) | shown(changes)

    def delete_action(self) -> None:
        delete(self.object, super().delete_action)


class RoleRuleIndexView(IndexView):
    def get_base_queryset(self) -> QuerySet[RoleRule]:
        rules = super().get_base_queryset().select_related("group")
        people = Greatest(
            _people(RoleGrant.objects.all(), "rule"),
            _people(Membership.objects.all(), "granted_by__rule"),
        )
        return rules.prefetch_related("project_roles__project").annotate(holders=people)


def _people(rows: QuerySet, rule: str) -> Coalesce:
    counted = rows.filter(**{rule: OuterRef("pk")}).order_by().values(rule)
    return Coalesce(Subquery(counted.annotate(n=Count("user", distinct=True)).values("n")), 0)


def what_it_gives(rule: RoleRule) -> str:
    group = [rule.group.name] if rule.group else []
    return ", ".join(group + [str(role) for role in rule.project_roles.all()]) or "–"


def end_of(rule: RoleRule) -> str:
    """Return when a rule ends, in figures: Wagtail's own words are for what has happened."""
    if not rule.expires_at:
        return "–"
    moment = f"{timezone.localtime(rule.expires_at):%Y-%m-%d %H:%M}"
    return moment if rule.expires_at > timezone.now() else _("%(when)s, over") % {"when": moment}


class RoleRuleViewSet(ModelViewSet):
    model = RoleRule
    name = "role-rules"
    url_prefix = "people/role-rules"
    icon = "key"
    menu_label = gettext_lazy("Role rules")
    menu_hook = PEOPLE_MENU
    menu_order = 30
    add_to_reference_index = False
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["claim", "value", "note", "group__name"]
    list_filter = ["group", "claim"]
    list_per_page = 50
    index_view_class = RoleRuleIndexView
    add_view_class = RoleRuleCreateView
    edit_view_class = RoleRuleEditView
    delete_view_class = RoleRuleDeleteView
    edit_handler = ObjectList(PANELS, base_form_class=RoleRuleForm)

    @property
    def list_display(self) -> list[Column]:
        return [
            TitleColumn(
                "__str__",
                label=gettext_lazy("Claim and value"),
                url_name=self.get_url_name("edit"),
                sort_key="claim",
            ),
            Column("gives", label=gettext_lazy("Gives"), accessor=what_it_gives),
            Column("holders", label=gettext_lazy("People")),
            Column(
                "expires_at", label=gettext_lazy("Ends"), accessor=end_of, sort_key="expires_at"
            ),
            Column("note", label=gettext_lazy("Note")),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_common_view_kwargs(**kwargs), "usage_url_name": None}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [each for each in super().get_urlpatterns() if each.name != "usage"]
