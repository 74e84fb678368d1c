"""What an organisation sets for its whole site: name, logo, colour, menu, footer."""

from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Site

from home.link_blocks import FooterColumnBlock, LinkBlock
from portal.written import Written

DEFAULT_ACCENT = "#1f6b4a"


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    organisation = models.CharField(_("organisation"), max_length=60, default="Portal")
    legal_name = models.CharField(_("full name"), max_length=120, blank=True)
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail for help"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    urgent_note = models.CharField(
        _("urgent note"),
        max_length=120,
        blank=True,
        help_text=_(
            "Stands before the urgent number, like “Burst pipe, gas or fire alarm at night:”."
        ),
    )
    urgent_phone = models.CharField(_("urgent telephone"), max_length=40, blank=True)
    logo = models.ForeignKey(
        "home.PortalImage",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Square works best. Without one the leaf mark is shown."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default=DEFAULT_ACCENT,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Enter a colour like #1f6b4a."))],
        help_text=_("Any colour: the portal adjusts it so that text on it stays readable."),
    )
    navigation = StreamField(
        [("link", LinkBlock())], verbose_name=_("main menu"), blank=True, max_num=7
    )
    footer = StreamField(
        [("column", FooterColumnBlock())], verbose_name=_("footer columns"), blank=True, max_num=3
    )

    panels = [
        MultiFieldPanel(["organisation", "legal_name", "logo", "accent"], heading=_("Brand")),
        FieldPanel("navigation"),
        FieldPanel("footer"),
        MultiFieldPanel(
            ["address", "email", "phone", "urgent_note", "urgent_phone"], heading=_("Contact")
        ),
    ]

    class Meta:
        verbose_name = _("site settings")

    def __str__(self) -> str:
        return self.organisation

    @classmethod
    def for_request(cls, request: HttpRequest) -> Self:
        """Return the settings of the site that is being shown; asked once a request.

        A portal of one site, which answers to every name, is read together with them.
        """
        if not hasattr(request, cls.get_cache_attr_name()) and not hasattr(
            request, "_wagtail_site"
        ):
            for settings in _of_only_site():
                request._wagtail_site, settings._request = settings.site, request
                setattr(request, cls.get_cache_attr_name(), settings)
        return super().for_request(request)


def mail_brand() -> dict[str, Any]:
    """Return what e-mails show of the organisation: names, how to reach it, colour."""
    site = Site.objects.filter(is_default_site=True).first()
    brand = SiteSettings.for_site(site) if site else SiteSettings()
    return {
        "name": brand.organisation,
        "legal_name": brand.legal_name or brand.organisation,
        "address": brand.address,
        "email": brand.email,
        "phone": brand.phone,
        "colour": brand.accent,
    }


def _of_the_only_site() -> models.QuerySet[SiteSettings]:
    others = Site.objects.exclude(pk=OuterRef("site")).order_by()
    alone = SiteSettings.objects.select_related("site", "logo").filter(~Exists(others))
    return alone.filter(site__is_default_site=True)


_of_only_site = Written(_of_the_only_site)
