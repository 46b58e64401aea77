"""Skipping of observations that change nothing, with a compiled schema that accepts only such observations.

Most traffic repeats earlier traffic, which jsonschema-rs recognizes several times faster than the learner. Observations
that the schema rejects are learned as usual, so the result is the same. The schema is of draft 4, the last draft that
distinguishes 1.0 from 1, as the learner does.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from wirelore.learning.members import Hints
from wirelore.learning.node import EVERYONE, Node, Obj
from wirelore.learning.node_builder import NodeBuilder
from wirelore.learning.observation import UNKNOWN_ORIGIN, Origin
from wirelore.learning.string_forms import EMPTY, exact_pattern
from wirelore.schema.validation import draft4_test

_FIRST_LOOK = 128
"""Observations before the first schema is compiled; the next one follows after three times as many more."""

Schema = dict[str, Any]

_ANY: Schema = {}
_NONE: Schema = {"not": {}}


class SkippingLearner:
    """A learner that skips observations that change nothing."""

    def __init__(self, builder: NodeBuilder, hints: Hints, first_look: int = _FIRST_LOOK) -> None:
        self.builder, self._hints, self._first_look = builder, hints, first_look
        self._validators: dict[str, Callable[[Any], bool]] = {}
        self._counts: dict[str, int] = {}
        self._due: dict[str, int] = {}

    def observe(self, value: Any, client: str, origin: Origin = UNKNOWN_ORIGIN) -> None:
        """Add an observation of a client's exchange."""
        is_redundant = self._validators.get(client)
        if is_redundant is None or not is_redundant(value):
            self._learn(value, client, origin)

    def _learn(self, value: Any, client: str, origin: Origin) -> None:
        self.builder.observe(value, client, origin)
        count = self._counts[client] = self._counts.get(client, 0) + 1
        if count >= self._due.setdefault(client, self._first_look):
            schema = _RedundancySchema(client, sorted(self._hints)).node(self.builder.node())
            self._validators[client] = draft4_test(schema)
            self._due[client] = 4 * count


class _RedundancySchema:
    """Builds the schema for one client. It rejects all values of a place where any value could change the node."""

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
        """Add the keywords of objects; return the conditions of a union's variants."""
        if "object" not in types:
            return []
        if node.variants.keys() <= {None}:
            plain = self._members(node.variants[None], None) if node.variants else _NONE
            if "properties" not in plain or "type" in plain["properties"]:  # hints may depend on the value of `type`
                types.discard("object")
                return []
            schema.update(plain)
            return []
        variants = [
            self._members(obj, tag) for tag, obj in sorted(node.variants.items(), key=lambda item: item[0] or "")
        ]
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
    """Add the condition of strings; return False if every string could change the node."""
    accepted: Schema | None = None
    if node.values is not None:
        accepted = {"enum": sorted(node.values)} if node.values else None
    elif node.forms is None:
        return True
    elif node.samples is None:
        accepted = {"pattern": exact_pattern(node.forms)} if node.forms else None
    elif EMPTY in node.forms:  # its only string was observed
        accepted = {"enum": [""]}
    if accepted is not None:
        conditions.append({"anyOf": [{"not": {"type": "string"}}, accepted]} if node.types > {"string"} else accepted)
    return accepted is not None


def _atoms(node: Node) -> Schema:
    if node.values is None:
        return {"type": sorted(node.types)}
    values = [json.loads(text) for text in sorted(node.values)]
    return {"enum": values} if values and all(map(_is_text, values)) else _NONE


def _is_text(value: Any) -> bool:
    """Return True if equal values have equal JSON text, which is not certain for numbers."""
    if isinstance(value, list):
        return all(map(_is_text, value))
    return isinstance(value, str)
