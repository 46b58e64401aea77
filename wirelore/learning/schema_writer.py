"""Writing a node as a JSON Schema in canonical form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wirelore.learning.node import EVERYONE, Node, Obj, Presence, renamed
from wirelore.learning.string_forms import keywords
from wirelore.learning.variation import to_note
from wirelore.schema.limits import SEEN_LIMIT, SPEAKER_LIMIT

Schema = dict[str, Any]

TAG_RULE = {"enum": "new-value"}
"""The default rule of a new variant of a union."""


def to_schema(node: Node, *, by_client: bool = False) -> Schema:
    """Return the schema of a node; equal nodes have equal schemas.

    `by_client` is True for content that clients send, so that the members of one client are not required of others.
    """
    return _Renderer(by_client).node(node)


@dataclass(frozen=True, slots=True)
class _Renderer:
    by_client: bool

    def node(self, node: Node) -> Schema:
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
        if node.varies is not None:
            schema["x-varies"] = to_note(node.varies)
        conditions = self._objects(node, schema)
        for name, varying in (node.varies or {}).items():
            if varying.kind and "x-fixed" not in schema.get("properties", {}).get(name, {"x-fixed": True}):
                schema["properties"][name]["x-varies"] = varying.kind
        _strings(node, schema, conditions)
        if node.item is not None:
            schema["items"] = self.node(node.item)
        elif "array" in node.types:
            schema["maxItems"] = 0
        if conditions:
            schema["allOf"] = conditions
        return schema

    def _objects(self, node: Node, schema: Schema) -> list[Schema]:
        """Add the object keywords to the schema; return the conditions of a union's variants."""
        if node.variants.keys() <= {None}:
            for obj in node.variants.values():
                schema.update(self._members(obj, None, node.tag_notes))
            return []
        tags = sorted(tag for tag in node.variants if tag is not None)
        schema["x-discriminator"] = "type"
        schema["properties"] = {"type": {"type": "string", "x-rule": TAG_RULE, **node.tag_notes, "enum": tags}}
        if None not in node.variants:
            schema["required"] = ["type"]
        conditions: list[Schema] = []
        for tag in tags:
            condition: Schema = {"properties": {"type": {"const": tag}}, "required": ["type"]}
            if node.types != {"object"}:  # both keywords accept every value that is not an object
                condition["type"] = "object"
            conditions.append({"if": condition, "then": self._variant(tag, node.variants[tag])})
        if None in node.variants:
            then = self._variant(None, node.variants[None])
            conditions.append({"if": {"not": {"required": ["type"]}}, "then": then})
        return conditions

    def _variant(self, tag: str | None, obj: Obj) -> Schema:
        return {**obj.notes, "type": "object", **self._members(obj, tag, {})}

    def _members(self, obj: Obj, tag: str | None, tag_notes: Mapping[str, Any]) -> Schema:
        members = {name: self.node(node) for name, node in sorted(obj.members.items())}
        optional = frozenset(name for name, node in obj.members.items() if (node.fixed or node.notes).get("x-optional"))
        clients = renamed(obj.clients, lambda always: always - optional)
        always = Obj(clients=clients).required
        required = sorted(always or ())
        if tag is not None:
            members["type"] = {**tag_notes, "type": "string", "enum": [tag]}
            required = sorted((*required, "type"))
        elif tag_notes:
            members["type"] = {**tag_notes, **members.get("type", {})}
        schema: Schema = {"properties": members} if members else {}
        if obj.rest is not None or "x-map" in obj.notes:
            schema["x-map"] = obj.rest is not None
        if obj.rest is not None and obj.rest != Node():
            schema["additionalProperties"] = self.node(obj.rest)
        elif always is not None:
            schema["additionalProperties"] = False
        if required:
            schema["required"] = required
        if always is not None:
            self._evidence(clients, always, schema)
        return schema

    def _evidence(self, clients: Mapping[str, Presence], always: frozenset[str], schema: Schema) -> None:
        if EVERYONE in clients or (not self.by_client and _is_shown_to_many(clients)):
            return
        schema["x-seen"] = {name: each.seen is None or sorted(each.seen) for name, each in sorted(clients.items())}
        own = {name: sorted(each.always - always) for name, each in sorted(clients.items()) if each.always - always}
        if own and self.by_client:
            schema["x-always"] = own


def _is_shown_to_many(clients: Mapping[str, Presence]) -> bool:
    """Return True if there are enough distinct observations from enough clients to enforce the common members."""
    marks = frozenset[str]().union(*(each.seen for each in clients.values() if each.seen is not None))
    full = sum(SEEN_LIMIT for each in clients.values() if each.seen is None)
    return len(marks) + full >= SEEN_LIMIT and len(clients.keys() - {""}) >= SPEAKER_LIMIT


def _type(node: Node) -> str | list[str]:
    return sorted(node.types) if len(node.types) > 1 else next(iter(node.types))


def _strings(node: Node, schema: Schema, conditions: list[Schema]) -> None:
    """Add the keywords of strings. An enum applies to all types, so with other types it becomes a condition."""
    if "string" not in node.types:
        return
    if node.values is not None:
        values = sorted(node.values)
        if node.types <= {"string"}:
            schema["enum"] = values
        else:
            conditions.append({"if": {"type": "string"}, "then": {"enum": values}})
    elif node.forms:
        schema["x-forms"] = sorted(node.forms)
        if node.samples is None:
            schema |= keywords(node.forms)
        else:
            schema["x-samples"] = sorted(node.samples)
