"""What the website and Wagtail's admin know of a person."""

import re
from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import (
    APIToken,
    Comment,
    CommentReply,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageSubscription,
    UploadedFile,
)
from wagtail.users.models import UserProfile

from accounts.personal_data import FORMER_MEMBER, Holding, Part, Rows, delete_on_commit
from home.models import PortalDocument, PortalImage

LEADS_ON = "stays, and leads to “Former member”"
OWN_PAGES = Holding(("owner", "locked_by"), "pages.json", f"{LEADS_ON}; their locks are taken off")
UNUSED = Holding(("uploaded_by_user",), "- the portal has its own model instead", LEADS_ON)
HOLDINGS = {
    "wagtailcore.Page": OWN_PAGES,
    "home.HomePage": OWN_PAGES,
    "home.StandardPage": OWN_PAGES,
    "home.NewsIndexPage": OWN_PAGES,
    "home.NewsPage": Holding(
        ("owner", "locked_by", "author"),
        "pages.json",
        f"{LEADS_ON}; the author named above an article is part of what was published",
    ),
    "home.RequestFormPage": OWN_PAGES,
    "home.PortalImage": Holding(("uploaded_by_user",), "library.json", LEADS_ON),
    "home.PortalDocument": Holding(("uploaded_by_user",), "library.json", LEADS_ON),
    "home.SiteSettings": Holding(("email",), "- the organisation's address", "stays"),
    "wagtailimages.Image": UNUSED,
    "wagtaildocs.Document": UNUSED,
    "wagtailcore.UploadedFile": Holding(
        ("uploaded_by_user",), "- half-finished uploads", "deleted with the file"
    ),
    "wagtailcore.Revision": Holding(("user",), "- the pages are in pages.json", LEADS_ON),
    "wagtailcore.PageLogEntry": Holding(("user",), "page-changes.json", LEADS_ON),
    "wagtailcore.ModelLogEntry": Holding(
        ("user", "label"), "- what was changed is in the other files", "their name is taken out"
    ),
    "wagtailcore.Comment": Holding(("user", "resolved_by"), "page-comments.json", LEADS_ON),
    "wagtailcore.CommentReply": Holding(("user",), "page-comments.json", LEADS_ON),
    "wagtailcore.WorkflowState": Holding(("requested_by",), "- a step of a page", LEADS_ON),
    "wagtailcore.TaskState": Holding(("finished_by",), "- a step of a page", LEADS_ON),
    "wagtailcore.PageSubscription": Holding(("user",), "- follows from the pages", "deleted"),
    "wagtailcore.APIToken": Holding(("user", "name"), "- a key", "deleted"),
    "wagtailadmin.EditingSession": Holding(("user",), "- minutes old", "deleted"),
    "wagtailadmin.FormState": Holding(("user", "data"), "- unsaved forms", "deleted"),
    "wagtailusers.UserProfile": Holding(
        ("user", "avatar"), "- settings of the editing area", "deleted with the picture"
    ),
}


def export(user: AbstractBaseUser) -> Iterator[Part]:
    pages = Page.objects.filter(owner=user).order_by("path")
    names = ("title", "url_path", "live", "first_published_at", "latest_revision_created_at")
    yield Rows("pages.json", pages.values(*names).iterator())
    changes = PageLogEntry.objects.filter(user=user).order_by("timestamp")
    yield Rows("page-changes.json", changes.values("timestamp", "action", "label").iterator())
    comments = Comment.objects.filter(user=user).values("created_at", "page__title", "text")
    replies = CommentReply.objects.filter(user=user)
    replies = replies.values("created_at", "comment__page__title", "text")
    yield Rows("page-comments.json", [*comments, *replies])
    pictures = PortalImage.objects.filter(uploaded_by_user=user).values("title", "created_at")
    documents = PortalDocument.objects.filter(uploaded_by_user=user).values("title", "created_at")
    yield Rows("library.json", [*pictures, *documents])


def erase(user: AbstractBaseUser) -> None:
    for profile in UserProfile.objects.filter(user=user):
        delete_on_commit(profile.avatar)
        profile.delete()
    for upload in UploadedFile.objects.filter(uploaded_by_user=user):
        delete_on_commit(upload.file)
        upload.delete()
    for model in (APIToken, EditingSession, FormState, PageSubscription):
        model.objects.filter(user=user).delete()
    locked = Page.objects.filter(locked_by=user)
    locked.update(locked=False, locked_by=None, locked_at=None)
    _erase_log(user)


def _erase_log(user: AbstractBaseUser) -> None:
    """Take their name out of the labels of Wagtail's log: a person, "Comment by …", "… in …"."""
    about = Q(content_type=ContentType.objects.get_for_model(user), object_id=str(user.pk))
    ModelLogEntry.objects.filter(about).update(label=FORMER_MEMBER, data={})
    name = user.get_full_name()
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for entry in ModelLogEntry.objects.filter(label__contains=name):
        label = whole.sub(FORMER_MEMBER, entry.label)
        ModelLogEntry.objects.filter(pk=entry.pk).update(label=label)
