"""Learned bodies as rows of fields with path, type, presence and known values."""

from collections.abc import Iterator
from typing import NamedTuple

from wirelore.evidence.learned_bodies import Node, simple, strings, types, variants


class Field(NamedTuple):
    """A field of a body."""

    path: str
    """`messages[].content[]<text>.text`: `[]`: the items of an array; `<tag>`: a variant of a union; `*`: any key."""
    types: str
    presence: str
    """`always` or `sometimes`; empty for the values of a map."""
    values: tuple[str, ...]
    """Known values, sorted."""
    note: str


def fields(node: Node) -> Iterator[Field]:
    """Yield the fields in a node, depth first; a union with one variant counts as an object."""
    return _below(simple(node), "")


def _below(node: Node, path: str) -> Iterator[Field]:
    if node.get("x-opaque"):
        return
    cases = variants(node)
    for tag, case in cases:
        yield from _members(case, f"{path}<{tag or 'no type'}>")
    if not cases:
        yield from _members(node, path)
    if "items" in node:
        item: Node = node["items"]
        yield from _below(item, f"{path}[]")


def _members(node: Node, path: str) -> Iterator[Field]:
    required = set(node.get("required", ()))
    for name, child in sorted(node.get("properties", {}).items()):
        child_path = f"{path}.{name}" if path else name
        yield _field(child, child_path, "always" if name in required else "sometimes")
        yield from _below(child, child_path)
    if node.get("x-map"):
        child_path = f"{path}.*" if path else "*"
        yield _field(node["additionalProperties"], child_path, "")
        yield from _below(node["additionalProperties"], child_path)


def _field(node: Node, path: str, presence: str) -> Field:
    values = strings(node)
    if not values and "array" in types(node):
        values = strings(node.get("items", {}))
    note = "free-form" if node.get("x-opaque") else "map" if node.get("x-map") else ""
    if tags := [tag or "(no type)" for tag, _ in variants(node) or variants(node.get("items", {}))]:
        note = "union"
        values = tags
    return Field(path, _type(node), presence, tuple(values), note)


def _type(node: Node) -> str:
    kinds = types(node)
    if "array" in kinds and types(node.get("items", {})):
        item_types = " or ".join(types(node["items"]))
        kinds = [f"array of {item_types}" if kind == "array" else kind for kind in kinds]
    return " or ".join(kinds) or "unknown"
