"""What every page of the site has."""

import uuid

from django.db import models
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from wagtail.models import Page

from home.models.media import PortalImage


class PortalPage(Page):
    """A page with an identity that may be shown outside, and what links to it show of it."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    exclude_fields_in_copy = ["public_id"]

    class Meta:
        abstract = True

    @property
    def summary(self) -> str:
        """One or two sentences for search results and shared links; may be empty."""
        return self.search_description or strip_tags(getattr(self, "intro", ""))

    @property
    def share_image(self) -> PortalImage | None:
        """The picture that stands beside a shared link."""
        return None

    @cached_property
    def trail(self) -> list[Page]:
        """The pages above this one, from the home page down. One query."""
        # The first one is Wagtail's invisible root.
        return list(self.get_ancestors().live().defer_streamfields())[1:]
