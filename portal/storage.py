"""Where static and private files live."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed static files; the imports of our ES modules are rewritten as well.

    Otherwise `import "./x.js"` stays unhashed, and browsers keep the old module after a
    release. Django's own switch for this rewrites the scripts of packages too, and stops at
    one of django-htmx's extensions that looks like a module and is none.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "portal/js/*.js",
            CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
        ),
    )


class PrivateStorage(FileSystemStorage):
    """Files that only a permission-checked view may serve: they have no address."""

    def __init__(self) -> None:
        super().__init__(location=settings.PRIVATE_MEDIA_ROOT)

    def url(self, name: str | None) -> str:
        raise NotImplementedError("A private file has no address of its own.")


def private_storage() -> PrivateStorage:
    """Return the private storage; for `FileField(storage=…)`, which calls it late."""
    return PrivateStorage()
