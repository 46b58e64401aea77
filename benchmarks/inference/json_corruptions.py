"""Corruptions inside JSON documents: members, types, discriminators, ids."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from benchmarks.inference.census import Count, Members, Path, Spot, written
from benchmarks.inference.corruption import EVIDENCE, Corruption, Kind, Mark, Training
from benchmarks.inference.documents import Document, documents
from wirelore.analysis.check import json_type
from wirelore.model.exchange import Exchange
from wirelore.model.json_pointer import pointer

UNKNOWN = "wirelore_unknown"
ADDED = "wirelore_added"
_NUMBERS = ("integer", "number")
_OTHERS: tuple[Any, ...] = ("text", 7, True, [], {})


class Edit(NamedTuple):
    """A change of a value; `change` is called with its container and key."""

    path: Path
    change: Callable[[Any, Any], None]
    marks: tuple[Path, ...]


class Seen(NamedTuple):
    """The counts in training of a value and of its enclosing object."""

    here: Count
    around: Members
    inside: Members
    """The counts of members in objects like this value."""

    def knows(self, spot: Spot) -> bool:
        """Return True if training had enough observations of the place, and a value of this type there."""
        return self.here.observations >= EVIDENCE and self.here.types[json_type(spot.value)] > 0


Edits = Callable[[Spot, Seen], Iterator[Edit]]


def dropped(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Remove a member that all such objects in training had."""
    if _is_member(spot) and seen.around.observations >= EVIDENCE and seen.around.always(str(spot.path[-1])):
        yield Edit(spot.path, _remove, (spot.path,))


def renamed(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Rename a member that occurs in training."""
    if _is_member(spot) and seen.around.observations >= EVIDENCE and seen.around.names[str(spot.path[-1])]:
        new = f"{spot.path[-1]}_renamed"
        yield Edit(spot.path, lambda box, key: box.update({new: box.pop(key)}), (spot.path, (*spot.path[:-1], new)))


def retyped(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Change a value to a type that none had at its place in training."""
    if seen.knows(spot) and spot.path:
        other = next((each for each in _OTHERS if _is_new(json_type(each), seen.here)), None)
        if other is not None:
            yield _put(spot, other)


def nulled(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Replace a value with null where none was null."""
    if seen.knows(spot) and not seen.here.types["null"]:
        yield _put(spot, None)


def quoted_number(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Replace a number with a string where all were numbers."""
    is_number = json_type(spot.value) in _NUMBERS and seen.here.types.keys() <= {*_NUMBERS, "null"}
    if is_number and seen.knows(spot):
        yield _put(spot, str(spot.value))


def quoted_boolean(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Replace a boolean with a string where all were booleans."""
    if seen.knows(spot) and isinstance(spot.value, bool) and seen.here.types.keys() <= {"boolean"}:
        yield _put(spot, str(spot.value).lower())


def fraction(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Replace an integer with a fraction where all were integers."""
    if seen.knows(spot) and json_type(spot.value) == "integer" and not seen.here.types["number"]:
        yield _put(spot, spot.value + 0.5)


def boxed(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Wrap an object in an array where none was an array."""
    if seen.knows(spot) and isinstance(spot.value, dict) and not seen.here.types["array"]:
        yield _put(spot, [spot.value])


def unboxed(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Replace an array with an object by index where none was an object."""
    if seen.knows(spot) and isinstance(spot.value, list) and not seen.here.types["object"]:
        yield _put(spot, {str(index): element for index, element in enumerate(spot.value)})


def unknown_type(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Change the `type` of a union's variant to an unknown one."""
    if _is_member(spot) and spot.path[-1] == "type" and isinstance(spot.value, str) and seen.knows(spot):
        yield _put(spot, UNKNOWN)


def member_added(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Add a member that no object had."""
    if isinstance(spot.value, dict) and not spot.is_free and seen.inside.observations >= EVIDENCE:
        path = (*spot.path, ADDED)
        yield Edit(path, _setting(1), (path,))


def other_prefix(spot: Spot, seen: Seen) -> Iterator[Edit]:
    """Change the prefix of an id where all had the same."""
    one = next(iter(seen.here.prefixes), "") if len(seen.here.prefixes) == 1 else ""
    if one and len(seen.here.texts) >= 2 * EVIDENCE and isinstance(spot.value, str):
        yield _put(spot, "zzz_" + spot.value.removeprefix(one))


def in_documents(edits: Edits) -> Kind:
    """Return the kind of corruption that applies these edits to all JSON documents of an exchange."""

    def corruptions(exchange: Exchange, training: Training) -> Iterator[Corruption]:
        for document in documents(exchange):
            for spot in document.spots():
                seen = Seen(
                    training.census.at(spot.place),
                    training.census.members(spot.around),
                    training.census.members(spot.shape),
                )
                for edit in edits(spot, seen):
                    yield _corruption(document, spot, edit)

    return corruptions


def _corruption(document: Document, spot: Spot, edit: Edit) -> Corruption:
    lesson = document.lesson
    marks = frozenset(Mark(lesson.analyzer, lesson.item, pointer(path)) for path in edit.marks)
    return Corruption(
        written(spot.shape if edit.path != spot.path else spot.place),
        marks,
        partial(document.changed, edit.path, edit.change),
    )


def _is_member(spot: Spot) -> bool:
    return len(spot.path) > 1 and isinstance(spot.path[-1], str)


def _is_new(kind: str, count: Count) -> bool:
    return not count.types[kind] and not (kind == "integer" and count.types["number"])


def _put(spot: Spot, value: Any) -> Edit:
    return Edit(spot.path, _setting(value), (spot.path,))


def _setting(value: Any) -> Callable[[Any, Any], None]:
    return lambda box, key: box.__setitem__(key, value)


def _remove(box: Any, key: Any) -> None:
    del box[key]
