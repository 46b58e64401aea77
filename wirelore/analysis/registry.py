"""The registry: every analyzer by its id; packaged ones, those of installed distributions, and those of added folders.

An analyzer from outside brings its schema, a file `<id>.json` beside its module. Distributions name theirs in the entry
point group `wirelore.analyzers`: a package whose modules are analyzers, or a module that is one.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from wirelore.analysis.contract import Analyzer
from wirelore.model.packaged import ANALYZERS
from wirelore.schema import added

GROUP = "wirelore.analyzers"
"""The group of entry points that analyzers are found by."""

_PREFIX = "wirelore_analyzers"
"""What precedes the name of a module that is loaded by path in `sys.modules`: no package of a user's has that name."""

_folders: list[Path] = []


class BadAnalyzer(Exception):
    """An analyzer from outside cannot be used; the message says which, why, and what to do."""


def add_folder(folder: Path) -> None:
    """Adds the analyzers of a folder, a module each, with their schemas beside them, for the rest of this process.

    Raises BadAnalyzer if there are none.
    """
    home = folder.resolve()
    if not home.is_dir():
        raise BadAnalyzer(f"{folder}: not a folder; expected one with a Python file for each analyzer")
    if not any(_files(home)):
        raise BadAnalyzer(f"{folder}: no analyzers; expected a folder with a Python file for each of them")
    if home not in _folders:
        _folders.append(home)
        registry.cache_clear()


def added_folders() -> tuple[Path, ...]:
    """The folders that were added, for another process that is to know the same analyzers."""
    return tuple(_folders)


@cache
def registry() -> dict[str, Analyzer]:
    """Every analyzer by its id, sorted. Raises BadAnalyzer if one from outside cannot be used."""
    analyzers = {one.id: one for one in (_only(_load(path, _PREFIX), str(path)) for path in _files(ANALYZERS))}
    homes = dict.fromkeys(analyzers, "the packaged ones")
    for one, home, where in _from_outside():
        if one.id in homes:
            raise BadAnalyzer(f"{where}: {one.id} is an analyzer of {homes[one.id]} already; rename the module")
        if not (home / f"{one.id}.json").is_file():
            raise BadAnalyzer(f"{where}: no schema; expected {home / one.id}.json beside it")
        analyzers[one.id], homes[one.id] = one, str(home)
        added.add(home)
    return dict(sorted(analyzers.items()))


def _from_outside() -> Iterator[tuple[Analyzer, Path, str]]:
    """Each analyzer with the folder of its schema, and where it comes from."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        where = f"entry point {entry.name} = {entry.value} of {entry.dist.name if entry.dist else 'a distribution'}"
        for module, path in _modules(entry, where):
            yield _only(module, where), path.parent, where
    for number, folder in enumerate(_folders):
        for path in _files(folder):
            yield _only(_load(path, f"{_PREFIX}_{number}"), str(path)), folder, str(path)


def _modules(entry: EntryPoint, where: str) -> Iterator[tuple[ModuleType, Path]]:
    """The module that an entry point names; of a package, its modules."""
    try:
        module = importlib.import_module(entry.module)
        folders = [Path(folder) for folder in getattr(module, "__path__", [])]
        if not folders:
            yield module, Path(str(module.__file__))
        for folder in folders:
            for path in _files(folder):
                yield importlib.import_module(f"{entry.module}.{path.stem}"), path
    except Exception as fault:  # whatever a stranger's module raises
        raise BadAnalyzer(f"{where}: {type(fault).__name__}: {fault}; mend it, or uninstall it") from fault


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))


def _load(path: Path, prefix: str) -> ModuleType:
    """The module of a file. Raises BadAnalyzer for whatever it raises."""
    spec = importlib.util.spec_from_file_location(f"{prefix}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadAnalyzer(f"{path}: not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as fault:  # whatever a stranger's module raises
        raise BadAnalyzer(f"{path}: {type(fault).__name__}: {fault}; mend it, or take it out of the folder") from fault
    return module


def _only(module: ModuleType, where: str) -> Analyzer:
    own = [one for one in vars(module).values() if isinstance(one, Analyzer)]
    if len(own) != 1:
        raise BadAnalyzer(f"{where}: {len(own)} analyzers in {module.__name__}; expected one, with @wirelore.analyzer")
    return own[0]
