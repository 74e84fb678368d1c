"""Views of the site that are no pages: the brand's stylesheets."""

import colorsys

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from home.models import SiteSettings

# White text keeps 4.5:1 on these whatever the hue, up to this saturation.
PRIMARY_LIGHTNESS, SECONDARY_LIGHTNESS, MOST_SATURATED = 17, 25, 60  # percent


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Return the accent colour as CSS. Its address carries the colour, so it never goes stale."""
    accent = SiteSettings.for_request(request).accent
    response = HttpResponse(f":root {{ --ui-brand: {accent}; }}\n", content_type="text/css")
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response


@require_safe
def admin_brand_css(request: HttpRequest) -> HttpResponse:
    """Return the accent as the colours of the Wagtail admin: its hue, our lightness."""
    accent = SiteSettings.for_request(request).accent
    red, green, blue = (int(accent[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    saturation = min(round(saturation * 100), MOST_SATURATED)
    shades = {"primary": PRIMARY_LIGHTNESS, "secondary": SECONDARY_LIGHTNESS}
    colours = "".join(
        f"  --w-color-{name}-hue: {round(hue * 360)}; --w-color-{name}-saturation: {saturation}%;"
        f" --w-color-{name}-lightness: {lightness}%;\n"
        for name, lightness in shades.items()
    )
    fonts = '  --w-font-sans: system-ui, -apple-system, "Segoe UI", sans-serif;\n'
    response = HttpResponse(f":root {{\n{fonts}{colours}}}\n", content_type="text/css")
    patch_cache_control(response, private=True, max_age=300)
    return response
