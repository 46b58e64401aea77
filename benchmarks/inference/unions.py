"""Test whether a tool distinguishes the variants of tagged unions, by its verdicts on documents."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.inference.census import Census, Path, Place, tag_of
from benchmarks.inference.documents import Document
from benchmarks.inference.tools import Tool, rejects

_TRIED = 3
_EVENT_STEPS = 4
"""Analyzer, case, member, tag."""


@dataclass
class Variant:
    """A variant of a union: its place with its tag, and its distinguishing members."""

    shape: Place
    own: frozenset[str]
    """Members that it always has and another variant of the union does not always have."""
    samples: list[tuple[Document, Path]] = field(default_factory=list)
    """Documents with such an object, and its path."""

    @property
    def is_event(self) -> bool:
        """True for a kind of event, False for a part of an event."""
        return self.shape[0] == "event-payloads" and len(self.shape) == _EVENT_STEPS

    def is_told_apart(self, tool: Tool) -> bool | None:
        """Return True if the tool accepts the samples, and rejects them without any of the distinguishing members.

        Return None if the tool has no schema for them.
        """
        verdicts = [self._is_told(tool, document, path) for document, path in self.samples]
        known = [each for each in verdicts if each is not None]
        return all(known) if known else None

    def _is_told(self, tool: Tool, document: Document, path: Path) -> bool | None:
        verdict = rejects(tool, document, document.value)
        if verdict is None or verdict:
            return None if verdict is None else False
        return all(rejects(tool, document, _without(document, path, name)) for name in sorted(self.own))


def variants(documents: Iterable[Document], census: Census) -> list[Variant]:
    """Return the variants at all places with several tags, with a few samples of each."""
    samples: dict[Place, dict[Place, list[tuple[Document, Path]]]] = defaultdict(lambda: defaultdict(list))
    for document in documents:
        for spot in document.spots():
            if tag_of(spot.value) and not spot.is_free:
                kept = samples[_general(spot.place)][spot.shape]
                if len(kept) < _TRIED:
                    kept.append((document, spot.path))
    return list(_variants(samples, census))


def _variants(samples: dict[Place, dict[Place, list[tuple[Document, Path]]]], census: Census) -> Iterator[Variant]:
    for shapes in samples.values():
        if len(shapes) < 2:
            continue
        always = {shape: frozenset(_always(census, shape)) for shape in shapes}
        common = frozenset.intersection(*always.values())
        for shape, found in sorted(shapes.items()):
            if own := always[shape] - common:
                yield Variant(shape, own, found)


def _always(census: Census, shape: Place) -> Iterator[str]:
    members = census.members(shape)
    return (name for name in members.names if members.always(name))


def _general(place: Place) -> Place:
    """Return the place with the root's kind reduced to the operation, because its events are one union."""
    if place[0] != "event-payloads":
        return place
    return (place[0], " ".join(place[1].split(" ")[:2]), *place[2:])


def _without(document: Document, path: Path, name: str) -> Any:
    whole = json.loads(json.dumps(document.lesson.observation))
    inner = whole
    for step in path:
        inner = inner[step]
    del inner[name]
    return whole[document.member]
