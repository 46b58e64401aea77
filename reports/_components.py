"""The components of the document: learned schemas translated to JSON Schema that other tools understand, and named.

Three rules. Lists are open: known strings are an `anyOf` of an enum and any string. Unions are `oneOf` with a
discriminator, and end in a branch for tags that were not seen yet. Objects take members that they do not list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reports import _names
from reports._learned import Node, strings, types, variants

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
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
    member: str = ""
    """The member's name; empty at the root of a body."""
    suffix: str = ""
    """What names of this side end in: `Param` within requests."""

    def inner(self, name: str, owner: str) -> "Place":
        """The place of a member."""
        noun, short = _names.thing(name)
        return replace(self, noun=noun, short=short, owner=owner, member=name)


class Components:
    """The named schemas of a document."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}

    def add(self, candidates: Iterable[str], schema: Schema) -> Schema:
        """A reference to the schema under the first name that is free or means the same already."""
        names = list(dict.fromkeys(candidates))
        number = 1
        while True:
            for name in names:
                if self.schemas.setdefault(name, schema) == schema:
                    return {"$ref": _PREFIX + name}
            number += 1
            names = [f"{names[0].rstrip('0123456789')}{number}"]

    def value(self, node: Node, place: Place) -> Schema:
        """The translation of a node."""
        notes = {key: node[key] for key in _KEPT if key in node}
        kinds = types(node)
        if node.get("x-opaque"):
            return {"description": "Free-form: nothing is known of what is inside.", **notes, **_typed(kinds)}
        parts: list[Schema] = []
        if "object" in kinds:
            parts.append(self._object(node, place))
        if "array" in kinds:
            parts.append({"type": "array", "items": self.value(node.get("items", {}), place)})
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
        """A server-sent event as an object of its name and its data, read as JSON; `stream` tells apart what differs."""
        payload = self.value(data, place)
        schema = {
            "type": "object",
            "required": ["event", "data"],
            "properties": {"event": {"type": "string", "const": name}, "data": payload},
        }
        title = f"Sent{place.noun}"
        return self.add([title, stream + title], schema)

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
        return self.add(_candidates(name, place), schema)

    def _union_of(self, cases: Iterable[tuple[str | None, Node]], node: Node, place: Place) -> Schema:
        tagged: list[tuple[str, Schema]] = []
        rest: list[Schema] = []
        for tag, case in cases:
            if tag is None:
                rest.append(self._plain(case, place, f"Untagged{place.noun}", {}, {"not": {"required": [_TAG]}}))
            else:
                name = _names.variant(tag, place.short or place.noun)
                const = {_TAG: {"type": "string", "const": tag}}
                tagged.append((tag, self._plain(case, place, name, const)))
        other = {
            "type": "object",
            "description": f"One whose `{_TAG}` was not seen yet.",
            "required": [_TAG],
            "properties": {_TAG: {"type": "string", "not": {"enum": [tag for tag, _ in tagged]}}},
        }
        fallback = self.add(_candidates(f"Other{place.noun}", place), other)
        schema = _union(_TAG, tagged, [*rest, fallback])
        if rest:
            del schema["discriminator"]
        return self.add(_candidates(place.noun, place, "Any"), schema)


def _union(tag: str, cases: Iterable[tuple[str, Schema]], rest: Iterable[Schema]) -> Schema:
    known = list(cases)
    return {
        "oneOf": [*(schema for _, schema in known), *rest],
        "discriminator": {"propertyName": tag, "mapping": {value: schema["$ref"] for value, schema in known}},
    }


def _single_tag(node: Node) -> str | None:
    """The one known value of a required member `type`."""
    known = strings(node.get("properties", {}).get(_TAG, {}))
    return known[0] if len(known) == 1 and _TAG in node.get("required", ()) else None


def _candidates(name: str, place: Place, qualifier: str = "") -> list[str]:
    names = [name, *([qualifier + name] if qualifier else []), place.owner + name]
    return [each if each.endswith(place.suffix) else each + place.suffix for each in names]


def _typed(kinds: list[str]) -> Schema:
    if not kinds:
        return {}
    return {"type": kinds[0] if len(kinds) == 1 else kinds}
