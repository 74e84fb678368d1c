from home.models.media import PortalDocument, PortalImage, PortalRendition
from home.models.settings import SiteSettings

__all__ = ["PortalDocument", "PortalImage", "PortalRendition", "SiteSettings"]
