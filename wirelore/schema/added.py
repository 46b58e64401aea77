"""Schema folders of third-party analyzers: a user's own, or those of an installed distribution."""

from pathlib import Path

_folders: list[Path] = []


def add(folder: Path) -> None:
    """Add a folder; its schemas are used unless the active schemas folder has one of the same name."""
    if folder not in _folders:
        _folders.append(folder)


def folders() -> tuple[Path, ...]:
    """Return the folders in the order of addition."""
    return tuple(_folders)
