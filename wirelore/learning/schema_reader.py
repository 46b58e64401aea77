"""Reading a schema as a node: the inverse of `schema_writer`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wirelore.learning.node import EVERYONE, HINTS, NONE, Node, Obj, Presence, canonical, few, folded, renamed, settled
from wirelore.learning.schema_writer import TAG_RULE
from wirelore.learning.string_forms import is_form
from wirelore.learning.variation import from_note
from wirelore.schema.limits import TYPE_NAMES

Schema = Mapping[str, Any]

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_CONTENT = frozenset(
    (
        "type",
        "enum",
        "items",
        "maxItems",
        "properties",
        "required",
        "additionalProperties",
        "allOf",
        "x-discriminator",
        "pattern",
        "format",
        "contentEncoding",
        "x-forms",
        "x-samples",
        "x-map",
        "x-seen",
        "x-always",
        "x-varies",
    )
)
_NOTES = frozenset(("title", "description", "examples", "deprecated", "default"))


def from_schema(schema: Schema, *, template: bool = False) -> Node:
    """Return the node of a schema.

    An object that accepts every member, or one without `required` in a template, had no samples yet; the first sample
    determines its members. Other objects without `x-seen`, the list of observations, had enough samples. Raises
    ValueError, with the place, for a keyword that the learner cannot widen.
    """
    return _node(schema, "#", template)


def _node(schema: Schema, place: str, template: bool) -> Node:
    if schema.get("x-fixed"):
        return Node(fixed=schema)
    notes = {name: value for name, value in schema.items() if name not in _CONTENT}
    for name in notes:
        if name == "$ref" or not (name in _NOTES or name.startswith(("x-", "$"))):
            raise ValueError(
                f"{place}: the keyword {name!r} cannot be widened; mark the node x-fixed, or remove the keyword"
            )
    types = _types(schema, place)
    if schema.get("x-opaque"):
        return Node(types, notes=notes)
    if schema.get("x-atomic"):
        atoms = frozenset(map(canonical, schema["enum"])) if "enum" in schema else None if types else frozenset[str]()
        return Node(types, atoms, notes=notes)
    variants, tag_notes = _variants(schema, place, template)
    item = _item(schema, types, place, template)
    values = _values(schema, types)
    forms, samples = _forms(schema, place) if values is None else (frozenset[str](), frozenset[str]())
    varies = from_note(schema["x-varies"]) if isinstance(schema.get("x-varies"), Mapping) else None
    return Node(types, values, item, forms, samples, variants, notes, tag_notes, varies=varies)


def _forms(schema: Schema, place: str) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Return the forms of strings that are not listed; None if the schema has none."""
    if "x-forms" not in schema:
        if "pattern" in schema:
            raise ValueError(f"{place}: pattern without x-forms cannot be widened; mark the node x-fixed")
        return None, None
    forms = schema["x-forms"]
    if not isinstance(forms, list) or not all(map(is_form, forms)):
        raise ValueError(f"{place}: x-forms is {forms!r}, expected a list of forms such as uuid or msg_")
    return frozenset(forms), frozenset(schema["x-samples"]) if "x-samples" in schema else None


def _types(schema: Schema, place: str) -> frozenset[str]:
    value = schema.get("type", [])
    types = {value} if isinstance(value, str) else set(value)
    types |= {TYPE_NAMES[type(constant)] for constant in schema.get("enum", ())}
    if not types <= set(_TYPES):
        raise ValueError(f"{place}: type is {value!r}, expected one or more of {', '.join(_TYPES)}")
    if "properties" in schema or "additionalProperties" in schema:
        types |= {"object"} if "type" not in schema and _closed(schema) else set()
    return frozenset(types - {"integer"} if "number" in types else types)


def _closed(schema: Schema) -> bool:
    return schema.get("additionalProperties", True) is not True or "x-discriminator" in schema


def _values(schema: Schema, types: frozenset[str]) -> frozenset[str] | None:
    conditions = (entry["then"] for entry in schema.get("allOf", ()) if entry["if"] == {"type": "string"})
    for listing in (schema, *conditions):
        if "enum" in listing:
            return frozenset(value for value in listing["enum"] if isinstance(value, str))
    return None if "string" in types else frozenset()


def _item(schema: Schema, types: frozenset[str], place: str, template: bool) -> Node | None:
    if "items" in schema:
        return _node(schema["items"], f"{place}/items", template)
    return Node() if "array" in types and schema.get("maxItems") != 0 else None


def _variants(schema: Schema, place: str, template: bool) -> tuple[Mapping[str | None, Obj], Schema]:
    if "x-discriminator" not in schema:
        return _plain(schema, place, template)
    variants: dict[str | None, Obj] = {}
    for index, entry in enumerate(schema.get("allOf", ())):
        if entry.get("if") == {"type": "string"}:
            continue
        variant_place = f"{place}/allOf/{index}/then"
        tag = entry["if"].get("properties", {}).get("type", {}).get("const")
        then: dict[str, Any] = entry["then"]
        notes = {name: value for name, value in then.items() if name not in _CONTENT}
        variants[tag] = _tagged(tag, _members(then, variant_place, template, notes))
    kind = schema["properties"]["type"].items()
    tag_notes = {name: value for name, value in kind if name not in _CONTENT and (name, value) != ("x-rule", TAG_RULE)}
    return settled(variants), tag_notes


def _plain(schema: Schema, place: str, template: bool) -> tuple[Mapping[str | None, Obj], Schema]:
    """Return the single object of a node that is not a union; as a variant if its `type` has only one value."""
    if not schema.keys() & {"properties", "additionalProperties", "required", "x-seen"} and "x-map" not in schema:
        return ({None: Obj()} if "object" in _types(schema, place) else {}), NONE
    obj = _members(schema, place, template, NONE)
    kind = obj.members.get("type")
    if kind is None or kind.fixed is not None:
        return {None: folded(obj)}, NONE
    others = {name: node for name, node in obj.members.items() if name != "type"}
    if not kind.types:
        return {None: folded(Obj(others, obj.clients, obj.rest, obj.notes))}, kind.notes
    if kind.types == {"string"} and kind.values and len(kind.values) == 1 and "type" in (obj.required or ("type",)):
        (tag,) = kind.values
        return {tag: _tagged(tag, obj)}, kind.notes
    hinted = {name: value for name, value in kind.notes.items() if name in HINTS}
    bare = replace(kind, notes=hinted)
    notes = {name: value for name, value in kind.notes.items() if name not in HINTS}
    return {None: folded(Obj({**others, "type": bare}, obj.clients, obj.rest, obj.notes))}, notes


def _tagged(tag: str | None, obj: Obj) -> Obj:
    if tag is None:
        return folded(obj)
    members = {name: node for name, node in obj.members.items() if name != "type"}
    clients = renamed(obj.clients, lambda always: always - {"type"})
    return folded(Obj(members, clients, obj.rest, obj.notes))


def _members(schema: Schema, place: str, template: bool, notes: Schema) -> Obj:
    properties: Schema = schema.get("properties", {})
    members = {name: _node(node, f"{place}/properties/{name}", template) for name, node in properties.items()}
    others = schema.get("additionalProperties", True)
    unseen = "required" not in schema if template else others is True
    required = None if unseen else frozenset(name for name in schema.get("required", ()) if name in members)
    rest = _node(others, f"{place}/additionalProperties", template) if isinstance(others, Mapping) else None
    if rest is None and schema.get("x-map"):
        rest = Node()
    if schema.get("x-map") is False:
        notes = {**notes, "x-map": False}
    return Obj(members, {} if required is None else _clients(schema, place, required), rest, notes)


def _clients(schema: Schema, place: str, required: frozenset[str]) -> Mapping[str, Presence]:
    """Return presence by client; EVERYONE if the schema has no `x-seen`."""
    marks_by_client = schema.get("x-seen")
    if marks_by_client is None:
        return {EVERYONE: Presence(required)}
    if isinstance(marks_by_client, list):  # the first version of the dialect, without clients
        marks_by_client = {"": marks_by_client}
    if not isinstance(marks_by_client, Mapping) or not all(
        value is True or isinstance(value, list) for value in marks_by_client.values()
    ):
        expected = "expected an object of clients with `true` or a list of hashes; remove it if required is certain"
        raise ValueError(f"{place}: x-seen is {marks_by_client!r}, {expected}")
    own: Mapping[str, list[str]] = schema.get("x-always", {})
    return {
        client: Presence(required.union(own.get(client, ())), None if marks is True else few(frozenset(marks)))
        for client, marks in marks_by_client.items()
    }
