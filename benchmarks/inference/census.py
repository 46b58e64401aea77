"""The census: counts of the values in the training observations by place, independent of the learner's code.

It decides whether a change is a corruption (a missing member that all had, a type that none had), and gives the reasons
of findings. A place is the path of a value: member names, `*` for elements, and `<text>` for an object with the `type`
`text`, so that the variants of a union are counted separately.
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
"""Members with free-form content of the application or the model; their content is neither counted nor corrupted."""
_FREE_OF_TOOL = "input"
"""A free-form member of objects whose `type` ends in `tool_use`."""
_ID = re.compile(r"([a-z]{2,12}_)[A-Za-z0-9_]{8,}\Z")
_KEPT = 40


@dataclass
class Count:
    """The counts at one place."""

    observations: int = 0
    """The number of distinct observations with the place."""
    samples: int = 0
    """The number of values; an array has several."""
    types: Counter[str] = field(default_factory=Counter)
    prefixes: Counter[str] = field(default_factory=Counter)
    """The prefixes of strings that look like ids."""
    texts: set[str] = field(default_factory=set)
    """The distinct strings, at most 40."""

    def add(self, value: Any) -> None:
        """Count a value."""
        self.samples += 1
        self.types[json_type(value)] += 1
        if isinstance(value, str):
            found = _ID.match(value)
            self.prefixes[found.group(1) if found else ""] += 1
            if len(self.texts) < _KEPT:
                self.texts.add(value)


@dataclass
class Members:
    """The counts of members in the objects of one shape."""

    observations: int = 0
    """The number of distinct observations with such an object."""
    objects: int = 0
    names: Counter[str] = field(default_factory=Counter)

    def always(self, name: str) -> bool:
        """Return True if all objects had the member."""
        return self.names[name] == self.objects > 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in an observation."""

    path: Path
    place: Place
    """The place of the value, without its own tag."""
    value: Any
    around: Place = ()
    """The shape of the enclosing object: its place with its tag."""
    is_free: bool = False
    """True if its content is free-form."""

    @property
    def shape(self) -> Place:
        """The place with the tag of the value, if any."""
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
        """Return the counts at a place, zero if it is new."""
        return self._counts.get(place) or Count()

    def members(self, shape: Place) -> Members:
        """Return the counts of members in objects of a shape, zero if it is new."""
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
    """Return the root of an observation's places: the analyzer and the kind of observation."""
    kind = observation.get("case") or observation.get("operation") or ""
    return (analyzer, "" if analyzer == "error-bodies" else str(kind))


def spots(lesson: Observed) -> Iterator[Spot]:
    """Yield the values in an observation with their places, the outermost first, without free-form content."""
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
    """Return the `type` of an object, or an empty text if it is missing or not a text."""
    tag = value.get("type") if isinstance(value, dict) else None
    return tag if isinstance(tag, str) else ""


def is_free(member: str, tag: str) -> bool:
    """Return True if the content of a member is free-form."""
    return member in _FREE or (member == _FREE_OF_TOOL and tag.endswith("tool_use"))


def written(place: Place) -> str:
    """Format a place: `request-bodies POST /v1/messages /body/messages/*/content/*<text>/text`."""
    steps = "".join(step if step.startswith("<") else f"/{step}" for step in place[2:])
    return " ".join(part for part in (place[0], place[1], steps) if part)
