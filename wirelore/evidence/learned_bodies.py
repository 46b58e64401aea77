"""What the schemas have learned of bodies, found by operation, status and event."""

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
    """What a JSON body is; None if none was seen."""
    lines: Node | None = None
    """What each line of a body of JSON lines is."""
    fields: tuple[str, ...] = ()
    """The names of a form's fields."""


def requests(library: Library) -> dict[str, Content]:
    """The learned request bodies by operation, sorted."""
    return {name: _content(branch) for name, branch in sorted(library.branches("request-bodies").items())}


def responses(library: Library) -> dict[tuple[str, int], Content]:
    """The learned response bodies by operation and status, sorted."""
    found = {}
    for case, branch in sorted(library.branches("response-bodies").items()):
        operation, _, status = case.rpartition(" ")
        if status.isdigit():
            found[operation, int(status)] = _content(branch)
    return found


def events(library: Library) -> dict[str, dict[str, Node]]:
    """The learned data of events by operation and event, sorted; an empty schema where the data was never JSON."""
    found: dict[str, dict[str, Node]] = {}
    for case, branch in sorted(library.branches("event-payloads").items()):
        method, template, event = [*case.split(" ", 2), "", ""][:3]
        found.setdefault(f"{method} {template}", {})[event] = branch.get("properties", {}).get("data", {})
    return found


def error_body(library: Library) -> Node | None:
    """The learned body of failures, None if none was learned."""
    node: Node | None = library.root("error-bodies").get("properties", {}).get("body")
    return node


def strings(node: Node) -> list[str]:
    """The known strings of a node, empty if they are not listed."""
    if node.get("x-atomic"):
        return []
    if "enum" in node:
        return [value for value in node["enum"] if isinstance(value, str)]
    for condition in node.get("allOf", ()):
        if condition.get("if") == {"type": "string"}:
            return list(condition["then"].get("enum", ()))
    return []


def types(node: Node) -> list[str]:
    """The JSON types of a node, sorted; empty if nothing is known."""
    named = node.get("type", [])
    return [named] if isinstance(named, str) else sorted(named)


def variants(node: Node) -> list[tuple[str | None, Node]]:
    """The variants of a tagged union by the value of `type`, under None the one without; empty if it is none."""
    if "x-discriminator" not in node:
        return []
    found: list[tuple[str | None, Node]] = []
    for condition in node.get("allOf", ()):
        test = condition["if"]
        if "not" in test:
            found.append((None, condition["then"]))
        elif "properties" in test:
            found.append((test["properties"][node["x-discriminator"]]["const"], condition["then"]))
    return found


def tags(node: Node) -> list[str]:
    """The known values of `type` in a tagged union, sorted."""
    return sorted(tag for tag, _ in variants(node) if tag is not None)


def simple(node: Node) -> Node:
    """The node with every union of one variant, at any depth, written as the plain object that it is so far."""
    cases = variants(node)
    made = dict(node)
    if len(cases) == 1 and cases[0][0] is not None:
        del made["x-discriminator"]
        made["allOf"] = [condition for condition in node["allOf"] if condition["then"] is not cases[0][1]]
        made |= {key: value for key, value in cases[0][1].items() if key != "type"}
    for key in ("items", "additionalProperties"):
        if isinstance(made.get(key), Mapping):
            made[key] = simple(made[key])
    if "properties" in made:
        made["properties"] = {name: simple(child) for name, child in made["properties"].items()}
    if "allOf" in made:
        made["allOf"] = [{**condition, "then": simple(condition["then"])} for condition in made["allOf"]]
    return made


def _content(branch: Node) -> Content:
    members = branch.get("properties", {})
    media = strings(members.get("media_type", {}))
    fields = strings(members.get("fields", {}).get("items", {}))
    lines = members.get("lines", {}).get("items")
    return Content(tuple(media or ([_LINES] if lines else [])), members.get("body"), lines, tuple(fields))
