"""Arguments that functions of the library share, checked as the command line checks them."""

import os
from collections.abc import Iterable
from pathlib import Path

from wirelore.analysis.registry import registry
from wirelore.model.wording import did_you_mean
from wirelore.redaction.keys import Key, chosen


def several(texts: str | Iterable[str]) -> tuple[str, ...]:
    """The texts; a single one counts as a list of one."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def redaction_key(key: str | os.PathLike[str] | None, *, once: bool) -> Key:
    """The key in a file, the user's own without one, or with `once` one that is kept nowhere.

    Raises ValueError if both are given or if the file holds no key, and FileNotFoundError if there is no file: a key
    that somebody means to share is never made by mistake.
    """
    if key and once:
        raise ValueError("key and once: a key is either kept in a file or kept nowhere; give one of both")
    if key and not Path(key).is_file():
        raise FileNotFoundError(f"{os.fspath(key)}: no key; `wirelore key FILE` makes one")
    return chosen(Path(key) if key else None, once=once)


def analyzers(names: str | Iterable[str]) -> tuple[str, ...]:
    """The ids of analyzers. Raises ValueError for one that there is not, with the nearest."""
    ids = several(names)
    for name in ids:
        if name not in registry():
            advice = did_you_mean(name, registry())
            raise ValueError(f"analyzer {name!r}: {advice}expected one of {', '.join(registry())}")
    return ids


def refuse_file_object(value: object) -> None:
    """Raises TypeError for an open file, whose lines would pass for names."""
    if hasattr(value, "read"):
        raise TypeError("expected a name or path, not an open file; give its path")
