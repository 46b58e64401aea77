"""The comparison of two folders of schemas: what one says of the protocol and the other does not.

A schema is read as the features of one capture that shows all of it: what is required is always there, the rest
sometimes. How often anything was seen, and when, schemas do not tell; noise there is none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wirelore.analysis.registry import registry
from wirelore.compare.captures import Recorded, compared
from wirelore.compare.change import Comparison, Occurrence, Side
from wirelore.compare.change_tables import Reading, Tables, tables
from wirelore.compare.features import CASE, ELEMENT, PRESENT, THING, TYPE, VALUE, Case, Feature, FeaturePath, Features
from wirelore.model import codec
from wirelore.model.json_pointer import pointer
from wirelore.schema.library import Library

_ALWAYS, _SOMETIMES = 2, 1
Schema = Mapping[str, Any]


def compare_schemas(before: Library, after: Library, *, names: tuple[str, str]) -> Comparison:
    """What differs between what two folders of schemas describe. Raises wirelore.schema.validation.BadSchema."""
    told = tables()
    sides = (
        Recorded(Side(name), {"": [described(one, told)]}) for name, one in zip(names, (before, after), strict=True)
    )
    found = compared(*sides)
    plain = [replace(one, before=_plain(one.before), after=_plain(one.after)) for one in found.differences]
    return replace(found, differences=tuple(plain))


def _plain(occurrence: Occurrence) -> Occurrence:
    """The occurrence without counts, which schemas do not have, and without exchanges."""
    return Occurrence(0, 0, occurrence.shown)


def described(library: Library, told: Tables) -> Features:
    """The features of what a folder of schemas describes."""
    found = Features("")
    for analyzer in registry():
        reading = told.readings[analyzer]
        branches = library.branches(analyzer)
        for name, schema in branches.items():
            _Walk(found, analyzer, _case(name), reading).take(schema)
        if not branches and library.root(analyzer).get("x-learn"):
            _Walk(found, analyzer, Case(""), reading).take(library.root(analyzer))
    for entry in (
        library.documents.get("operations.json", {}).get("properties", {}).get("operation", {}).get("enum", ())
    ):
        found.operations[entry] = _ALWAYS
    return found


def _case(name: str) -> Case:
    """The case of a branch: `POST /v1/messages content_block_delta` is about an operation and a detail of it."""
    method, _, rest = name.partition(" ")
    path, _, detail = rest.partition(" ")
    return Case(f"{method} {path}", "", detail)


class _Walk:
    """Reads one schema as features."""

    def __init__(self, into: Features, analyzer: str, case: Case, reading: Reading) -> None:
        self._into, self._analyzer, self._case, self._reading = into, analyzer, case, reading
        into.operations[case.operation] = _ALWAYS

    def take(self, schema: Schema) -> None:
        """Takes the schema of whole observations."""
        self._seen(Feature(self._path(""), CASE), _ALWAYS)
        without = {name: node for name, node in schema.get("properties", {}).items() if name not in self._reading.case}
        self._object({**schema, "properties": without}, "")

    def _path(self, place: str) -> FeaturePath:
        return FeaturePath(self._analyzer, self._case, place)

    def _seen(self, feature: Feature, count: int) -> None:
        self._into.counts[feature] = max(count, self._into.counts[feature])

    def _node(self, node: Schema, place: str) -> None:
        reading, path = self._reading, self._path(place)
        if place in reading.ignored or place in reading.measures:
            return
        if place in reading.orders:
            orders = {tuple(order) for order in _values(node) if isinstance(order, list)}
            self._into.orders.setdefault(path, set()).update(orders)
        elif place in reading.spellings:
            self._into.spellings.setdefault(path, set()).update(map(str, _values(node.get("items", {}))))
        elif place in reading.each:
            aspect = ELEMENT if "items" in node else THING
            for value in _values(node.get("items", node)):
                self._seen(Feature(self._path(place + pointer([str(value)])), aspect), _SOMETIMES)
        else:
            self._plain(node, place, path)
        self._into.room[path] = _ALWAYS

    def _plain(self, node: Schema, place: str, path: FeaturePath) -> None:
        types = node.get("type", ())
        for kind in [types] if isinstance(types, str) else types:
            self._seen(Feature(path, TYPE, kind), _ALWAYS)
        if not self._reading.unvalued.fullmatch(place):
            for shown in _shown(node):
                self._seen(Feature(path, VALUE, shown), _ALWAYS)
        self._object(node, place)
        if isinstance(items := node.get("items"), dict):
            self._items(items, place)

    def _object(self, node: Schema, place: str, leave: str = "") -> None:
        if "properties" not in node and not isinstance(node.get("additionalProperties"), dict):
            return
        self._into.room[self._path(place)] = _ALWAYS
        required = set(node.get("required", ()))
        for name, below in sorted(node.get("properties", {}).items()):
            step = place + pointer([name])
            if isinstance(below, dict) and name != leave and step not in self._reading.ignored:
                self._seen(Feature(self._path(step), PRESENT), _ALWAYS if name in required else _SOMETIMES)
                self._node(below, step)
        if isinstance(rest := node.get("additionalProperties"), dict):
            self._seen(Feature(self._path(f"{place}/*"), PRESENT), _SOMETIMES)
            self._node(rest, f"{place}/*")
        for tag, variant in _variants(node):
            for kind in [tag] if not place.endswith("/*") else ():
                self._seen(Feature(self._path(place + pointer(["type"])), VALUE, f'"{kind}"'), _ALWAYS)
            self._object(variant, place)

    def _items(self, items: Schema, place: str) -> None:
        variants = dict(_variants(items))
        for tag, variant in variants.items():
            step = place + pointer([f"[{tag}]"])
            self._seen(Feature(self._path(step), ELEMENT), _SOMETIMES)
            self._into.room[self._path(step)] = _ALWAYS
            self._object(variant, step)
        if not variants:
            self._node(items, f"{place}/*")


def _variants(node: Schema) -> Iterator[tuple[str, Schema]]:
    """The variants of a union by their tag."""
    if "x-discriminator" in node:
        for entry in node.get("allOf", ()):
            tag = entry.get("if", {}).get("properties", {}).get(node["x-discriminator"], {}).get("const")
            if isinstance(tag, str) and isinstance(entry.get("then"), dict):
                yield tag, entry["then"]


def _values(node: Schema) -> list[Any]:
    """The values that a node lists; beside other types the list stands under a condition."""
    listed: list[Any] = list(node.get("enum", ()))
    for entry in node.get("allOf", ()):
        listed += entry.get("then", {}).get("enum", ())
    return listed


def _shown(node: Schema) -> Iterator[str]:
    for value in _values(node):
        yield codec.line(value).decode("utf-8", "replace")
    for form in node.get("x-forms", ()):
        yield f"({form})"
