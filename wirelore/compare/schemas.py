"""Compares two folders of schemas.

A schema is converted to the features of a capture that contains everything the schema describes: required members are
always present, optional ones sometimes. Schemas have no counts, times or noise.
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
    """Compare two folders of schemas. Raises wirelore.schema.validation.BadSchema."""
    rules = tables()
    sides = (
        Recorded(Side(name), {"": [described(library, rules)]})
        for name, library in zip(names, (before, after), strict=True)
    )
    comparison = compared(*sides)
    differences = [
        replace(difference, before=_without_counts(difference.before), after=_without_counts(difference.after))
        for difference in comparison.differences
    ]
    return replace(comparison, differences=tuple(differences))


def _without_counts(occurrence: Occurrence) -> Occurrence:
    """Remove the counts and exchanges from an occurrence, because schemas have none."""
    return Occurrence(0, 0, occurrence.shown)


def described(library: Library, rules: Tables) -> Features:
    """Return the features of a folder of schemas."""
    features = Features("")
    for analyzer in registry():
        reading = rules.readings[analyzer]
        branches = library.branches(analyzer)
        for name, schema in branches.items():
            _Converter(features, analyzer, _case(name), reading).add(schema)
        if not branches and library.root(analyzer).get("x-learn"):
            _Converter(features, analyzer, Case(""), reading).add(library.root(analyzer))
    for entry in (
        library.documents.get("operations.json", {}).get("properties", {}).get("operation", {}).get("enum", ())
    ):
        features.operations[entry] = _ALWAYS
    return features


def _case(name: str) -> Case:
    """Split the name of a branch, such as `POST /v1/messages content_block_delta`, into operation and detail."""
    method, _, remainder = name.partition(" ")
    path, _, detail = remainder.partition(" ")
    return Case(f"{method} {path}", "", detail)


class _Converter:
    """Converts one schema to features."""

    def __init__(self, features: Features, analyzer: str, case: Case, reading: Reading) -> None:
        self._features, self._analyzer, self._case, self._reading = features, analyzer, case, reading
        features.operations[case.operation] = _ALWAYS

    def add(self, schema: Schema) -> None:
        """Add the features of the schema of an observation."""
        self._count(Feature(self._path(""), CASE), _ALWAYS)
        properties = {
            name: node for name, node in schema.get("properties", {}).items() if name not in self._reading.case
        }
        self._object({**schema, "properties": properties}, "")

    def _path(self, place: str) -> FeaturePath:
        return FeaturePath(self._analyzer, self._case, place)

    def _count(self, feature: Feature, count: int) -> None:
        self._features.counts[feature] = max(count, self._features.counts[feature])

    def _node(self, node: Schema, place: str) -> None:
        reading, path = self._reading, self._path(place)
        if place in reading.ignored or place in reading.measures:
            return
        if place in reading.orders:
            orders = {tuple(order) for order in _values(node) if isinstance(order, list)}
            self._features.orders.setdefault(path, set()).update(orders)
        elif place in reading.spellings:
            self._features.spellings.setdefault(path, set()).update(map(str, _values(node.get("items", {}))))
        elif place in reading.each:
            aspect = ELEMENT if "items" in node else THING
            for value in _values(node.get("items", node)):
                self._count(Feature(self._path(place + pointer([str(value)])), aspect), _SOMETIMES)
        else:
            self._plain(node, place, path)
        self._features.room[path] = _ALWAYS

    def _plain(self, node: Schema, place: str, path: FeaturePath) -> None:
        types = node.get("type", ())
        for kind in [types] if isinstance(types, str) else types:
            self._count(Feature(path, TYPE, kind), _ALWAYS)
        if not self._reading.unvalued.fullmatch(place):
            for value in _displayed_values(node):
                self._count(Feature(path, VALUE, value), _ALWAYS)
        self._object(node, place)
        if isinstance(items := node.get("items"), dict):
            self._items(items, place)

    def _object(self, node: Schema, place: str) -> None:
        if "properties" not in node and not isinstance(node.get("additionalProperties"), dict):
            return
        self._features.room[self._path(place)] = _ALWAYS
        required = set(node.get("required", ()))
        for name, member in sorted(node.get("properties", {}).items()):
            step = place + pointer([name])
            if isinstance(member, dict) and step not in self._reading.ignored:
                self._count(Feature(self._path(step), PRESENT), _ALWAYS if name in required else _SOMETIMES)
                self._node(member, step)
        if isinstance(map_values := node.get("additionalProperties"), dict):
            self._count(Feature(self._path(f"{place}/*"), PRESENT), _SOMETIMES)
            self._node(map_values, f"{place}/*")
        for tag, variant in _variants(node):
            for kind in [tag] if not place.endswith("/*") else ():
                self._count(Feature(self._path(place + pointer(["type"])), VALUE, f'"{kind}"'), _ALWAYS)
            self._object(variant, place)

    def _items(self, items: Schema, place: str) -> None:
        variants = dict(_variants(items))
        for tag, variant in variants.items():
            step = place + pointer([f"[{tag}]"])
            self._count(Feature(self._path(step), ELEMENT), _SOMETIMES)
            self._features.room[self._path(step)] = _ALWAYS
            self._object(variant, step)
        if not variants:
            self._node(items, f"{place}/*")


def _variants(node: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the variants of a union with their tags."""
    if "x-discriminator" in node:
        for entry in node.get("allOf", ()):
            tag = entry.get("if", {}).get("properties", {}).get(node["x-discriminator"], {}).get("const")
            if isinstance(tag, str) and isinstance(entry.get("then"), dict):
                yield tag, entry["then"]


def _values(node: Schema) -> list[Any]:
    """Return the values that a node lists, including lists that apply only to one type."""
    listed_values: list[Any] = list(node.get("enum", ()))
    for entry in node.get("allOf", ()):
        listed_values += entry.get("then", {}).get("enum", ())
    return listed_values


def _displayed_values(node: Schema) -> Iterator[str]:
    for value in _values(node):
        yield codec.line(value).decode("utf-8", "replace")
    for form in node.get("x-forms", ()):
        yield f"({form})"
