"""What is known of a place as JSON Schema, always in the same form."""

import json
from collections.abc import Mapping
from typing import Any

from schemas._node import Node, Obj

Schema = dict[str, Any]

TAG_RULE = {"enum": "new-value"}
"""What a new variant of a union is reported as unless a person says otherwise."""


def to_schema(node: Node) -> Schema:
    """The schema of a node, in the dialect of this folder; equal nodes give equal schemas."""
    if node.fixed is not None:
        return dict(node.fixed)
    schema: Schema = dict(node.notes)
    if node.types:
        schema["type"] = _type(node)
    if node.notes.get("x-opaque"):
        return schema
    if node.notes.get("x-atomic"):
        if node.values:
            schema["enum"] = [json.loads(text) for text in sorted(node.values)]
        return schema
    conditions = _objects(node, schema)
    if node.values is not None and "string" in node.types:
        _list(node, schema, conditions)
    if node.item is not None:
        schema["items"] = to_schema(node.item)
    elif "array" in node.types:
        schema["maxItems"] = 0
    if conditions:
        schema["allOf"] = conditions
    return schema


def _type(node: Node) -> str | list[str]:
    return sorted(node.types) if len(node.types) > 1 else next(iter(node.types))


def _list(node: Node, schema: Schema, conditions: list[Schema]) -> None:
    """An enum speaks of every type, so beside other types it is made a condition on strings."""
    values = sorted(node.values or ())
    if node.types <= {"string"}:
        schema["enum"] = values
    else:
        conditions.append({"if": {"type": "string"}, "then": {"enum": values}})


def _objects(node: Node, schema: Schema) -> list[Schema]:
    """Writes the object keywords into the schema; returns the conditions of a union's variants."""
    if node.variants.keys() <= {None}:
        for obj in node.variants.values():
            schema.update(_members(obj, None, node.tag_notes))
        return []
    tags = sorted(tag for tag in node.variants if tag is not None)
    schema["x-discriminator"] = "type"
    schema["properties"] = {"type": {"type": "string", "x-rule": TAG_RULE, **node.tag_notes, "enum": tags}}
    if None not in node.variants:
        schema["required"] = ["type"]
    conditions: list[Schema] = []
    for tag in tags:
        condition: Schema = {"properties": {"type": {"const": tag}}, "required": ["type"]}
        if node.types != {"object"}:  # both keywords hold for all that is no object
            condition["type"] = "object"
        conditions.append({"if": condition, "then": _variant(tag, node.variants[tag])})
    if None in node.variants:
        conditions.append({"if": {"not": {"required": ["type"]}}, "then": _variant(None, node.variants[None])})
    return conditions


def _variant(tag: str | None, obj: Obj) -> Schema:
    return {**obj.notes, "type": "object", **_members(obj, tag, {})}


def _members(obj: Obj, tag: str | None, tag_notes: Mapping[str, Any]) -> Schema:
    members = {name: to_schema(node) for name, node in sorted(obj.members.items())}
    required = sorted(obj.required or ())
    if tag is not None:
        members["type"] = {**tag_notes, "type": "string", "enum": [tag]}
        required = sorted((*required, "type"))
    elif tag_notes:
        members["type"] = {**tag_notes, **members.get("type", {})}
    schema: Schema = {"properties": members} if members else {}
    if obj.rest is not None or "x-map" in obj.notes:
        schema["x-map"] = obj.rest is not None
    if obj.rest is not None and obj.rest != Node():
        schema["additionalProperties"] = to_schema(obj.rest)
    elif obj.required is not None:
        schema["additionalProperties"] = False
    if required:
        schema["required"] = required
    if obj.seen is not None and (obj.seen or obj.required is not None):
        schema["x-seen"] = sorted(obj.seen)
    return schema
