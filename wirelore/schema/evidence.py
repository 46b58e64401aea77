"""Whose evidence a schema rests on: what it states may be no rule yet, or none for this client."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import referencing

from wirelore.schema.limits import SEEN_LIMIT

Schema = Mapping[str, Any]

_BELOW = frozenset({"items", "additionalProperties"})
"""Keywords of the dialect whose value is a schema, besides `properties` and the `then` of `allOf`."""


def is_firm(schema: Schema, client: str) -> bool:
    """Whether what the schema of an object states is a rule for a client; of a union, of all its variants together."""
    if "x-discriminator" not in schema:
        accounts = [schema.get("x-seen")]
    else:
        conditions = (entry for entry in schema.get("allOf", ()) if entry["if"] != {"type": "string"})
        accounts = [entry["then"].get("x-seen") for entry in conditions]
    marks: set[str] = set()
    for account in accounts:
        own = None if account is None else account.get(client, ()) if isinstance(account, Mapping) else ()
        if own is None or own is True:
            return True
        marks.update(own)
    return len(marks) >= SEEN_LIMIT


def object_around(root: Schema, path: Iterable[str | int], registry: "referencing.Registry[Any]") -> Schema | None:
    """The schema of the object around a place, which is given as jsonschema writes it: without references.

    None for a value that no object is around, and for one whose schema is judgement (`x-fixed`).
    """
    around, schema, steps = None, root, iter(path)
    resolver = registry.resolver(root.get("$id", ""))
    for step in steps:
        while "$ref" in schema and step not in schema:
            found = resolver.lookup(schema["$ref"])
            schema, resolver = found.contents, found.resolver
        if schema.get("x-fixed"):
            return None
        if step in ("properties", "additionalProperties"):
            around = schema
        if step in ("properties", "allOf"):
            schema = schema[step][next(steps)]
        elif step in ("items", "additionalProperties", "then"):
            schema = schema[step]
        else:
            return around
    return None


def speaks_of(document: Schema) -> frozenset[str]:
    """The clients of which a schema document states more than of all."""
    return frozenset(client for own in _accounts(document) for client in own)


def for_client(schema: Schema, client: str) -> dict[str, Any]:
    """A schema with `required` as it is for one client: with what this client's observations always had."""
    made = dict(schema)
    if schema.get("x-fixed"):
        return made
    if own := schema.get("x-always", {}).get(client):
        made["required"] = sorted({*schema.get("required", ()), *own})
    if "properties" in schema:
        made["properties"] = {name: _for_client(each, client) for name, each in schema["properties"].items()}
    if "allOf" in schema:
        made["allOf"] = [{**entry, "then": _for_client(entry.get("then", {}), client)} for entry in schema["allOf"]]
    for keyword in _BELOW & schema.keys():
        made[keyword] = _for_client(schema[keyword], client)
    return made


def _for_client(schema: Any, client: str) -> Any:
    return for_client(schema, client) if isinstance(schema, Mapping) else schema


def _accounts(schema: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(schema, Mapping) or schema.get("x-fixed"):
        return
    if "x-always" in schema:
        yield schema["x-always"]
    below = [*schema.get("properties", {}).values(), *(entry.get("then") for entry in schema.get("allOf", ()))]
    for each in [*below, *(schema[keyword] for keyword in _BELOW & schema.keys())]:
        yield from _accounts(each)
