"""People who have joined and belong to no project: somebody has to let them in."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.models import AuditEntry
from notifications.account_mails import EVERYBODYS, TEMPLATE, administrators
from notifications.outbox import enqueue
from tasks.models import Membership

LOOK_BACK = timedelta(days=7)
NAMES = 20  # in one mail
BATCH = 5000  # people reported at once; the next run takes the others
REPORTED = "newcomer.reported"


@transaction.atomic
def report() -> int:
    """Mail administrators who joined without a project, each person once; return how many.

    A project that everybody signed in may see does not count: nobody works in it that way.
    """
    people = list(waiting()[:BATCH])
    if not people:
        return 0
    entries = [audit.record(REPORTED, target=person.pk) for person in people]
    names = [str(person) for person in people[:NAMES]]
    if len(people) > NAMES:
        names.append(_("and %(n)d more") % {"n": len(people) - NAMES})
    happened = ngettext(
        "%(n)d person has joined and belongs to no project yet.",
        "%(n)d people have joined and belong to no project yet.",
        len(people),
    )
    enqueue(
        key=f"audit-{entries[0].pk}",
        template=TEMPLATE,
        to=administrators(),
        context={
            "title": _("Newcomers without a project"),
            "happened": happened % {"n": len(people)},
            "advice": _("They see nothing of the task board until somebody adds them."),
            "facts": [[_("Who"), name] for name in names],
            "url": settings.PUBLIC_URL + reverse("membership:add"),
            "label": _("Add them to a project"),
            "why": str(EVERYBODYS),
        },
    )
    return len(people)


def waiting() -> QuerySet:
    """Return the people of the last days whom nobody was told of."""
    recent = get_user_model().objects.filter(
        date_joined__gt=timezone.now() - LOOK_BACK,
        is_active=True,
        is_superuser=False,
        identity__email_confirmed_at__isnull=False,
        identity__deleted_at=None,
    )
    personal = Membership.objects.filter(user=OuterRef("pk"))
    by_group = Membership.objects.filter(group__user=OuterRef("pk"))
    told = AuditEntry.objects.filter(event=REPORTED, target_id=OuterRef("pk"))
    return recent.filter(~Exists(personal), ~Exists(by_group), ~Exists(told))
