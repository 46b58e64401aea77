"""What would teach nothing new: a compiled schema that accepts only observations that leave a node as it is.

Most traffic repeats what is known. jsonschema-rs sees that several times faster than the learner could; what it does
not accept is taken the exact way, so the result is the same. The schema is of draft 4, the last one that tells 1.0 from
an integer, as the learner does.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from wirelore.learning.members import Hints
from wirelore.learning.node import EVERYONE, Node, Obj
from wirelore.learning.node_builder import NodeBuilder
from wirelore.learning.observation import UNTOLD, Origin
from wirelore.learning.string_forms import EMPTY, exact_pattern
from wirelore.schema.validation import draft4_test

_FIRST_LOOK = 128
"""Observations that are taken before a schema of them is compiled; three times as many more before the next."""

Schema = dict[str, Any]

_ANY: Schema = {}
_NONE: Schema = {"not": {}}


class SkippingLearner:
    """A taker that skips what would teach it nothing."""

    def __init__(self, taker: NodeBuilder, hints: Hints, first_look: int = _FIRST_LOOK) -> None:
        self.taker, self._hints, self._first_look = taker, hints, first_look
        self._known: dict[str, Callable[[Any], bool]] = {}
        self._taken: dict[str, int] = {}
        self._due: dict[str, int] = {}

    def observe(self, value: Any, client: str, origin: Origin = UNTOLD) -> None:
        """Takes in a whole observation of a client's exchange."""
        known = self._known.get(client)
        if known is None or not known(value):
            self._take(value, client, origin)

    def _take(self, value: Any, client: str, origin: Origin) -> None:
        self.taker.observe(value, client, origin)
        taken = self._taken[client] = self._taken.get(client, 0) + 1
        if taken >= self._due.setdefault(client, self._first_look):
            schema = _Known(client, sorted(self._hints)).node(self.taker.node())
            self._known[client] = draft4_test(schema)
            self._due[client] = 4 * taken


class _Known:
    """Writes the schema for one client. Where any value could teach something, none passes."""

    def __init__(self, client: str, hinted: Iterable[str]) -> None:
        self._client = client
        self._hinted = f"^(?:{'|'.join(map(re.escape, hinted))})$"

    def node(self, node: Node) -> Schema:
        if node.fixed is not None:
            return _ANY
        if node.varies is not None:
            return _NONE
        types = set(node.types)
        schema: Schema = {}
        if node.notes.get("x-atomic") and not node.notes.get("x-opaque"):
            return _atoms(node)
        if not node.notes.get("x-opaque"):
            conditions = self._objects(node, schema, types)
            if "string" in types and not _strings(node, conditions):
                types.discard("string")
            if "array" in types:
                schema |= {"maxItems": 0} if node.item is None else {"items": self.node(node.item)}
            if conditions:
                schema["allOf"] = conditions
        return {**schema, "type": sorted(types)} if types else _NONE

    def _objects(self, node: Node, schema: Schema, types: set[str]) -> list[Schema]:
        """Writes the keywords of objects; returns the conditions of a union's variants."""
        if "object" not in types:
            return []
        if node.variants.keys() <= {None}:
            plain = self._members(node.variants[None], None) if node.variants else _NONE
            if "properties" not in plain or "type" in plain["properties"]:  # hints may depend on the value of `type`
                types.discard("object")
                return []
            schema.update(plain)
            return []
        variants = [self._members(obj, tag) for tag, obj in sorted(node.variants.items(), key=lambda one: one[0] or "")]
        return [{"anyOf": [variant for variant in variants if variant is not _NONE] or [{"not": {"type": "object"}}]}]

    def _members(self, obj: Obj, tag: str | None) -> Schema:
        own = obj.clients.get(EVERYONE) or obj.clients.get(self._client)
        if own is None or own.seen is not None:
            return _NONE
        members = {name: self.node(node) for name, node in obj.members.items()}
        required = set(own.always)
        if tag is not None:
            members["type"] = {"enum": [tag]}
            required.add("type")
        schema: Schema = {"properties": members, "additionalProperties": False}
        if required:
            schema["required"] = sorted(required)
        if obj.rest is not None:
            schema["additionalProperties"] = self.node(obj.rest)
            schema["patternProperties"] = {self._hinted: _NONE}
        return schema


def _strings(node: Node, conditions: list[Schema]) -> bool:
    """Adds what strings must be; whether any can be known."""
    known: Schema | None = None
    if node.values is not None:
        known = {"enum": sorted(node.values)} if node.values else None
    elif node.forms is None:
        return True
    elif node.samples is None:
        known = {"pattern": exact_pattern(node.forms)} if node.forms else None
    elif EMPTY in node.forms:  # its one string was seen
        known = {"enum": [""]}
    if known is not None:
        conditions.append({"anyOf": [{"not": {"type": "string"}}, known]} if node.types > {"string"} else known)
    return known is not None


def _atoms(node: Node) -> Schema:
    if node.values is None:
        return {"type": sorted(node.types)}
    values = [json.loads(text) for text in sorted(node.values)]
    return {"enum": values} if values and all(map(_is_text, values)) else _NONE


def _is_text(value: Any) -> bool:
    """Whether equal values are written alike: of numbers that is not certain."""
    if isinstance(value, list):
        return all(map(_is_text, value))
    return isinstance(value, str)
