"""JSON pointers (RFC 6901): writing, parsing and resolving them."""

from collections.abc import Iterable
from typing import Any


class BadPointer(ValueError):
    """A text is not a JSON pointer; the message quotes it and states the form."""


def escape(step: str | int) -> str:
    """Escape one step of a pointer: `~` becomes `~0` and `/` becomes `~1` (RFC 6901, section 3)."""
    return str(step).replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Undo `escape`; `~1` is undone before `~0` (RFC 6901, section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def pointer(path: Iterable[str | int]) -> str:
    """Return a path of member names and element numbers as a JSON pointer; empty for the document itself."""
    return "".join(f"/{escape(step)}" for step in path)


def parse(text: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer, with element numbers as text. Raises BadPointer."""
    if text and not text.startswith("/"):
        raise BadPointer(f"{text!r} is not a JSON pointer, which begins with / (RFC 6901)")
    return tuple(map(unescape, text.split("/")[1:]))


def value_at(document: Any, path: Iterable[str | int]) -> Any:
    """Return the value at a path. Raises KeyError, IndexError or TypeError if there is none."""
    for step in path:
        document = document[step]
    return document


def text_at(document: Any, path: Iterable[str]) -> str | None:
    """Return the string at a path of members, None if there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, str) else None
