"""Places of a request: the members, elements, headers and query parameters that it has, and the words there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from wirelore.analysis.one_pass import Observed
from wirelore.analysis.registry import registry
from wirelore.evidence.collector import writable
from wirelore.evidence.header_values import COMPUTED, credentials
from wirelore.evidence.value_forms import form
from wirelore.model.exchange import Exchange
from wirelore.model.protocol import protocol
from wirelore.schema.hints import OPAQUE, OPEN, Member, hints

BODY, HEADER, QUERY = "field", "header", "query parameter"
_DEEPEST = 4
"""Members below members: the lifetime of a cache mark in a block of a message is the fourth."""
_OBJECTS, _PLACES = 50_000, 2_000
"""A body of more objects and lists, or places, is not walked."""
_LONGEST_NAME, _LONGEST_WORD = 100, 64
_SPAN = re.compile(r"[0-9]{1,4}[a-z]{1,2}")
"""A length of time, as caches have it."""


class Place(NamedTuple):
    """A part of a request, or a part and the word that stands there."""

    side: str
    path: tuple[str, ...]
    """Names of members; elements of a list are `[]`, with their `type` `[]<text>`."""
    word: str | None = None

    def __str__(self) -> str:
        path = "".join(step if step.startswith("[]") else f".{step}" for step in self.path).removeprefix(".")
        text = path if self.word is None else f"{path}: {self.word}"
        return writable(text)

    @property
    def above(self) -> "Place | None":
        """What is there whenever this is: the part without its word, or the part around it."""
        if self.word is not None:
            return Place(self.side, self.path)
        return Place(self.side, self.path[:-1]) if len(self.path) > 1 else None


@dataclass(frozen=True)
class Shut:
    """Where a walk does not go: (`type` of the object or `*`, member), after hints.json of the schemas."""

    opaque: frozenset[Member] = frozenset()
    """Members whose inside is the application's."""
    open: frozenset[Member] = frozenset()
    """Members whose text is the application's."""

    @classmethod
    def of(cls, folder: Path) -> "Shut":
        """The hints of a folder of schemas; none if it has none. Raises BadSchema."""
        known = hints(folder)
        return cls(known[OPAQUE], known[OPEN])


def places(observed: Observed, shut: Shut) -> frozenset[Place] | None:
    """All places of a request whose headers are known; None if its body was lost, or is too large to be walked."""
    exchange = observed.exchange
    if not registry()["request-bodies"].sees(exchange):
        return None
    found = {*_heads(exchange)}
    for seen in observed.of("request-bodies"):
        walk = _Walk(shut, found)
        if "body" in seen and not walk.is_done(seen["body"]):
            return None
        found.update(Place(BODY, (name,)) for name in seen.get("fields", ()))
    return frozenset(found)


@dataclass
class _Walk:
    shut: Shut
    found: set[Place]
    left: list[tuple[Any, tuple[str, ...], int]] = field(default_factory=list)

    def is_done(self, body: Any) -> bool:
        """Walks the whole body; False if it has too much."""
        self.left.append((body, (), 0))
        for _ in range(_OBJECTS):
            if not self.left or len(self.found) > _PLACES:
                break
            value, path, depth = self.left.pop()
            if isinstance(value, dict):
                self._members(value, path, depth)
            elif isinstance(value, list):
                self._elements(value, path, depth)
        return not self.left and len(self.found) <= _PLACES

    def _members(self, value: dict[str, Any], path: tuple[str, ...], depth: int) -> None:
        tag = _word(value.get("type")) or ""
        for name, child in value.items():
            if len(name) > _LONGEST_NAME or (name == "type" and path and path[-1].endswith(f"<{tag}>")):
                continue
            below = (*path, name)
            self.found.add(Place(BODY, below))
            if isinstance(child, dict | list):
                if depth + 1 < _DEEPEST and not _has(self.shut.opaque, tag, name):
                    self.left.append((child, below, depth + 1))
            elif (word := _word(child)) is not None and not _has(self.shut.open, tag, name):
                self.found.add(Place(BODY, below, word))

    def _elements(self, value: list[Any], path: tuple[str, ...], depth: int) -> None:
        for element in value:
            tag = _word(element.get("type")) if isinstance(element, dict) else None
            below = (*path, f"[]<{tag}>" if tag else "[]")
            self.found.add(Place(BODY, below))
            if isinstance(element, dict) or (isinstance(element, list) and depth + 1 < _DEEPEST):
                self.left.append((element, below, depth if isinstance(element, dict) else depth + 1))


def _heads(exchange: Exchange) -> Iterator[Place]:
    for name, value in exchange.request.headers:
        key = name.lower()
        if key in COMPUTED or key == protocol().flags_header or len(key) > _LONGEST_NAME:
            continue
        yield Place(HEADER, (key,))
        if key not in credentials() and (word := _word(value)) is not None:
            yield Place(HEADER, (key,), word)
    for name, value in exchange.request.query:
        if len(name) <= _LONGEST_NAME:
            yield Place(QUERY, (name,))
            if (word := _word(value)) is not None:
                yield Place(QUERY, (name,), word)


def _word(value: Any) -> str | None:
    """A value that is a name of the protocol's or may be one: a word or a truth value; no number, id or text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str) or len(value) > _LONGEST_WORD:
        return None
    return value if form(value) in ("token", "boolean") or _SPAN.fullmatch(value) else None


def _has(hinted: frozenset[tuple[str, str]], tag: str, name: str) -> bool:
    return (tag, name) in hinted or ("*", name) in hinted
