from home.models.forms import RequestField, RequestFormPage
from home.models.media import PortalDocument, PortalImage, PortalRendition
from home.models.news import NewsIndexPage, NewsPage
from home.models.pages import HomePage, StandardPage
from home.models.settings import SiteSettings

__all__ = [
    "HomePage",
    "NewsIndexPage",
    "NewsPage",
    "PortalDocument",
    "PortalImage",
    "PortalRendition",
    "RequestField",
    "RequestFormPage",
    "SiteSettings",
    "StandardPage",
]
