"""The Wagtail admin takes our colour; its design stays Wagtail's."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def brand_colours() -> SafeString:
    return format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        [(reverse("home:admin-brand-css"),), (static("portal/admin.css"),)],
    )
