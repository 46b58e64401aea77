"""Imports: the table of allowed imports, no cycles, no private names of other modules, no side effects."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.project import ROOT, module_name, modules, packages, settings

FOLDERS = ("addons", "analyzers")
"""Folders of code that are not packages; their modules are loaded by path."""
EVERYTHING = (*packages(), *FOLDERS)
LAZY = ("pandas", "pyarrow", "mitmproxy", "jsonschema", "click")


@cache
def _table() -> dict[str, set[str]]:
    """Return the imports that docs/architecture.md allows each room, besides itself and the standard library.

    `` `analysis` and what it may `` in a row means that room and all imports in its row.
    """
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("| room | own rooms | third party |")[2].partition("\n\n")[0]
    rows: dict[str, set[str]] = {}
    for line in table.splitlines():
        if not line.startswith("| `"):
            continue
        _, rooms, own, third, _ = line.split("|")
        allowed = set(re.findall(r"`([a-z0-9_.]+)`", own + third))
        for inherited in re.findall(r"`([a-z0-9_.]+)` and what it may", own):
            allowed |= rows[inherited]
        for room in re.findall(r"`([a-z0-9_.]+)`", rooms):
            rows[room] = allowed
    return rows


def _room(package: str) -> str:
    """Return the row of a package: that of its name within `wirelore`, or of its parent package."""
    name = package.removeprefix("wirelore.")
    return name if name in _table() else name.rpartition(".")[0]


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the absolute name of each import in a module, including those inside functions."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}"


def _allowed(room: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top == "compression":  # the latter from Python 3.14 on
        return True
    allowed = _table()[room]
    if top != "wirelore":
        return top in allowed
    wanted = name.removeprefix("wirelore.")
    return any(wanted == name or wanted.startswith(f"{name}.") for name in {room, *allowed}) or (
        "wirelore" in allowed and "." not in wanted
    )


def test_the_table_has_a_row_for_each_room() -> None:
    assert set(_table()) == {_room(package) for package in EVERYTHING}


@pytest.mark.parametrize("package", EVERYTHING)
def test_a_room_imports_only_what_its_row_of_the_table_allows(package: str) -> None:
    forbidden = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules(package)
        for line, name in _imports(path)
        if not _allowed(_room(package), name)
    ]
    assert forbidden == []


def test_every_third_party_name_of_the_table_is_a_declared_dependency() -> None:
    project = settings()["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    declared = {_distribution(line) for line in [*project["dependencies"], *extras]}
    owners = importlib.metadata.packages_distributions()
    rooms = {_room(package) for package in EVERYTHING} | {"wirelore"}
    allowed = {name for name in set().union(*_table().values()) - rooms if "." not in name}
    missing = {name for name in allowed if not {_distribution(owner) for owner in owners.get(name, [])} & declared}
    assert missing == set()


def _distribution(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0]).lower()


def _sources() -> dict[str, Path]:
    return {module_name(path): path for package in EVERYTHING for path in modules(package)}


def _arrows() -> dict[str, set[str]]:
    """Return the project's modules that each module imports, including inside functions and for type checking."""
    sources = _sources()
    arrows: dict[str, set[str]] = {}
    for name, path in sources.items():
        targets = {wanted if wanted in sources else wanted.rpartition(".")[0] for _, wanted in _imports(path)}
        arrows[name] = {target for target in targets if target in sources} - {name}
    return arrows


def _cycles(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules with cyclic imports (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    cycles: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        path.append(name)
        for other in sorted(arrows.get(name, ())):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in path:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            cycle = path[path.index(name) :]
            del path[path.index(name) :]
            if len(cycle) > 1:
                cycles.append(sorted(cycle))

    for name in sorted(arrows):
        if name not in index:
            visit(name)
    return cycles


def test_imports_have_no_cycles() -> None:
    assert _cycles(_arrows()) == []


def test_a_cycle_would_be_detected() -> None:
    assert _cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_no_module_has_an_underscore_name_or_imports_a_private_name() -> None:
    private_modules = [name for name in _sources() if re.search(r"(^|\.)_(?!_main__$)", name)]
    private_imports = [
        f"{path.relative_to(ROOT)}:{line}: {wanted}"
        for name, path in _sources().items()
        for line, wanted in _imports(path)
        if wanted.startswith("wirelore.") and re.search(r"\._(?!_)", wanted)
    ]
    assert (private_modules, private_imports) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("package", EVERYTHING)
def test_importing_a_module_has_no_side_effects(package: str, tmp_path: Path) -> None:
    names = [module_name(path) for path in modules(package) if path.name != "__main__.py"]
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


@pytest.mark.parametrize(
    ("module", "loaded"),
    [pytest.param("wirelore", [], id="the library"), pytest.param("wirelore.cli.main", ["click"], id="the command")],
)
def test_importing_loads_no_slow_package(module: str, loaded: list[str]) -> None:
    script = f"import sys, {module}; print(*sorted({set(LAZY)!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == loaded
