"""Where static and private files live."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed static files whose ES-module imports are rewritten as well.

    Without the switch Django leaves `import "./x.js"` unhashed, and browsers keep the
    old module after a release.
    """

    support_js_module_import_aggregation = True


def private_storage() -> FileSystemStorage:
    """Return the storage of files that only a permission-checked view may serve.

    It has no URL on purpose: `.url` raises instead of leaking an address.
    """
    return FileSystemStorage(location=settings.PRIVATE_MEDIA_ROOT, base_url=None)
