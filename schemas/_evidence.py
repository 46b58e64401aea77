"""Where a schema rests on few samples: what it states there may be no rule yet."""

from collections.abc import Iterable, Mapping
from typing import Any

import referencing

from schemas._words import SEEN_LIMIT

Schema = Mapping[str, Any]


def is_rare(schema: Schema) -> bool:
    """Whether too few observations had an object of this schema; of a union, objects of all its variants."""
    if "x-discriminator" not in schema:
        return "x-seen" in schema
    variants = [entry["then"] for entry in schema.get("allOf", ()) if entry["if"] != {"type": "string"}]
    marks = {mark for variant in variants for mark in variant.get("x-seen", ())}
    return all("x-seen" in variant for variant in variants) and len(marks) < SEEN_LIMIT


def is_rarely_seen_place(root: Schema, path: Iterable[str | int], registry: "referencing.Registry[Any]") -> bool:
    """Whether the object around a place was seen too rarely; the path is as jsonschema writes it, without references.

    A value that no object is around, and one whose schema is judgement (`x-fixed`), is not rare.
    """
    rare, schema, steps = False, root, iter(path)
    resolver = registry.resolver(root.get("$id", ""))
    for step in steps:
        while "$ref" in schema and step not in schema:
            found = resolver.lookup(schema["$ref"])
            schema, resolver = found.contents, found.resolver
        if schema.get("x-fixed"):
            return False
        if step in ("properties", "additionalProperties"):
            rare = is_rare(schema)
        if step in ("properties", "allOf"):
            schema = schema[step][next(steps)]
        elif step in ("items", "additionalProperties", "then"):
            schema = schema[step]
        else:
            return rare and step == "type"
    return False
