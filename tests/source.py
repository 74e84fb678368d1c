"""What the rules of tests/test_architecture.py look at: our files and what they import."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("portal", "accounts", "notifications", "tasks", "home")  # from the ground up
OURS = {*FLOORS, "scripts", "tests", "bench"}


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of the repository, and those that git would add, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listed.stdout.splitlines() if listed.returncode == 0 else walked()
    return tuple(sorted(Path(name) for name in names if (ROOT / name).is_file()))


def walked() -> list[str]:
    """Return the files without git's help: an unpacked archive has no repository."""
    skipped = {".venv", ".git", "var", "staticfiles", "__pycache__", ".pytest_cache", ".ruff_cache"}
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return [str(path) for path in paths if not skipped & set(path.parts)]


def python_files(*folders: str) -> list[Path]:
    """Return our Python files below ``folders``, migrations left out."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and path.parts[0] in folders and "migrations" not in path.parts
    ]


def templates() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".html" and path.parts[0] != "tests"]


def is_mail(template: Path) -> bool:
    """Say whether the template is an e-mail: mail programs know neither classes nor our CSP."""
    return "mail" in str(template.parent)


def read(path: Path) -> str:
    return (ROOT / path).read_text()


def tree(path: Path) -> ast.Module:
    return ast.parse(read(path))


def imported(module: ast.AST, package: str = "") -> Iterator[str]:
    """Yield the dotted names that ``module`` imports, `a.b.c` for `from a.b import c`.

    ``package`` is where relative imports start, such as `tasks.views`.
    """
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(start if node.level else []), *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imports(path: Path) -> list[str]:
    """Return what one of our files imports."""
    return list(imported(tree(path), ".".join(path.parent.parts)))


def packages(names: list[str]) -> set[str]:
    """Return the top-level packages among dotted names."""
    return {name.split(".")[0] for name in names}


def hidden_imports(module: ast.Module) -> list[str]:
    """Return what is imported inside functions, `ready()` of an AppConfig left out."""
    functions = (
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "ready"
    )
    return [name for function in functions for name in imported(function)]


def environment_reads(module: ast.Module) -> set[str]:
    """Return the variables read through portal.env, os.environ or os.getenv, by literal name."""
    found = set()
    for node in ast.walk(module):
        argument = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner, name = ast.unparse(node.func.value), node.func.attr
            if owner in ("env", "os.environ") or (owner, name) == ("os", "getenv"):
                argument = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            argument = node.slice
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            found.add(argument.value)
    return found


def long_functions(module: ast.Module, limit: int) -> list[str]:
    return [
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > limit
    ]
