"""The home page and plain pages."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.blocks import BodyBlock, HomeBodyBlock
from home.models.base import PortalPage
from home.models.media import PortalImage

SITE_PAGES = ["home.StandardPage", "home.NewsIndexPage", "home.RequestFormPage"]


class HomePage(PortalPage):
    body = StreamField(HomeBodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [*Page.content_panels, "body"]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("body")]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = SITE_PAGES
    page_description = _("The front door of a site.")

    class Meta:
        verbose_name = _("home page")

    @property
    def opening(self) -> dict | None:
        """The hero's parts: it holds the headline. None until an editor has added one."""
        return self.body[0].value if self.body and self.body[0].block_type == "hero" else None

    @property
    def summary(self) -> str:
        return self.search_description or (self.opening["text"] if self.opening else "")

    @property
    def share_image(self) -> PortalImage | None:
        return self.opening["image"] if self.opening else None


class StandardPage(PortalPage):
    intro = models.TextField(
        _("introduction"),
        max_length=300,
        blank=True,
        help_text=_("Two sentences that say what people find here."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [*Page.content_panels, "intro", "body"]
    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]
    parent_page_types: ClassVar = ["home.HomePage", "home.StandardPage"]
    subpage_types: ClassVar = ["home.StandardPage", "home.RequestFormPage"]
    page_description = _("A page made of blocks, like “Living here”.")

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
