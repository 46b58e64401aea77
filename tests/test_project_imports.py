"""Who imports what, and that importing does nothing."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ROOT, module_name, modules, packages, settings

EVERYTHING = ("wirelore", *packages())
OURS = {name.partition(".")[0] for name in EVERYTHING}


def _table() -> dict[str, set[str]]:
    """What the table of docs/architecture.md lets each package import, besides itself and the standard library."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("| package | own packages | third party |")[2].partition("\n\n")[0]
    rows = (line.split("|") for line in table.splitlines() if line.startswith("| `"))
    return {row[1].strip(" `"): set(re.findall(r"`([a-z0-9_.]+)`", row[2] + row[3])) for row in rows}


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the absolute name of every import of a module, those inside functions as well."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def _allowed(package: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in {package.partition(".")[0], "__future__"}:
        return True
    return top in _table()[package]


def test_the_table_has_a_row_for_every_package_and_no_other() -> None:
    assert set(_table()) == set(EVERYTHING)


@pytest.mark.parametrize("package", EVERYTHING)
def test_a_package_imports_only_what_its_row_of_the_table_allows(package: str) -> None:
    forbidden = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules(package)
        for line, name in _imports(path)
        if not _allowed(package, name)
    ]
    assert forbidden == []


def test_every_third_party_name_of_the_table_is_a_declared_dependency() -> None:
    declared = {_distribution(line) for line in settings()["project"]["dependencies"]}
    owners = importlib.metadata.packages_distributions()
    allowed = set().union(*_table().values()) - OURS
    missing = {name for name in allowed if not {_distribution(owner) for owner in owners.get(name, [])} & declared}
    assert missing == set()


def _distribution(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0]).lower()


@pytest.mark.parametrize("package", EVERYTHING)
def test_importing_every_module_prints_nothing_writes_nothing_and_starts_nothing(package: str, tmp_path: Path) -> None:
    names = [module_name(path) for path in modules(package)]
    script = f"""
import importlib, os, signal, sys, threading
sys.path.insert(0, {str(ROOT)!r})
handlers = [signal.getsignal(number) for number in signal.valid_signals()]
environment, folder = dict(os.environ), os.getcwd()
for name in {names!r}:
    importlib.import_module(name)
assert threading.active_count() == 1, threading.enumerate()
assert handlers == [signal.getsignal(number) for number in signal.valid_signals()], "a signal handler was set"
assert (environment, folder) == (dict(os.environ), os.getcwd()), "the environment was changed"
"""
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", script],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_front_door_loads_none_of_the_slow_packages() -> None:
    script = "import sys, wirelore; print(*sorted({'pandas', 'pyarrow', 'mitmproxy', 'jsonschema'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_no_top_level_name_is_that_of_another_installed_distribution() -> None:
    owners = importlib.metadata.packages_distributions()
    taken = {name: sorted({*owners.get(name, [])} - {"wirelore"}) for name in OURS}
    assert {name: others for name, others in taken.items() if others} == {}


def test_no_top_level_name_and_no_addon_is_called_like_something_else_that_is_imported() -> None:
    third_party = set(importlib.metadata.packages_distributions()) - OURS
    addons = {path.stem for path in modules("addons") if path.stem != "__init__"}
    assert OURS & set(sys.stdlib_module_names) == set()
    assert addons & (set(sys.stdlib_module_names) | third_party | OURS) == set()
