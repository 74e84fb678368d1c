"""The organisation's colour, on the site and in the admin."""

import colorsys
import re

import pytest
from django.urls import reverse

from home.models import SiteSettings


def test_it_serves_the_accent_for_good(client, site):
    SiteSettings.objects.update_or_create(site=site, defaults={"accent": "#7a3e9d"})
    response = client.get(reverse("home:brand-css"))
    assert "--ui-brand: #7a3e9d;" in response.content.decode()
    assert "immutable" in response["Cache-Control"]


def test_pages_name_the_colour_in_its_address(client, home, site):
    SiteSettings.objects.update_or_create(site=site, defaults={"accent": "#7a3e9d"})
    assert "/brand.css?7a3e9d" in client.get(home.url).content.decode()


@pytest.mark.parametrize("accent", ["#ffff00", "#000000", "#1f6b4a", "#ff00ff", "#ffffff"])
def test_the_admin_keeps_white_text_readable(client, site, accent):
    SiteSettings.objects.update_or_create(site=site, defaults={"accent": accent})
    css = client.get(reverse("home:admin-brand-css")).content.decode()
    hue, saturation = (
        int(re.search(rf"secondary-{n}: (\d+)", css)[1]) for n in ("hue", "saturation")
    )
    assert contrast_with_white(hue, saturation, lightness=25) >= 4.5


def contrast_with_white(hue, saturation, *, lightness):
    channels = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


def test_it_refuses_to_be_written(client, db):
    assert client.post(reverse("home:brand-css")).status_code == 405
