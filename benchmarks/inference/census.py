"""The census: what the training observations had at each place, counted without any of the learner's code.

It decides what is a real corruption (a member gone that all had, a type that none had), and tells the reasons of
findings. A place is the way to a value: member names, `*` for elements, and `<text>` for an object whose `type` is
`text`, so that the variants of a union are counted apart.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.inference.teaching import Observed
from wirelore.analysis.check import json_type

Path = tuple[str | int, ...]
Place = tuple[str, ...]

_FREE = frozenset({"input_schema", "schema", "metadata"})
"""Members whose content the application or the model writes freely: nothing below them is counted or corrupted."""
_FREE_OF_TOOL = "input"
"""Free as well, in an object whose `type` ends in `tool_use`."""
_ID = re.compile(r"([a-z]{2,12}_)[A-Za-z0-9_]{8,}\Z")
_KEPT = 40


@dataclass
class Count:
    """What was seen at one place."""

    observations: int = 0
    """Distinct observations that had the place."""
    samples: int = 0
    """Values there; an array gives many."""
    types: Counter[str] = field(default_factory=Counter)
    prefixes: Counter[str] = field(default_factory=Counter)
    """Of strings: the prefix if it looks like an id, else nothing."""
    texts: set[str] = field(default_factory=set)
    """Of strings: the distinct ones, at most 40."""

    def add(self, value: Any) -> None:
        """Counts one more value."""
        self.samples += 1
        self.types[json_type(value)] += 1
        if isinstance(value, str):
            found = _ID.match(value)
            self.prefixes[found.group(1) if found else ""] += 1
            if len(self.texts) < _KEPT:
                self.texts.add(value)


@dataclass
class Members:
    """Which members the objects of one shape had."""

    observations: int = 0
    """Distinct observations that had such an object."""
    objects: int = 0
    names: Counter[str] = field(default_factory=Counter)

    def always(self, name: str) -> bool:
        """Whether every object had the member."""
        return self.names[name] == self.objects > 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in an observation."""

    path: Path
    place: Place
    """Where it is, whatever it is."""
    value: Any
    around: Place = ()
    """The shape of the object that it is a member of: its place with its own tag."""
    is_free: bool = False
    """Whether its content is free-form."""

    @property
    def shape(self) -> Place:
        """The place with the tag of the value, if it has one."""
        tag = tag_of(self.value)
        return (*self.place, f"<{tag}>") if tag else self.place


class Census:
    """Counts by place."""

    def __init__(self, lessons: Iterable[Observed]) -> None:
        self._counts: dict[Place, Count] = defaultdict(Count)
        self._members: dict[Place, Members] = defaultdict(Members)
        self._known: set[bytes] = set()
        for lesson in lessons:
            text = json.dumps([lesson.analyzer, lesson.observation], sort_keys=True).encode()
            if text not in self._known:
                self._known.add(text)
                self._add(lesson)

    def at(self, place: Place) -> Count:
        """What was seen at a place; nothing if it is new."""
        return self._counts.get(place) or Count()

    def members(self, shape: Place) -> Members:
        """What objects of this shape had; nothing if it is new."""
        return self._members.get(shape) or Members()

    def _add(self, lesson: Observed) -> None:
        here: set[Place] = set()
        shapes: set[Place] = set()
        for spot in spots(lesson):
            count = self._counts[spot.place]
            count.observations += spot.place not in here
            count.add(spot.value)
            here.add(spot.place)
            if isinstance(spot.value, dict) and not spot.is_free:
                members = self._members[spot.shape]
                members.observations += spot.shape not in shapes
                members.objects += 1
                members.names.update(spot.value.keys())
                shapes.add(spot.shape)


def root(analyzer: str, observation: dict[str, Any]) -> Place:
    """Where the places of an observation begin: the analyzer with the kind of observation."""
    kind = observation.get("case") or observation.get("operation") or ""
    return (analyzer, "" if analyzer == "error-bodies" else str(kind))


def spots(lesson: Observed) -> Iterator[Spot]:
    """Every value of an observation with its place, outermost first, free-form content left out."""
    yield from _spots(lesson.observation, (), root(lesson.analyzer, lesson.observation), ())


def _spots(value: Any, path: Path, place: Place, around: Place) -> Iterator[Spot]:
    spot = Spot(path, place, value, around)
    yield spot
    if isinstance(value, dict):
        shape, tag = spot.shape, tag_of(value)
        for name, member in value.items():
            if is_free(name, tag):
                yield Spot((*path, name), (*shape, name), member, shape, is_free=True)
            else:
                yield from _spots(member, (*path, name), (*shape, name), shape)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _spots(element, (*path, index), (*place, "*"), ())


def tag_of(value: Any) -> str:
    """The `type` of an object, empty if it has none that is a text."""
    tag = value.get("type") if isinstance(value, dict) else None
    return tag if isinstance(tag, str) else ""


def is_free(member: str, tag: str) -> bool:
    """Whether the content of a member is free-form."""
    return member in _FREE or (member == _FREE_OF_TOOL and tag.endswith("tool_use"))


def written(place: Place) -> str:
    """A place as one reads it: `request-bodies POST /v1/messages /body/messages/*/content/*<text>/text`."""
    steps = "".join(step if step.startswith("<") else f"/{step}" for step in place[2:])
    return " ".join(part for part in (place[0], place[1], steps) if part)
