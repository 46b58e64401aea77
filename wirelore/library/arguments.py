"""Checks of arguments that several functions of the library have, the same as on the command line."""

import os
from collections.abc import Iterable
from pathlib import Path

from wirelore.analysis.registry import registry
from wirelore.model.wording import did_you_mean
from wirelore.redaction.keys import Key, select


def several(texts: str | Iterable[str]) -> tuple[str, ...]:
    """Return the texts as a tuple; a single text gives a tuple of one."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def redaction_key(key: str | os.PathLike[str] | None, *, once: bool) -> Key:
    """Return the key in a file, the user's own key if `key` is None, or with `once` a new key that is not saved.

    Raise ValueError if both are given or the file does not contain a key. Raise FileNotFoundError if the file is
    missing: a mistyped name must not create a key.
    """
    if key and once:
        raise ValueError("key and once exclude each other: once uses a key that is not saved; give only one of them")
    if key and not Path(key).is_file():
        raise FileNotFoundError(f"{os.fspath(key)}: no such key file; `wirelore key FILE` creates one")
    return select(Path(key) if key else None, once=once)


def analyzers(names: str | Iterable[str]) -> tuple[str, ...]:
    """Return the ids of analyzers as a tuple. Raise ValueError for an unknown id, with a similar one in the message."""
    ids = several(names)
    for name in ids:
        if name not in registry():
            advice = did_you_mean(name, registry())
            raise ValueError(f"unknown analyzer {name!r}; {advice}expected one of {', '.join(registry())}")
    return ids


def refuse_file_object(value: object) -> None:
    """Raise TypeError for an open file; iterating it would take its lines for names."""
    if hasattr(value, "read"):
        raise TypeError("expected a name or path, not an open file; give its path")
