"""What somebody is responsible for on the website, and giving it to somebody else."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, WorkflowState

from accounts.people.hand_over import Owned
from home.models import PortalDocument, PortalImage

REVIEWS = "wagtailadmin_reports:workflow"


def owned(user: AbstractBaseUser) -> list[Owned]:
    """Return the pages, locks, reviews that run, and files of ``user``."""
    return [
        Owned(_("Pages"), _count(Page, owner=user), reverse("wagtailadmin_explore_root")),
        Owned(
            _("Locked pages"),
            _count(Page, locked_by=user),
            reverse("wagtailadmin_reports:locked_pages"),
        ),
        Owned(_("Pages sent for review"), _reviews(user).count(), reverse(REVIEWS)),
        Owned(
            _("Images"), _count(PortalImage, uploaded_by_user=user), reverse("wagtailimages:index")
        ),
        Owned(
            _("Documents"),
            _count(PortalDocument, uploaded_by_user=user),
            reverse("wagtaildocs:index"),
        ),
    ]


def hand_over(user: AbstractBaseUser, to: AbstractBaseUser) -> None:
    """Make ``to`` responsible in place of ``user``. Needs a transaction.

    Locks are taken off instead: ``to`` may not be an editor, and then nobody could.
    Reviews are the duty of groups in Wagtail; what is handed over is who waits for them.
    """
    Page.objects.filter(owner=user).update(owner=to)
    Page.objects.filter(locked_by=user).update(locked=False, locked_by=None, locked_at=None)
    _reviews(user).update(requested_by=to)
    for model in (PortalImage, PortalDocument):
        model.objects.filter(uploaded_by_user=user).update(uploaded_by_user=to)


def _count(model: type[Model], **which: AbstractBaseUser) -> int:
    return model._default_manager.filter(**which).count()


def _reviews(user: AbstractBaseUser) -> QuerySet[WorkflowState]:
    running = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
    return WorkflowState.objects.filter(requested_by=user, status__in=running)
