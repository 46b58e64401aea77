"""The registry of analyzers: packaged ones, those of installed distributions, and those of added folders.

A third-party analyzer has a schema, `<id>.json`, beside its module. Distributions register theirs in the entry point
group `wirelore.analyzers`: a package in which each module defines an analyzer, or a single such module.
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
from wirelore.model.wording import quantity
from wirelore.schema import added

GROUP = "wirelore.analyzers"
"""The entry point group of analyzers."""

_PREFIX = "wirelore_analyzers"
"""Prefix in `sys.modules` of modules that are loaded by path, so that they cannot clash with a user's packages."""

_folders: list[Path] = []


class BadAnalyzer(Exception):
    """A third-party analyzer cannot be used. The message names it, the reason and the remedy."""


def add_folder(folder: Path) -> None:
    """Add the analyzers of a folder, one per module, with the schemas beside them, for the rest of the process.

    Raises BadAnalyzer if the folder has no modules.
    """
    home = folder.resolve()
    if not home.is_dir():
        raise BadAnalyzer(f"{folder}: not a folder; expected a folder with a Python file for each analyzer")
    if not any(_files(home)):
        raise BadAnalyzer(f"{folder}: no analyzers; expected a Python file for each analyzer")
    if home not in _folders:
        _folders.append(home)
        registry.cache_clear()


def added_folders() -> tuple[Path, ...]:
    """Return the added folders, so that a worker process can add them too."""
    return tuple(_folders)


@cache
def registry() -> dict[str, Analyzer]:
    """Return the analyzers by id, sorted. Raises BadAnalyzer if a third-party one cannot be used."""
    packaged = (_analyzer_of(_load(path, _PREFIX), str(path)) for path in _files(ANALYZERS))
    analyzers = {analyzer.id: analyzer for analyzer in packaged}
    homes = dict.fromkeys(analyzers, "wirelore itself")
    for analyzer, home, source in _third_party():
        if analyzer.id in homes:
            raise BadAnalyzer(f"{source}: duplicate id {analyzer.id}, also in {homes[analyzer.id]}; rename the module")
        if not (home / f"{analyzer.id}.json").is_file():
            raise BadAnalyzer(f"{source}: no schema; expected the file {home / analyzer.id}.json")
        analyzers[analyzer.id], homes[analyzer.id] = analyzer, str(home)
        added.add(home)
    return dict(sorted(analyzers.items()))


def _third_party() -> Iterator[tuple[Analyzer, Path, str]]:
    """Yield each third-party analyzer with the folder of its schema and a description of its source."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        source = f"entry point {entry.name} = {entry.value} of {entry.dist.name if entry.dist else 'a distribution'}"
        for module, path in _modules(entry, source):
            yield _analyzer_of(module, source), path.parent, source
    for number, folder in enumerate(_folders):
        for path in _files(folder):
            yield _analyzer_of(_load(path, f"{_PREFIX}_{number}"), str(path)), folder, str(path)


def _modules(entry: EntryPoint, source: str) -> Iterator[tuple[ModuleType, Path]]:
    """Yield the module of an entry point, or the modules of its package, with their paths."""
    try:
        module = importlib.import_module(entry.module)
        folders = [Path(folder) for folder in getattr(module, "__path__", [])]
        if not folders:
            yield module, Path(str(module.__file__))
        for folder in folders:
            for path in _files(folder):
                yield importlib.import_module(f"{entry.module}.{path.stem}"), path
    except Exception as fault:  # third-party code may raise anything
        raise BadAnalyzer(
            f"{source}: {type(fault).__name__}: {fault}; fix the module or uninstall the distribution"
        ) from fault


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))


def _load(path: Path, prefix: str) -> ModuleType:
    """Load the module of a file. Raises BadAnalyzer if it raises an exception."""
    spec = importlib.util.spec_from_file_location(f"{prefix}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadAnalyzer(f"{path}: not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as fault:  # third-party code may raise anything
        raise BadAnalyzer(
            f"{path}: {type(fault).__name__}: {fault}; fix the module or remove it from the folder"
        ) from fault
    return module


def _analyzer_of(module: ModuleType, source: str) -> Analyzer:
    analyzers = [analyzer for analyzer in vars(module).values() if isinstance(analyzer, Analyzer)]
    if len(analyzers) != 1:
        count = quantity(len(analyzers), "analyzer")
        raise BadAnalyzer(
            f"{source}: {count} in {module.__name__}; expected exactly 1, decorated with @wirelore.analyzer"
        )
    return analyzers[0]
