"""Links that editors put into menus, footers and buttons."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class LinkValue(blocks.StructValue):
    @property
    def href(self) -> str:
        """The address to link to; "" when its page has been deleted or unpublished."""
        page = self.get("page")
        if page is None:
            return self.get("address") or ""
        return page.url or "" if page.live else ""


class LinkBlock(blocks.StructBlock):
    """A word and where it leads: a page of this site, or any address."""

    label = blocks.CharBlock(label=_("Text"), max_length=40)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.CharBlock(
        label=_("Or an address"),
        required=False,
        max_length=500,
        help_text=_("Like https://example.org/ or /living-here/#questions"),
    )

    class Meta:
        icon = "link"
        value_class = LinkValue
        label = _("Link")
        label_format = "{label}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned.get("address", "")
        if bool(cleaned.get("page")) == bool(address):
            raise blocks.StructBlockValidationError(
                {"address": ValidationError(_t("Choose a page or enter an address, not both."))}
            )
        if address and not address.startswith(("/", "#", "https://", "http://", "mailto:", "tel:")):
            raise blocks.StructBlockValidationError(
                {"address": ValidationError(_t("Begin with https://, / or #."))}
            )
        return cleaned


class FooterColumnBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=40)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), min_num=1, max_num=8)

    class Meta:
        icon = "list-ul"
        label = _("Column")
        label_format = "{heading}"
