"""Small steps of a task, ticked one by one."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from tasks.models.activity import write_event
from tasks.models.task import Task
from tasks.models.versioned import Versioned

GAP = 1_024.0


class ChecklistItem(Versioned):
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="checklist")
    text = models.CharField(_("item"), max_length=300)
    is_done = models.BooleanField(default=False)
    position = models.FloatField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    became = ""  # the key of the task that takes its place, while it is deleted for that

    class Meta:
        ordering = ["position", "created_at"]
        indexes = [models.Index(fields=["task", "position"], name="tasks_checklist_of")]

    def __str__(self) -> str:
        return self.text

    def save(self, **kwargs: Any) -> None:
        """Save, keep the task's "5 of 8", and say in its history what was ticked or written."""
        with transaction.atomic():
            before = self._before()
            if self.position is None:
                last = self.task.checklist.order_by("-position").first()
                self.position = (last.position if last else 0) + GAP
            super().save(**kwargs)
            self._count(before)
            self._tell(before)

    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            before = self._before()
            result = super().delete(**kwargs)
            if before:
                steps = {"checklist_count": -1, "checklist_done": -int(before.is_done)}
                Task.everything.filter(pk=self.task_id).count_by(**steps)
                became = {"became": self.became} if self.became else None
                write_event(self.task, "checklist", old=before.text, raw=(before.kept, became))
        return result

    @property
    def kept(self) -> dict[str, Any]:
        """Return the row as JSON that `undo` can put back."""
        return {
            "id": str(self.pk),
            "text": self.text,
            "is_done": self.is_done,
            "position": self.position,
        }

    def _before(self) -> "ChecklistItem | None":
        """Lock the task, so that its items change one at a time, and return this one's row."""
        Task.everything.lock(self.task_id)
        return ChecklistItem.objects.filter(pk=self.pk).first()

    def _count(self, before: "ChecklistItem | None") -> None:
        added, done = int(before is None), int(self.is_done) - int(bool(before and before.is_done))
        if added or done:
            row = Task.everything.filter(pk=self.task_id)
            row.count_by(checklist_count=added, checklist_done=done)

    def _tell(self, before: "ChecklistItem | None") -> None:
        if before is None:
            write_event(self.task, "checklist", new=self.text)
        elif before.text != self.text:
            write_event(self.task, "checklist", old=before.text, new=self.text)
        if bool(before and before.is_done) != self.is_done:
            write_event(self.task, "checked", **{"new" if self.is_done else "old": self.text})
