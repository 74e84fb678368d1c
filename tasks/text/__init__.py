"""What people write on tasks: Markdown that knows people and tasks by name."""

from tasks.text.rendering import Reader, mentioned, reference, render, render_many

__all__ = ["Reader", "mentioned", "reference", "render", "render_many"]
