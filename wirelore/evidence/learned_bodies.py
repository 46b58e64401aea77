"""The learned bodies in the schemas, by operation, status and event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wirelore.schema.library import Library

Node = Mapping[str, Any]
"""A schema in the dialect of docs/schema-dialect.md."""

_LINES = "application/x-jsonl"


@dataclass(frozen=True)
class Content:
    """A learned body."""

    media_types: tuple[str, ...]
    body: Node | None = None
    """The schema of a JSON body; None if there is none."""
    lines: Node | None = None
    """The schema of each line of a JSON lines body."""
    fields: tuple[str, ...] = ()
    """The names of a form's fields."""


def requests(library: Library) -> dict[str, Content]:
    """Return the learned request bodies by operation, sorted."""
    return {name: _content(branch) for name, branch in sorted(library.branches("request-bodies").items())}


def responses(library: Library) -> dict[tuple[str, int], Content]:
    """Return the learned response bodies by operation and status, sorted."""
    contents = {}
    for case, branch in sorted(library.branches("response-bodies").items()):
        operation, _, status = case.rpartition(" ")
        if status.isdigit():
            contents[operation, int(status)] = _content(branch)
    return contents


def events(library: Library) -> dict[str, dict[str, Node]]:
    """Return the learned data of events by operation and event, sorted; an empty schema if never JSON."""
    schemas: dict[str, dict[str, Node]] = {}
    for case, branch in sorted(library.branches("event-payloads").items()):
        method, template, event = [*case.split(" ", 2), "", ""][:3]
        schemas.setdefault(f"{method} {template}", {})[event] = branch.get("properties", {}).get("data", {})
    return schemas


def error_body(library: Library) -> Node | None:
    """Return the learned body of errors, or None."""
    node: Node | None = library.root("error-bodies").get("properties", {}).get("body")
    return node


def strings(node: Node) -> list[str]:
    """Return the strings that a node lists; empty if it lists none."""
    if node.get("x-atomic"):
        return []
    if "enum" in node:
        return [value for value in node["enum"] if isinstance(value, str)]
    for condition in node.get("allOf", ()):
        if condition.get("if") == {"type": "string"}:
            return list(condition["then"].get("enum", ()))
    return []


def types(node: Node) -> list[str]:
    """Return the JSON types of a node, sorted; empty if unknown."""
    value = node.get("type", [])
    return [value] if isinstance(value, str) else sorted(value)


def variants(node: Node) -> list[tuple[str | None, Node]]:
    """Return the variants of a tagged union by `type`, None for the one without; empty for other nodes."""
    if "x-discriminator" not in node:
        return []
    pairs: list[tuple[str | None, Node]] = []
    for condition in node.get("allOf", ()):
        test = condition["if"]
        if "not" in test:
            pairs.append((None, condition["then"]))
        elif "properties" in test:
            pairs.append((test["properties"][node["x-discriminator"]]["const"], condition["then"]))
    return pairs


def tags(node: Node) -> list[str]:
    """Return the values of `type` in a tagged union, sorted."""
    return sorted(tag for tag, _ in variants(node) if tag is not None)


def simple(node: Node) -> Node:
    """Replace every union with a single variant, at any depth, with a plain object."""
    cases = variants(node)
    simplified = dict(node)
    if len(cases) == 1 and cases[0][0] is not None:
        del simplified["x-discriminator"]
        simplified["allOf"] = [condition for condition in node["allOf"] if condition["then"] is not cases[0][1]]
        simplified |= {key: value for key, value in cases[0][1].items() if key != "type"}
    for key in ("items", "additionalProperties"):
        if isinstance(simplified.get(key), Mapping):
            simplified[key] = simple(simplified[key])
    if "properties" in simplified:
        simplified["properties"] = {name: simple(child) for name, child in simplified["properties"].items()}
    if "allOf" in simplified:
        simplified["allOf"] = [{**condition, "then": simple(condition["then"])} for condition in simplified["allOf"]]
    return simplified


def _content(branch: Node) -> Content:
    members = branch.get("properties", {})
    media = strings(members.get("media_type", {}))
    fields = strings(members.get("fields", {}).get("items", {}))
    lines = members.get("lines", {}).get("items")
    return Content(tuple(media or ([_LINES] if lines else [])), members.get("body"), lines, tuple(fields))
