"""JSON pointers (RFC 6901): the places in a JSON document, written as text and read back."""

from collections.abc import Iterable
from typing import Any


class BadPointer(ValueError):
    """A text is not a JSON pointer; the message quotes it and states the form."""


def escape(step: str | int) -> str:
    """One step as a pointer writes it: `~` is `~0` and `/` is `~1` (RFC 6901, section 3)."""
    return str(step).replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """The step that a token of a pointer stands for; `~1` is undone before `~0` (RFC 6901, section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def pointer(path: Iterable[str | int]) -> str:
    """A path of members' names and elements' numbers as a JSON pointer; empty for the document itself."""
    return "".join(f"/{escape(step)}" for step in path)


def parse(text: str) -> tuple[str, ...]:
    """The steps of a JSON pointer, elements' numbers as text. Raises BadPointer."""
    if text and not text.startswith("/"):
        raise BadPointer(f"{text!r} is not a JSON pointer, which begins with / (RFC 6901)")
    return tuple(map(unescape, text.split("/")[1:]))


def value_at(document: Any, path: Iterable[str | int]) -> Any:
    """What lies at a path. Raises KeyError, IndexError or TypeError if nothing does."""
    for step in path:
        document = document[step]
    return document


def text_at(document: Any, path: Iterable[str]) -> str | None:
    """The string that objects within objects have at a path; None if there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, str) else None
