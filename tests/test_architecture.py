"""The rules of the house, run. Each rule has a control: an example that it must refuse."""

import ast
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from dotenv import dotenv_values

from tests import source

FROM_FLOOR = {floor: set(source.FLOORS[: i + 1]) for i, floor in enumerate(source.FLOORS)}
FROM_FLOOR["home"] -= {"tasks"}
FROM_FLOOR["scripts"] = {"scripts"}
# home reaches into tasks from these modules only.
TASKS_IN_HOME = {Path("home/blocks.py"), Path("home/requests.py"), Path("home/page_tasks.py")}
ONLY_IN = {
    "supabase": ("accounts/supabase/auth.py", "accounts/supabase/admin.py"),
    "supabase_auth": ("accounts/supabase/auth.py", "accounts/supabase/admin.py"),
    "jwt": (
        "accounts/tokens.py",
        "accounts/doctor/probe.py",
        "accounts/supabase/",
        "accounts/emulator/",
    ),
}
# Inside a floor: folder -> the packages above it, which it may not import.
PAGES = "views forms lists board detail projects my_work quick_add admin"
BENEATH = {
    "tasks/services": {f"tasks.{name}" for name in PAGES.split()},
    "tasks/models": {f"tasks.{name}" for name in f"{PAGES} services search text".split()},
    "accounts/sessions": {"accounts.entry", "accounts.forms", "accounts.views"},
}
REQUIRED = """
manage.py portal home accounts notifications tasks templates static media tests bench docs
requirements.txt run-dev.sh run-tests.sh README.md .env.example CHANGELOG.md pyproject.toml
"""
# Variables that no file can set for us, with the reason.
NOT_IN_EXAMPLE = {
    "DJANGO_SETTINGS_MODULE": "fixed by the entry points",
    "WEB_CONCURRENCY": "gunicorn reads it before the portal reads .env",
}
LONG_FILES: dict[str, str] = {}  # path -> why it may be over 400 lines
LONG_FUNCTIONS = {  # path::name -> why it may be over 50 lines
    "home/demo/texts.py::home_body": "a page's content, one literal",
    "home/demo/texts.py::living_body": "a page's content, one literal",
    "tests/browser/test_main_job.py::test_a_request_becomes_a_finished_task": "one story",
    "tests/browser/test_main_job.py::test_a_newcomer_registers_and_comes_back": "one story",
}
LONG_TEMPLATES: dict[str, str] = {}  # path -> why it may be over 100 lines

ASSET = re.compile(
    r"<(?:script|link|img|source|iframe|video|audio|use|object|embed)\b[^>]*"
    r"(?:src|srcset|href|data)\s*=\s*[\"']?\s*(?:https?:)?//",
    re.IGNORECASE,
)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:"
    r"|<script\b(?![^>]*\b(?:src\s*=|type\s*=\s*[\"']application/json))",
    re.IGNORECASE,
)
REMOTE_IN_CODE = re.compile(
    r"(?:@import|url\(|from|import|fetch\()\s*[\"'(]*\s*(?:https?:)?//", re.IGNORECASE
)
STATIC_TAG = re.compile(r"{%\s*static\s+[\"']([^\"']+)[\"']")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
UNDERHAND = re.compile(r"\bTask\.objects\b[^\n]*\.(?:update|bulk_create|bulk_update)\(")

CODE = source.python_files(*source.FLOORS, "scripts")
TEMPLATES = source.templates()


def forbidden_floors(path: Path, names: list[str]) -> set[str]:
    allowed = FROM_FLOOR[path.parts[0]] | ({"tasks"} if path in TASKS_IN_HOME else set())
    return source.packages(names) & source.OURS - allowed


def test_imports_point_down():
    found = {path: forbidden_floors(path, source.imports(path)) for path in CODE}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("portal/views.py", "import accounts"),
        ("accounts/views.py", "from tasks.models import Task"),
        ("notifications/outbox.py", "from tasks import services"),
        ("tasks/services.py", "import home.models"),
        ("home/views.py", "from tasks.models import Task"),
        ("home/models/pages.py", "from ...tasks import models"),
        ("tasks/views/work.py", "from tests import factories"),
    ],
)
def test_the_import_rule_refuses(path, line):
    names = list(source.imported(ast.parse(line), ".".join(Path("root", path).parent.parts)))
    assert forbidden_floors(Path(path), [name.removeprefix("root.") for name in names])


@pytest.mark.parametrize("path", sorted(TASKS_IN_HOME), ids=str)
def test_the_import_rule_lets_home_reach_into_tasks_where_agreed(path):
    assert not forbidden_floors(path, ["tasks.services"])


def above(path: Path, names: list[str]) -> set[str]:
    """Return the packages among ``names`` that stand above the folder of this module."""
    packages = {".".join(name.split(".")[:2]) for name in names}
    return packages & BENEATH.get("/".join(path.parts[:2]), set())


def test_services_models_and_sessions_know_nothing_of_pages():
    assert {str(path.parent) for path in CODE} >= BENEATH.keys()
    found = {path: above(path, source.imports(path)) for path in CODE}
    assert {path: names for path, names in found.items() if names} == {}


def test_the_rule_about_pages_refuses():
    names = ["tasks.forms.fields.DueField", "tasks.models.Task"]
    assert above(Path("tasks/services/work.py"), names) == {"tasks.forms"}


def test_imports_stand_at_the_top():
    found = {path: source.packages(source.hidden_imports(source.tree(path))) for path in CODE}
    assert {path: names for path, names in found.items() if names & source.OURS} == {}


def test_the_rule_about_hidden_imports_refuses():
    module = ast.parse("def view():\n    from tasks import services\n")
    assert source.hidden_imports(module) == ["tasks.services"]


def out_of_place(path: Path, names: list[str]) -> set[str]:
    """Return the packages among ``names`` that this module may not import."""
    guarded = source.packages(names) & ONLY_IN.keys()
    return {package for package in guarded if not str(path).startswith(ONLY_IN[package])}


def test_supabase_and_jwt_stay_behind_their_modules():
    found = {path: out_of_place(path, source.imports(path)) for path in CODE}
    assert {path: names for path, names in found.items() if names} == {}


def test_the_rule_about_supabase_and_jwt_refuses():
    names = ["supabase", "supabase_auth.errors", "jwt"]
    assert out_of_place(Path("accounts/views.py"), names) == {"supabase", "supabase_auth", "jwt"}


def test_wagtails_task_is_never_imported():
    files = [*CODE, *source.python_files("tests")]
    assert [p for p in files if "wagtail.models.Task" in source.imports(p)] == []


def test_the_user_model_is_named_by_the_setting():
    files = [path for path in CODE if path.parts[0] != "accounts"]
    assert [p for p in files if "accounts.models.User" in source.imports(p)] == []


def test_many_tasks_change_only_inside_their_queryset():
    files = [path for path in CODE if path.parts[:2] != ("tasks", "models")]
    assert [path for path in files if UNDERHAND.search(source.read(path))] == []


def test_the_rule_about_many_tasks_refuses():
    assert UNDERHAND.search("Task.objects.filter(pk=1).update(title='x')")


def test_the_example_lists_every_variable():
    files = [path for path in CODE if "emulator" not in path.parts]
    read = set().union(*(source.environment_reads(source.tree(path)) for path in files))
    read |= source.environment_reads(source.tree(Path("gunicorn.conf.py")))
    listed = set(dotenv_values(source.ROOT / ".env.example", interpolate=False))
    assert listed == read - NOT_IN_EXAMPLE.keys()


def test_the_operators_guide_explains_every_variable():
    guide = source.read(Path("docs/operators.md"))
    listed = dotenv_values(source.ROOT / ".env.example", interpolate=False)
    assert [name for name in listed if f"`{name}`" not in guide] == []


def half_merged(text: str) -> bool:
    """Tell whether a text has the marks that a merge leaves where both sides changed a line."""
    return bool(re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE))


def test_no_file_is_half_merged():
    kinds = {".py", ".html", ".js", ".css", ".md", ".txt", ".toml", ".sh", ".sql"}
    files = [path for path in source.tracked() if path.suffix in kinds]
    assert [path for path in files if half_merged(source.read(path))] == []


def test_the_rule_about_merges_refuses():
    assert half_merged("one\n" + "<" * 7 + " HEAD\ntwo\n")


def test_links_between_documents_lead_somewhere():
    documents = [path for path in source.tracked() if path.suffix == ".md"]
    links = [(doc, link) for doc in documents for link in LINK.findall(source.read(doc))]
    assert links
    assert [each for each in links if not (source.ROOT / each[0].parent / each[1]).exists()] == []


def test_the_rule_about_variables_sees_every_way_to_read_one():
    module = ast.parse("env.text('A'); os.environ['B']; os.environ.get('C'); os.getenv('D')")
    assert source.environment_reads(module) == {"A", "B", "C", "D"}


def test_no_template_loads_from_another_host():
    assert [path for path in TEMPLATES if ASSET.search(source.read(path))] == []


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<link rel=stylesheet href=//cdn.example/x.css>",
        '<img alt="" src="http://example/x.png">',
    ],
)
def test_the_rule_about_hosts_refuses(markup):
    assert ASSET.search(markup)


def test_the_rule_about_hosts_lets_links_lead_away():
    assert not ASSET.search('<a href="https://example.org/">elsewhere</a>')


def test_no_template_has_inline_script_style_or_handler():
    pages = [path for path in TEMPLATES if not source.is_mail(path)]
    assert [path for path in pages if INLINE.search(source.read(path))] == []


@pytest.mark.parametrize(
    "markup",
    [
        "<script>go()</script>",
        '<script type="module">go()</script>',
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_the_rule_about_inline_code_refuses(markup):
    assert INLINE.search(markup)


@pytest.mark.parametrize(
    "markup",
    ['<script type="module" src="/x.js"></script>', '<script type="application/json">{}</script>'],
)
def test_the_rule_about_inline_code_accepts_files_and_data(markup):
    assert not INLINE.search(markup)


def test_no_style_or_script_loads_from_another_host():
    files = [path for path in source.tracked() if path.suffix in (".css", ".js")]
    assert files
    assert [path for path in files if REMOTE_IN_CODE.search(source.read(path))] == []


@pytest.mark.parametrize(
    "code",
    ['import x from "https://cdn.example/x.js"', "fetch('//x.example')", "url(https://x.example)"],
)
def test_the_rule_about_hosts_in_code_refuses(code):
    assert REMOTE_IN_CODE.search(code)


def test_static_holds_only_our_own_files():
    folders = {path.parts[1] for path in source.tracked() if path.parts[0] == "static"}
    minified = [path for path in source.tracked() if ".min." in path.name]
    assert folders == {"portal"} and not minified


def test_every_static_file_named_in_a_template_exists():
    named = {name for path in TEMPLATES for name in STATIC_TAG.findall(source.read(path))}
    assert named
    assert [name for name in named if not finders.find(name)] == []


def test_the_top_level_is_complete():
    assert [name for name in REQUIRED.split() if not (source.ROOT / name).exists()] == []


def test_every_folder_of_tests_is_a_package():
    # Without it pytest would import tests/tasks/ under the name of our app.
    folders = {path.parent for path in source.python_files("tests")}
    assert [f for f in folders if not (source.ROOT / f / "__init__.py").exists()] == []


def test_files_stay_short():
    files = [path for path in source.python_files(*source.OURS) if str(path) not in LONG_FILES]
    assert [path for path in files if source.read(path).count("\n") > 400] == []


def test_functions_stay_short():
    found = (
        f"{path}::{name}"
        for path in source.python_files(*source.OURS)
        for name in source.long_functions(source.tree(path), limit=50)
    )
    assert [name for name in found if name not in LONG_FUNCTIONS] == []


def test_the_rule_about_length_refuses():
    body = "\n".join(["    pass"] * 50)
    assert source.long_functions(ast.parse(f"def long():\n{body}"), limit=50) == ["long"]


def test_templates_stay_short():
    files = [path for path in TEMPLATES if str(path) not in LONG_TEMPLATES]
    assert [path for path in files if source.read(path).count("\n") > 100] == []
