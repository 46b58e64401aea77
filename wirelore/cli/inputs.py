"""Opening the captures, schemas and keys that a command names."""

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
    """Return the schemas of a folder, or the packaged ones if it is None. Raise CouldNotRun."""
    from wirelore.analysis.registry import added_folders
    from wirelore.schema.library import PACKAGED, Library

    if folder and not (folder / "rules.json").is_file():
        raise CouldNotRun(f"{folder}: not a folder of schemas; `wirelore learn CAPTURE --schemas {folder}` creates one")
    detail(f"schemas    {folder or PACKAGED}")
    for analyzers_folder in added_folders():
        detail(f"analyzers  {analyzers_folder}")
    return Library(folder or PACKAGED)


def captures_named(names: Iterable[str], captures: Path, library: "Library") -> "list[Capture]":
    """Return the captures with these names or paths; the schemas' route table names their operations."""
    from wirelore.model.routes import Routes
    from wirelore.schema.routing import TABLE
    from wirelore.store.integrity import matching_folders
    from wirelore.store.writer import find

    repair(folder for name in names for folder in matching_folders(name, captures))
    routes = Routes.load(library.folder / TABLE)
    return _detailed(capture for name in names for capture in find(name, captures, routes))


def recorded_captures(name: str, captures: Path) -> "tuple[list[Capture], list[str]]":
    """Return the captures with a name or path, and a message for each that could not be repaired.

    The operations keep the names under which they were recorded.
    """
    from wirelore.store.integrity import matching_folders
    from wirelore.store.writer import find

    problems = repair(matching_folders(name, captures))
    return _detailed(find(name, captures)), problems


def _detailed(captures: "Iterable[Capture]") -> "list[Capture]":
    selected = list(captures)
    for capture in selected:
        detail(f"capture    {capture.folder}")
    return selected


def repair(folders: Iterable[Path]) -> list[str]:
    """Repair the captures whose recorder was killed, and report each repair on stderr.

    Return a message for each capture that could not be repaired; reading its exchanges reports the same message.
    """
    from wirelore.store.repair import repair_all, unrepaired_messages

    capture_folders = list(folders)
    for line in repair_all(capture_folders):
        note(line)
    return list(unrepaired_messages(capture_folders))


def chosen_key(key: Path | None, once: bool) -> "Key":
    """Return the redaction key that `--key` and `--once` select. Raise UsageError if both are given, or CouldNotRun."""
    from wirelore.redaction.keys import default_path, select

    if key and once:
        raise click.UsageError("--key and --once exclude each other: --once uses a key that is not saved; give one")
    try:
        result = select(key, once=once)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    detail(f"key        {'new, not saved' if once else key or default_path()} ({result.id})")
    return result
