"""Sessions in the database, as Django keeps them: `settings.SESSION_ENGINE`."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db.models.functions import Now

from portal.written import Written


class SessionStore(db.SessionStore):
    """Reads a session with a query that is written once: every page of a member asks it."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found = _session(key=self.session_key)
        if not found:
            self._session_key = None
        return found[0] if found else None


_session = Written(
    lambda key: SessionStore.get_model_class().objects.filter(
        session_key=key, expire_date__gt=Now()
    )
)
