"""Folders of schemas that come with analyzers from outside: a user's own, or those of an installed distribution."""

from pathlib import Path

_folders: list[Path] = []


def add(folder: Path) -> None:
    """Adds a folder; a schema in it counts wherever the folder of schemas in use has none of its name."""
    if folder not in _folders:
        _folders.append(folder)


def folders() -> tuple[Path, ...]:
    """The folders, in the order in which they were added."""
    return tuple(_folders)
