"""Links that editors put into menus, footers, cards and buttons."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

SCHEMES = ("/", "#", "https://", "http://", "mailto:", "tel:")


class LinkValue(blocks.StructValue):
    @property
    def href(self) -> str:
        """The address to link to; "" when its page has been deleted or unpublished."""
        page = self.get("page")
        if page is None:
            return self.get("address") or ""
        return page.url or "" if page.live else ""


class TargetBlock(blocks.StructBlock):
    """Where a link leads: a page of this site, or any address.

    ``optional=True`` allows neither. In a draft a half-finished link may be saved.
    """

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
        optional = False

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            self.validate(cleaned)
        return cleaned

    def validate(self, value: LinkValue) -> None:
        """Raise a validation error that stands at the part of the link to change."""
        page, address = value.get("page"), value.get("address") or ""
        if page and address:
            self.refuse("address", _t("Choose a page or enter an address, not both."))
        if not (page or address or self.meta.optional):
            self.refuse("address", _t("Choose a page or enter an address."))
        if address and not address.startswith(SCHEMES):
            self.refuse("address", _t("Begin with https://, / or #."))

    @staticmethod
    def refuse(part: str, message: str) -> None:
        raise blocks.StructBlockValidationError({part: ValidationError(message)})


class LinkBlock(TargetBlock):
    """A word and where it leads."""

    label = blocks.CharBlock(label=_("Text"), required=False, max_length=40)

    class Meta:
        icon = "link"
        value_class = LinkValue
        label = _("Link")
        label_format = "{label}"
        form_layout = ["label", "page", "address"]

    def validate(self, value: LinkValue) -> None:
        super().validate(value)
        leads = bool(value.get("page") or value.get("address"))
        if leads and not value.get("label"):
            self.refuse("label", _t("Say where the link leads, like “Report a repair”."))
        if value.get("label") and not leads:
            self.refuse("address", _t("Choose a page or enter an address."))


class FooterColumnBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=40)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), min_num=1, max_num=8)

    class Meta:
        icon = "list-ul"
        label = _("Column")
        label_format = "{heading}"
