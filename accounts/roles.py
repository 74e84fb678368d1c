"""Rights by rule: what `app_metadata` says about an account becomes groups here.

The rules are the allow-list: a claim that no rule names gives nothing, and no rule makes a
superuser. A rule takes away only what a rule gave. A group that somebody has by hand is
never touched, and by hand means: they had it before any rule gave it to them.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Identity, RoleGrant, RoleRule, User
from accounts.signals import rules_applied

logger = logging.getLogger(__name__)
BATCH = 500  # people; each batch costs the same number of queries
LOOK_BACK = timedelta(hours=1)  # the job that watches the clock runs every few minutes
READ = ("user_id", "subject", "app_metadata", "banned_until", "deleted_at", "is_anonymous")
UserGroup = User.groups.through


@dataclass(frozen=True)
class Change:
    """One right that a person gains or loses by rule."""

    user_id: UUID
    gained: bool
    right: str  # for people: "Editors", "Member of Repairs"
    details: dict[str, Any] = field(hash=False)  # for the audit log: ids only


def claim_values(app_metadata: dict[str, Any], claim: str) -> list[str] | None:
    """Return the values of a claim: its text, or the texts of its list.

    ``claim`` is a key, with dots for nested ones. An absent claim has no values. Return
    None for a value of another type, such as a number or a mapping: it gives nothing.
    """
    value: Any = app_metadata
    for key in claim.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
        if value is None:
            return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    return None


def rules_for(identity: Identity, rules: Iterable[RoleRule]) -> list[RoleRule]:
    """Return those of ``rules`` that apply to an account; none while it may not enter."""
    if not identity.may_enter:
        return []
    found = []
    for rule in rules:
        values = claim_values(identity.app_metadata, rule.claim)
        if values is None:
            logger.warning("%s of %s is of no use to rules", rule.claim, identity.subject)
        elif rule.value in values:
            found.append(rule)
    return found


def apply(identity: Identity) -> list[Change]:
    """Bring one account's rights in line with the current rules and return what changed.

    Call it inside the transaction that changes the account, with its row locked.
    """
    return _bring_in_line([identity], RoleRule.objects.current().select_related("group"))


def apply_to(identities: QuerySet[Identity], leaving_out: RoleRule | None = None) -> list[Change]:
    """Bring many accounts in line, one transaction and a constant number of queries a batch.

    ``leaving_out`` is a rule that counts as gone. Wrapped in a transaction of the caller's,
    all of it commits or nothing does.
    """
    rules = [r for r in RoleRule.objects.current().select_related("group") if r != leaving_out]
    changes: list[Change] = []
    last = None
    while True:
        with transaction.atomic():
            batch = _next_batch(identities, last)
            changes += _bring_in_line(batch, rules)
        if len(batch) < BATCH:
            return changes
        last = batch[-1].pk


def _next_batch(identities: QuerySet[Identity], last: UUID | None) -> list[Identity]:
    """Return the next accounts by key, locked, so that no record is applied meanwhile."""
    rows = identities.filter(pk__gt=last) if last else identities
    # The condition may join; the lock must not.
    rows = Identity.objects.filter(pk__in=rows.values("pk")).order_by("pk")
    return list(rows.select_for_update().only(*READ)[:BATCH])


def _bring_in_line(identities: Iterable[Identity], rules: Iterable[RoleRule]) -> list[Change]:
    rules = list(rules)
    wanted = {identity.user_id: rules_for(identity, rules) for identity in identities}
    if not wanted:
        return []
    changes = _settle_groups(wanted)
    for _receiver, answer in rules_applied.send(sender=RoleRule, wanted=wanted):
        changes += answer
    record(changes)
    return changes


def record(changes: Iterable[Change]) -> None:
    """Write each gain and loss to the audit log."""
    audit.record_many(
        ("role.granted" if change.gained else "role.lost", change.user_id, change.details)
        for change in changes
    )


def _settle_groups(wanted: dict[UUID, list[RoleRule]]) -> list[Change]:
    """Give and take groups, and remember which of them came by rule."""
    grants = list(RoleGrant.objects.filter(user__in=wanted).select_related("group"))
    giving = {
        (user_id, rule.group_id): rule
        for user_id, rules in wanted.items()
        for rule in rules
        if rule.group_id
    }
    if not (grants or giving):
        return []
    given = {(grant.user_id, grant.group_id) for grant in grants}
    groups = {rule.group_id for rule in giving.values()} | {group for _user, group in given}
    held = {
        (row.user_id, row.group_id): row.pk
        for row in UserGroup.objects.filter(user__in=wanted, group__in=groups)
    }
    by_hand = held.keys() - given
    stale = _remember(wanted, grants, by_hand)
    gained = [pair for pair in giving if pair not in held]
    lost = {
        (grant.user_id, grant.group_id): grant
        for grant in stale
        if (grant.user_id, grant.group_id) in held.keys() - giving.keys()
    }
    UserGroup.objects.bulk_create(
        [UserGroup(user_id=user, group_id=group) for user, group in gained], ignore_conflicts=True
    )
    if lost:
        UserGroup.objects.filter(pk__in=[held[pair] for pair in lost]).delete()
    return [_group_change(pair, giving[pair], True) for pair in gained] + [
        _group_change(pair, grant, False) for pair, grant in lost.items()
    ]


def _remember(
    wanted: dict[UUID, list[RoleRule]], grants: list[RoleGrant], by_hand: set[tuple[UUID, int]]
) -> list[RoleGrant]:
    """Write who has which group by which rule; return the grants that are over."""
    due = {
        (user_id, rule.pk, rule.group_id)
        for user_id, rules in wanted.items()
        for rule in rules
        if rule.group_id and (user_id, rule.group_id) not in by_hand
    }
    known = {(grant.user_id, grant.rule_id, grant.group_id) for grant in grants}
    RoleGrant.objects.bulk_create(
        RoleGrant(user_id=user, rule_id=rule, group_id=group) for user, rule, group in due - known
    )
    stale = [g for g in grants if (g.user_id, g.rule_id, g.group_id) not in due]
    if stale:
        RoleGrant.objects.filter(pk__in=[grant.pk for grant in stale]).delete()
    return stale


def _group_change(pair: tuple[UUID, int], by: RoleRule | RoleGrant, gained: bool) -> Change:
    user_id, group_id = pair
    rule_id = by.pk if isinstance(by, RoleRule) else by.rule_id
    details = {"group": group_id, "rule": str(rule_id) if rule_id else None}
    return Change(user_id, gained, by.group.name, details)


def touched_by(*rules: RoleRule) -> QuerySet[Identity]:
    """Return the accounts that rules can concern: they have the claim, or a grant."""
    concerned = Q(user__role_grants__rule__in=[rule.pk for rule in rules])
    for key in {rule.claim.split(".")[0] for rule in rules}:
        concerned |= Q(app_metadata__has_key=key)
    return Identity.objects.filter(concerned)


def apply_all() -> None:
    """Bring every account in line. Heals what a direct change of a row or a race left over."""
    apply_to(Identity.objects.all())


def keep_time() -> None:
    """Take away what rules gave that have ended; give back to people whose ban has.

    Neither is announced by anything but the clock. What ended while no worker ran for
    longer than LOOK_BACK is found by `apply_all`.
    """
    now = timezone.now()
    ended = RoleRule.objects.filter(expires_at__range=(now - LOOK_BACK, now))
    over = Q(user__role_grants__rule__expires_at__lte=now)
    over |= Q(user__role_grants__isnull=False, user__role_grants__rule=None)
    over |= Q(banned_until__range=(now - LOOK_BACK, now))
    apply_to(Identity.objects.filter(Q(pk__in=touched_by(*ended).values("pk")) | over))


def rehearse(act: Callable[[], list[Change]]) -> list[Change]:
    """Return what ``act`` would change, and change nothing.

    It is done and rolled back, so the answer cannot differ from the deed.
    """
    with transaction.atomic():
        changes = act()
        transaction.set_rollback(True)
    return changes


def claims_in_use(limit: int = 12, accounts: int = 2000) -> Iterator[tuple[str, str, int]]:
    """Yield (claim, value, number of accounts) for what accounts have now, most used first.

    Looks at the ``accounts`` that were synchronised last, so the cost is bounded.
    """
    counts: dict[tuple[str, str], int] = {}
    rows = Identity.objects.filter(deleted_at=None).order_by("-last_synced_at")
    for metadata in rows.values_list("app_metadata", flat=True)[:accounts]:
        for claim in _claims(metadata):
            for value in set(claim_values(metadata, claim) or ()):
                counts[claim, value] = counts.get((claim, value), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    yield from ((claim, value, number) for (claim, value), number in ordered[:limit])


def _claims(metadata: dict[str, Any], prefix: str = "", depth: int = 3) -> Iterator[str]:
    for key, value in metadata.items():
        if isinstance(value, dict) and depth > 1:
            yield from _claims(value, f"{prefix}{key}.", depth - 1)
        else:
            yield f"{prefix}{key}"
