"""Every module has a test module of its name, and every test module is named after a module."""

from pathlib import Path

from tests.project import ROOT, modules, packages

# This list may only shrink: a module that gets a test module leaves it.
UNTESTED = frozenset(
    {
        "wirelore/learning/knowledge.py",
        "wirelore/redaction/foreign/texts.py",
    }
)
"""The modules without a test module of their name."""

WHOLE = {
    "tests/analysis/test_withheld.py": "every analyzer, with each part of an exchange withheld",
    "tests/claims/test_packaged_checks.py": "the checks in schemas/claims",
    "tests/cli/test_completion.py": "the shell completion of all commands",
    "tests/formats/test_formats.py": "all foreign formats",
    "tests/library/test_examples.py": "the examples in the docstrings of the library",
    "tests/library/test_face.py": "the names of wirelore.__all__",
    "tests/matrix/test_packaged_scenarios.py": "the files in wirelore/matrix/scenarios",
    "tests/matrix/test_samples.py": "the captures in captures/samples",
    "tests/schema/test_packaged_protocol.py": "schemas/protocol.json",
    "tests/schema/test_packaged_routes.py": "schemas/routes.json",
    "tests/spec/test_openapi_evidence.py": "the evidence in the whole OpenAPI document",
    "tests/store/test_kill_points.py": "a capture whose recorder is killed at any point",
}
"""The test modules that test a whole room, a command or files of data, with what they test."""

SUITES = {"benchmarks", "faults", "fuzz", "leaks", "openapi_tools", "real_cli", "real_matrix", "reports"}
"""The folders of suites that are not sorted by module."""


def _test_of(module: Path) -> str:
    """Return the path of a module's test module: without `wirelore`, below `tests`."""
    parts = module.relative_to(ROOT).parts
    folders = parts[1:-1] if parts[0] == "wirelore" else parts[:-1]
    return Path("tests", *folders, f"test_{parts[-1]}").as_posix()


def _modules() -> list[Path]:
    places = (*packages(), "analyzers", "addons")
    return [path for place in places for path in modules(place) if not path.name.startswith("__")]


def test_every_module_has_a_test_module_of_its_name_or_is_listed() -> None:
    untested = {path.relative_to(ROOT).as_posix() for path in _modules() if not (ROOT / _test_of(path)).is_file()}
    assert untested == UNTESTED


def test_every_test_module_is_named_after_a_module_or_is_listed() -> None:
    named = {_test_of(path) for path in _modules()}
    paths = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    sorted_by_module = {path.as_posix() for path in paths if path.parts[1] not in SUITES}
    unnamed = {name for name in sorted_by_module - named if not name.startswith("tests/test_project_")}
    assert unnamed == WHOLE.keys()
