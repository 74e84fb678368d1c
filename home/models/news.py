"""News: a list of articles, newest first."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.search import index

from home.blocks import ArticleBlock
from home.form_editor import NewsPageForm
from home.models.base import PortalPage
from home.models.media import PortalImage
from home.page_tasks import projects_in_public

WORDS_A_MINUTE = 220


class NewsIndexPage(PortalPage):
    intro = models.TextField(_("introduction"), max_length=300, blank=True)

    PAGE_SIZE = 10

    content_panels: ClassVar = [*Page.content_panels, "intro"]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("intro")]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = ["home.NewsPage"]
    page_description = _("All articles, newest first.")

    class Meta:
        verbose_name = _("news list")

    def articles(self) -> PageQuerySet:
        """Return what everybody may read, newest first, with the pictures."""
        articles = NewsPage.objects.child_of(self).live().public()
        return articles.select_related("cover").order_by("-date", "-pk")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        articles = self.articles()
        if "after" in request.GET:
            articles = articles.filter(self._older_than(request.GET["after"]))
        batch = list(articles[: self.PAGE_SIZE + 1])
        return super().get_context(request, *args, **kwargs) | {
            "articles": batch[: self.PAGE_SIZE],
            "has_more": len(batch) > self.PAGE_SIZE,
        }

    def _older_than(self, public_id: str) -> Q:
        try:
            last = NewsPage.objects.child_of(self).get(public_id=uuid.UUID(public_id))
        except (ValueError, NewsPage.DoesNotExist) as error:
            raise Http404 from error
        return Q(date__lt=last.date) | Q(date=last.date, pk__lt=last.pk)


class NewsPage(PortalPage):
    date = models.DateField(_("date"), default=timezone.localdate)
    intro = models.TextField(
        _("introduction"), max_length=300, help_text=_("Stands in lists and above the article.")
    )
    author = models.CharField(_("author"), max_length=80, blank=True)
    author_role = models.CharField(
        _("author’s role"), max_length=80, blank=True, help_text=_("Like “treasurer”.")
    )
    cover = models.ForeignKey(
        "home.PortalImage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    cover_alt = models.CharField(
        _("alt text"),
        max_length=200,
        blank=True,
        help_text=_("What the picture shows. Empty: it is only decoration."),
    )
    cover_caption = models.CharField(_("caption"), max_length=200, blank=True)
    body = StreamField(ArticleBlock(), verbose_name=_("content"), blank=True)
    project = models.ForeignKey(
        "tasks.Project",
        verbose_name=_("project"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shows its progress beside the article, if everybody may see that."),
    )

    base_form_class = NewsPageForm
    content_panels: ClassVar = [
        *Page.content_panels,
        MultiFieldPanel(["date", "author", "author_role"], heading=_("Who and when")),
        FieldPanel("intro"),
        MultiFieldPanel(["cover", "cover_alt", "cover_caption"], heading=_("Picture")),
        FieldPanel("body"),
        FieldPanel("project"),
    ]
    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
        index.SearchField("author"),
        index.FilterField("date"),
    ]
    parent_page_types: ClassVar = ["home.NewsIndexPage"]
    subpage_types: ClassVar = []
    page_description = _("An article.")

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def share_image(self) -> PortalImage | None:
        return self.cover

    @property
    def minutes(self) -> int:
        """How long the article takes to read, in whole minutes, at least one."""
        words = " ".join([self.intro, *self.body.stream_block.get_searchable_content(self.body)])
        return max(1, round(len(words.split()) / WORDS_A_MINUTE))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        index_page = self.get_parent().specific
        others = index_page.articles().exclude(pk=self.pk)[:3] if index_page else []
        return super().get_context(request, *args, **kwargs) | {
            "projects": projects_in_public([self.project_id] if self.project_id else []),
            "others": others,
        }
