"""The evidence behind a schema: its statements may not be enforced yet, or not for a client."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import referencing

from wirelore.schema.limits import SEEN_LIMIT

Schema = Mapping[str, Any]

_BELOW = frozenset({"items", "additionalProperties"})
"""Keywords of the dialect whose value is a schema, besides `properties` and the `then` of `allOf`."""


def is_firm(schema: Schema, client: str) -> bool:
    """Return True if there is enough evidence to enforce the schema of an object, or of a union, for a client."""
    if "x-discriminator" not in schema:
        accounts = [schema.get("x-seen")]
    else:
        conditions = (entry for entry in schema.get("allOf", ()) if entry["if"] != {"type": "string"})
        accounts = [entry["then"].get("x-seen") for entry in conditions]
    marks: set[str] = set()
    for account in accounts:
        client_account = None if account is None else account.get(client, ()) if isinstance(account, Mapping) else ()
        if client_account is None or client_account is True:
            return True
        marks.update(client_account)
    return len(marks) >= SEEN_LIMIT


def object_around(root: Schema, path: Iterable[str | int], registry: "referencing.Registry[Any]") -> Schema | None:
    """Return the schema of the parent object of a place, which is a path without references, as in jsonschema.

    None if the value has no parent object, or if its schema is written by hand (`x-fixed`).
    """
    parent, schema, steps = None, root, iter(path)
    resolver = registry.resolver(root.get("$id", ""))
    for step in steps:
        while "$ref" in schema and step not in schema:
            resolved = resolver.lookup(schema["$ref"])
            schema, resolver = resolved.contents, resolved.resolver
        if schema.get("x-fixed"):
            return None
        if step in ("properties", "additionalProperties"):
            parent = schema
        if step in ("properties", "allOf"):
            schema = schema[step][next(steps)]
        elif step in ("items", "additionalProperties", "then"):
            schema = schema[step]
        else:
            return parent
    return None


def speaks_of(document: Schema) -> frozenset[str]:
    """Return the clients with statements of their own in a schema document."""
    return frozenset(client for own in _accounts(document) for client in own)


def for_client(schema: Schema, client: str) -> dict[str, Any]:
    """Return a schema whose `required` includes the members that all observations of a client had."""
    adapted = dict(schema)
    if schema.get("x-fixed"):
        return adapted
    if always := schema.get("x-always", {}).get(client):
        adapted["required"] = sorted({*schema.get("required", ()), *always})
    if "properties" in schema:
        adapted["properties"] = {name: _for_client(each, client) for name, each in schema["properties"].items()}
    if "allOf" in schema:
        adapted["allOf"] = [{**entry, "then": _for_client(entry.get("then", {}), client)} for entry in schema["allOf"]]
    for keyword in _BELOW & schema.keys():
        adapted[keyword] = _for_client(schema[keyword], client)
    return adapted


def _for_client(schema: Any, client: str) -> Any:
    return for_client(schema, client) if isinstance(schema, Mapping) else schema


def _accounts(schema: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(schema, Mapping) or schema.get("x-fixed"):
        return
    if "x-always" in schema:
        yield schema["x-always"]
    children = [*schema.get("properties", {}).values(), *(entry.get("then") for entry in schema.get("allOf", ()))]
    for each in [*children, *(schema[keyword] for keyword in _BELOW & schema.keys())]:
        yield from _accounts(each)
