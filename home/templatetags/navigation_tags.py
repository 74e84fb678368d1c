"""What every page shows of the site: its name, brand, menu and footer."""

from django import template
from django.http import HttpRequest
from wagtail.models import Site

from home.models import SiteSettings

register = template.Library()


@register.simple_tag(takes_context=True)
def site_settings(context: template.Context) -> SiteSettings:
    """Return the settings of the site that is being shown; one query a request."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        site = Site.objects.filter(is_default_site=True).first()
        return SiteSettings.for_site(site) if site else SiteSettings()
    return SiteSettings.for_request(request)


@register.filter
def is_current(href: str, path: str) -> bool:
    """Return whether a menu entry leads to the page shown or to one above it."""
    return bool(href) and href != "/" and "#" not in href and path.startswith(href)
