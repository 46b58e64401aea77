"""The components of the document: learned schemas translated to JSON Schema that other tools understand, and named.

Three rules. Lists are open: known strings are an `anyOf` of an enum and any string. Unions are `oneOf` with a
discriminator, and end in a branch for tags that were not seen yet. Objects take members that they do not list.
"""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any

from reports import _names
from reports._learned import Node, strings, types, variants

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
_OPEN = "~"
"""Marks a reference whose component has no name yet; no name can hold it."""
_KEPT = ("title", "description", "x-claims")
_TAG = "type"
_NONE: Schema = {}


@dataclass(frozen=True)
class Place:
    """Where a value stands, as far as names depend on it."""

    noun: str
    """What an object here is called."""
    short: str = ""
    """What the variants of a union here are called, if not `noun`."""
    owner: str = ""
    """What the object around is called."""
    root: str = ""
    """What the whole body is called."""
    member: str = ""
    """The member's name; empty at the root of a body."""
    suffix: str = ""
    """What names of this side end in: `Param` within requests."""
    depth: int = 0

    def inner(self, name: str, owner: str) -> "Place":
        """The place of a member."""
        noun, short = _names.thing(name)
        root = self.root or self.noun
        return replace(self, noun=noun, short=short, owner=owner, root=root, member=name, depth=self.depth + 1)

    def item(self) -> "Place":
        """The place of an array's items."""
        return (
            replace(self, noun=_names.singular(self.noun), short=_names.singular(self.short)) if self.member else self
        )

    def names(self, name: str, qualifier: str = "") -> list[str]:
        """What something here may be called, the best name first."""
        owner, root = self.owner, self.root
        found = [name, *([qualifier + name] if qualifier else []), owner + name, root + owner + name]
        return [each if each.endswith(self.suffix) and each != self.suffix else each + self.suffix for each in found]


@dataclass
class _Component:
    names: tuple[str, ...]
    schema: Schema
    depth: int


class Components:
    """The named schemas of a document; names are given at the end, the outermost first.

    Until then a reference is a number. What means the same and may be called the same is one component.
    """

    def __init__(self) -> None:
        self._made: list[_Component] = []
        self._numbers: dict[str, int] = {}

    def add(self, names: Iterable[str], schema: Schema, depth: int = 0) -> Schema:
        """A reference to the schema, which will bear the first of these names that is free."""
        wanted = tuple(dict.fromkeys(names))
        key = json.dumps([wanted[0], schema], sort_keys=True)
        number = self._numbers.setdefault(key, len(self._made))
        if number == len(self._made):
            self._made.append(_Component(wanted, schema, depth))
        one = self._made[number]
        one.depth = min(one.depth, depth)
        return {"$ref": f"{_PREFIX}{_OPEN}{number}"}

    def resolved(self, document: Schema) -> Schema:
        """The document with all components under their names, and every reference to them."""
        names: dict[str, str] = {}
        order = sorted(range(len(self._made)), key=lambda number: (self._made[number].depth, number))
        for number in order:
            names[_free(self._made[number].names, names)] = f"{_PREFIX}{_OPEN}{number}"
        references = {reference: _PREFIX + name for name, reference in names.items()}
        schemas = {name: self._made[int(names[name].rpartition(_OPEN)[2])].schema for name in sorted(names)}
        parts = {**document.get("components", {}), "schemas": schemas}
        done: Schema = _replaced({**document, "components": parts}, references)
        return done

    def value(self, node: Node, place: Place) -> Schema:
        """The translation of a node."""
        notes = {key: node[key] for key in _KEPT if key in node}
        kinds = types(node)
        if node.get("x-opaque"):
            return {"description": "Free-form: nothing is known of what is inside.", **notes, **_typed(kinds)}
        if kinds == ["null"]:
            return {"description": "Only null was seen.", **notes}
        parts: list[Schema] = []
        if "object" in kinds:
            parts.append(self._object(node, place))
        if "array" in kinds:
            parts.append({"type": "array", "items": self.value(node.get("items", {}), place.item())})
        known = strings(node)
        if "string" in kinds and known:
            parts += [{"type": "string", "enum": known}, {"type": "string"}]
            kinds = [kind for kind in kinds if kind != "string"]
        plain = [kind for kind in kinds if kind not in ("object", "array")]
        if plain:
            parts.append(_typed(plain))
        if len(parts) == 1:
            return {**parts[0], **notes}
        return {"anyOf": parts, **notes} if parts else notes

    def event(self, name: str, data: Node, place: Place, stream: str) -> Schema:
        """An event as an object of its name and its data, read as JSON; `stream` tells apart what differs."""
        own = _single_tag(data) == name
        payload = self._plain(data, place, place.noun, _tagged(name)) if own else self.value(data, place)
        schema = {
            "type": "object",
            "required": ["event", "data"],
            "properties": {"event": {"type": "string", "const": name}, "data": payload},
        }
        title = f"Sent{place.noun}"
        return self.add([title, stream + title], schema, place.depth)

    def stream(self, noun: str, events: Mapping[str, Schema]) -> Schema:
        """The union of a stream's events, told apart by their name, with a branch for new ones."""
        other = {
            "type": "object",
            "description": "An event that was not seen yet.",
            "required": ["event"],
            "properties": {"event": {"type": "string", "not": {"enum": sorted(events)}}, "data": {}},
        }
        rest = self.add([f"Other{noun}StreamEvent"], other)
        return self.add([f"{noun}StreamEvent"], _union("event", sorted(events.items()), [rest]))

    def _object(self, node: Node, place: Place) -> Schema:
        cases = variants(node)
        if cases:
            return self._union_of(cases, node, place)
        members = node.get("properties", {})
        if not members:
            rest = node.get("additionalProperties")
            return {"type": "object", **({"additionalProperties": self.value(rest, place)} if rest else {})}
        tag = _single_tag(node)
        if tag and place.member not in ("", tag) and len(node.get("required", ())) > 1:
            return self._union_of([(tag, node)], node, place)
        return self._plain(node, place, place.noun, {})

    def _plain(
        self, node: Node, place: Place, name: str, instead: Mapping[str, Schema], more: Schema = _NONE
    ) -> Schema:
        """An object as a component; `instead` replaces the schemas of members, `more` are further keywords."""
        members = {
            member: instead[member] if member in instead else self.value(child, place.inner(member, name))
            for member, child in sorted(node.get("properties", {}).items())
        }
        notes = {key: node[key] for key in _KEPT if key in node}
        schema: Schema = {"type": "object", **notes, "properties": members, **more}
        if node.get("required"):
            schema["required"] = list(node["required"])
        if node.get("x-map"):
            schema["additionalProperties"] = self.value(node["additionalProperties"], place)
        return self.add(place.names(name), schema, place.depth)

    def _union_of(self, cases: Iterable[tuple[str | None, Node]], node: Node, place: Place) -> Schema:
        tagged: list[tuple[str, Schema]] = []
        rest: list[Schema] = []
        for tag, case in cases:
            if tag is None:
                rest.append(self._plain(case, place, f"Untagged{place.noun}", {}, {"not": {"required": [_TAG]}}))
            else:
                name = _names.variant(tag, place.short or place.noun)
                tagged.append((tag, self._plain(case, place, name, _tagged(tag))))
        other = {
            "type": "object",
            "description": f"One whose `{_TAG}` was not seen yet.",
            "required": [_TAG],
            "properties": {_TAG: {"type": "string", "not": {"enum": [tag for tag, _ in tagged]}}},
        }
        fallback = self.add(place.names(f"Other{place.noun}"), other, place.depth)
        schema = _union(_TAG, tagged, [*rest, fallback])
        if rest:
            del schema["discriminator"]
        return self.add(place.names(place.noun, "" if place.member else "Any"), schema, place.depth)


def _union(tag: str, cases: Iterable[tuple[str, Schema]], rest: Iterable[Schema]) -> Schema:
    known = list(cases)
    return {
        "oneOf": [*(schema for _, schema in known), *rest],
        "discriminator": {"propertyName": tag, "mapping": {value: schema["$ref"] for value, schema in known}},
    }


def _tagged(tag: str) -> dict[str, Schema]:
    """The member that holds the tag of a variant."""
    return {_TAG: {"type": "string", "const": tag}}


def _single_tag(node: Node) -> str | None:
    """The one known value of a required member `type`."""
    known = strings(node.get("properties", {}).get(_TAG, {}))
    return known[0] if len(known) == 1 and _TAG in node.get("required", ()) else None


def _free(names: Iterable[str], taken: Container[str]) -> str:
    """The first name that is free; the first one with a number if none is."""
    choices = list(names)
    return next(name for name in chain(choices, (f"{choices[0]}{n}" for n in count(2))) if name not in taken)


def _replaced(value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(each, references) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, references) for each in value]
    return references.get(value, value) if isinstance(value, str) else value


def _typed(kinds: list[str]) -> Schema:
    if not kinds:
        return {}
    return {"type": kinds[0] if len(kinds) == 1 else kinds}
