"""How a change of many tasks is taken back: so many in one request, like the change itself."""

from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from tasks import services

STEP = 100  # tasks in one request
REASONS = 5  # that are told
SALT, VALID_FOR = "tasks.undo", 3600  # seconds


@dataclass(frozen=True)
class Undoing:
    """How far it has come; goes from request to request, signed."""

    change_id: str
    total: int
    after: str = ""  # the last task that was looked at; "" when it was the last of all
    seen: int = 0
    changed: int = 0
    refused: tuple[tuple[str, str], ...] = ()  # key and reason of the first few

    def signed(self) -> str:
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str) -> "Undoing":
        """Return what `signed` has given out. Raises BadRequest for anything else."""
        try:
            return cls(**signing.loads(token, salt=SALT, max_age=VALID_FOR))
        except (signing.BadSignature, TypeError) as error:
            raise BadRequest(_("This took too long. Press Undo again where it stood.")) from error


def begin(change_id: UUID, user: AbstractBaseUser) -> Undoing:
    rows = services.undoable(change_id, user).order_by().values("task")
    return Undoing(str(change_id), rows.distinct().count())


def go_on(undoing: Undoing, user: AbstractBaseUser) -> tuple[Undoing, services.Outcome]:
    """Take back the next STEP tasks. Raises Activity.DoesNotExist when there is no such change."""
    outcome = services.undo(
        change_id=UUID(undoing.change_id),
        user=user,
        after=UUID(undoing.after) if undoing.after else None,
        limit=STEP,
    )
    gone_on = replace(
        undoing,
        after=str(outcome.last or ""),
        seen=min(undoing.seen + STEP, undoing.total),
        changed=undoing.changed + len(outcome.changed),
        refused=(*undoing.refused, *outcome.refused.items())[:REASONS],
    )
    return gone_on, outcome
