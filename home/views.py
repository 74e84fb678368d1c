"""Views of the site that are no pages: the brand's stylesheet."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from home.models import SiteSettings


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Return the accent colour as CSS. Its address carries the colour, so it never goes stale."""
    accent = SiteSettings.for_request(request).accent
    response = HttpResponse(f":root {{ --ui-brand: {accent}; }}\n", content_type="text/css")
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response
