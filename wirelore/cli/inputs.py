"""What commands are given, opened: captures, schemas, keys."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirelore.cli.output import CouldNotRun, detail, note

if TYPE_CHECKING:
    from wirelore.redaction.keys import Key
    from wirelore.schema.library import Library
    from wirelore.store.writer import Capture


def library_in(folder: Path | None) -> "Library":
    """The schemas of a folder, or those that come with the package. Raises CouldNotRun."""
    from wirelore.analysis.registry import added_folders
    from wirelore.schema.library import PACKAGED, Library

    if folder and not (folder / "rules.json").is_file():
        raise CouldNotRun(f"{folder}: no folder of schemas; `wirelore learn CAPTURE --schemas {folder}` makes one")
    detail(f"schemas    {folder or PACKAGED}")
    for one in added_folders():
        detail(f"analyzers  {one}")
    return Library(folder or PACKAGED)


def captures_named(names: Iterable[str], captures: Path, library: "Library") -> "list[Capture]":
    """The captures of these names or paths, their operations called as the schemas call them."""
    from wirelore.model.routes import Routes
    from wirelore.schema.routing import TABLE
    from wirelore.store.integrity import folders
    from wirelore.store.writer import find

    mend(folder for name in names for folder in folders(name, captures))
    routes = Routes.load(library.folder / TABLE)
    return _detailed(capture for name in names for capture in find(name, captures, routes))


def named(name: str, captures: Path) -> "tuple[list[Capture], list[str]]":
    """The captures of a name or path, as they were recorded, and a line for each that could not be repaired."""
    from wirelore.store.integrity import folders
    from wirelore.store.writer import find

    problems = mend(folders(name, captures))
    return _detailed(find(name, captures)), problems


def _detailed(captures: "Iterable[Capture]") -> "list[Capture]":
    chosen = list(captures)
    for capture in chosen:
        detail(f"capture    {capture.folder}")
    return chosen


def mend(folders: Iterable[Path]) -> list[str]:
    """Repairs those of the captures whose recorder was killed, and says so on stderr.

    Returns a line for each that could not be repaired; who reads the exchanges is told the same line.
    """
    from wirelore.store.repair import repairs, unrepaired

    every = list(folders)
    for line in repairs(every):
        note(line)
    return list(unrepaired(every))


def chosen_key(key: Path | None, once: bool) -> "Key":
    """The redaction key that was asked for."""
    from wirelore.redaction.keys import chosen, default_path

    if key and once:
        raise click.UsageError("--key and --once: a key is either kept in a file or kept nowhere; give one of both")
    try:
        result = chosen(key, once=once)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    detail(f"key        {'new, kept nowhere' if once else key or default_path()} ({result.id})")
    return result
