"""The places of a request: its members, elements, headers and query parameters, and their values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from wirelore.analysis.one_pass import Observed
from wirelore.analysis.registry import registry
from wirelore.evidence.collector import without_surrogates
from wirelore.evidence.header_values import COMPUTED, credentials
from wirelore.evidence.value_forms import form
from wirelore.model.exchange import Exchange
from wirelore.model.protocol import protocol
from wirelore.schema.hints import OPAQUE, OPEN, Member, hints

BODY, HEADER, QUERY = "field", "header", "query parameter"
_DEEPEST = 4
"""The maximum depth of nested members: cache_control.ttl in a content block of a message is the fourth."""
_OBJECTS, _PLACES = 50_000, 2_000
"""The maximum number of objects and lists, and of places, of a body."""
_LONGEST_NAME, _LONGEST_WORD = 100, 64
_SPAN = re.compile(r"[0-9]{1,4}[a-z]{1,2}")
"""A duration, such as `5m`."""


class Place(NamedTuple):
    """A part of a request, optionally with its value."""

    side: str
    path: tuple[str, ...]
    """Names of members; list elements are `[]`, or `[]<text>` with their `type`."""
    word: str | None = None

    def __str__(self) -> str:
        path = "".join(step if step.startswith("[]") else f".{step}" for step in self.path).removeprefix(".")
        text = path if self.word is None else f"{path}: {self.word}"
        return without_surrogates(text)

    @property
    def above(self) -> "Place | None":
        """The parent, which is present whenever this is: the part without its value, or the enclosing part."""
        if self.word is not None:
            return Place(self.side, self.path)
        return Place(self.side, self.path[:-1]) if len(self.path) > 1 else None


@dataclass(frozen=True)
class Shut:
    """Members that a walk skips: (`type` of the object or `*`, member), from hints.json of the schemas."""

    opaque: frozenset[Member] = frozenset()
    """Members whose content belongs to the application."""
    open: frozenset[Member] = frozenset()
    """Members whose text belongs to the application."""

    @classmethod
    def of(cls, folder: Path) -> "Shut":
        """Read the hints of a folder of schemas, if there are any. Raises BadSchema."""
        hinted = hints(folder)
        return cls(hinted[OPAQUE], hinted[OPEN])


def places(observed: Observed, shut: Shut) -> frozenset[Place] | None:
    """Return all places of a request with recorded headers; None if its body was lost or is too large."""
    exchange = observed.exchange
    if not registry()["request-bodies"].sees(exchange):
        return None
    request_places = {*_heads(exchange)}
    for observation in observed.observations("request-bodies"):
        walk = _Walk(shut, request_places)
        if "body" in observation and not walk.is_complete(observation["body"]):
            return None
        request_places.update(Place(BODY, (name,)) for name in observation.get("fields", ()))
    return frozenset(request_places)


@dataclass
class _Walk:
    shut: Shut
    places: set[Place]
    pending: list[tuple[Any, tuple[str, ...], int]] = field(default_factory=list)

    def is_complete(self, body: Any) -> bool:
        """Walk the body; return False if it is too large."""
        self.pending.append((body, (), 0))
        for _ in range(_OBJECTS):
            if not self.pending or len(self.places) > _PLACES:
                break
            value, path, depth = self.pending.pop()
            if isinstance(value, dict):
                self._members(value, path, depth)
            elif isinstance(value, list):
                self._elements(value, path, depth)
        return not self.pending and len(self.places) <= _PLACES

    def _members(self, value: dict[str, Any], path: tuple[str, ...], depth: int) -> None:
        tag = _word(value.get("type")) or ""
        for name, child in value.items():
            if len(name) > _LONGEST_NAME or (name == "type" and path and path[-1].endswith(f"<{tag}>")):
                continue
            child_path = (*path, name)
            self.places.add(Place(BODY, child_path))
            if isinstance(child, dict | list):
                if depth + 1 < _DEEPEST and not _has(self.shut.opaque, tag, name):
                    self.pending.append((child, child_path, depth + 1))
            elif (word := _word(child)) is not None and not _has(self.shut.open, tag, name):
                self.places.add(Place(BODY, child_path, word))

    def _elements(self, value: list[Any], path: tuple[str, ...], depth: int) -> None:
        for element in value:
            tag = _word(element.get("type")) if isinstance(element, dict) else None
            child_path = (*path, f"[]<{tag}>" if tag else "[]")
            self.places.add(Place(BODY, child_path))
            if isinstance(element, dict) or (isinstance(element, list) and depth + 1 < _DEEPEST):
                self.pending.append((element, child_path, depth if isinstance(element, dict) else depth + 1))


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
    """Return a value that may be a name of the protocol: an identifier or a boolean, not a number, id or text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str) or len(value) > _LONGEST_WORD:
        return None
    return value if form(value) in ("token", "boolean") or _SPAN.fullmatch(value) else None


def _has(hinted: frozenset[tuple[str, str]], tag: str, name: str) -> bool:
    return (tag, name) in hinted or ("*", name) in hinted
