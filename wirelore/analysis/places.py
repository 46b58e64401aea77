"""Places: paths in an analyzer's observations, as a user types them or a finding prints them.

A place is `<analyzer>[/<branch>]#<JSON pointer>`, for example `request-bodies#/body/messages/*/role`. In the pointer
`*` and numbers match every element of an array; `*` also matches every member of an object. A branch is named by the
value that selects it (`POST /v1/messages`) or by its file (`post-v1-messages`). The rule and pointer of a finding are
accepted too, and so is its complete line, whose operation then restricts the place.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wirelore.model import json_pointer

_FORM = "expected <analyzer>[/<branch>]#<JSON pointer>, such as request-bodies#/body/messages/*/role"
_FINDING = re.compile(
    r"(?:(?:note|warning|error)\s+)?(?P<head>[a-z-]+(?:/[^\s#/]+)?)\s+(?:(?P<operation>\S+ /\S*)\s+)?(?P<pointer>/.*)"
)


class NoPlace(ValueError):
    """A text is not a place, or the place has no samples."""


@dataclass(frozen=True)
class Place:
    """A path in the observations of an analyzer."""

    analyzer: str
    branch: str
    """The text after the analyzer's name: a branch, the name of a rule, or nothing."""
    operation: str
    """The operation, if the text is the line of a finding; otherwise empty."""
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.analyzer}#{json_pointer.pointer(self.steps)}"


def parse(text: str, analyzers: Container[str]) -> Place:
    """Return the place that a text names. Raises NoPlace."""
    stripped = text.strip()
    head, _, path = stripped.partition("#")
    operation = ""
    if not re.search(r"#(?:/|\Z)", stripped) and (finding := _FINDING.fullmatch(stripped)):
        head, operation, path = finding["head"], finding["operation"] or "", finding["pointer"]
    analyzer, _, branch = head.strip().partition("/")
    if analyzer not in analyzers:
        raise NoPlace(f"{text!r}: unknown analyzer {analyzer!r}; {_FORM}")
    try:
        steps = () if path == "/" else json_pointer.parse(path)
    except json_pointer.BadPointer as fault:
        raise NoPlace(f"{text!r}: {fault}; {_FORM}") from None
    return Place(analyzer, branch, operation, steps)


def is_any(step: str) -> bool:
    """Return True if a step matches every element of an array."""
    return step == "*" or step.isdecimal()


@dataclass(frozen=True, slots=True)
class Visit:
    """A value that is reached on the way along the steps."""

    depth: int
    """The number of steps to the value."""
    value: Any
    """The value; if the next step is a missing member, the object that lacks it."""
    parent: Mapping[str, Any] | None
    """The parent object, if the value is a member of one."""
    is_missing_next: bool = False
    """True if the next step is a member that the value, an object, does not have."""


def walk(
    value: Any, steps: tuple[str, ...], depth: int = 0, parent: Mapping[str, Any] | None = None
) -> Iterator[Visit]:
    """Yield every value on the way along the steps; at the end of the way, `depth` is the number of steps."""
    yield Visit(depth, value, parent)
    if depth == len(steps):
        return
    step = steps[depth]
    if isinstance(value, dict):
        if step in value:
            yield from walk(value[step], steps, depth + 1, value)
        elif step == "*":
            for member in value.values():
                yield from walk(member, steps, depth + 1)
        else:
            yield Visit(depth, value, parent, is_missing_next=True)
    elif isinstance(value, list) and is_any(step):
        for element in value:
            yield from walk(element, steps, depth + 1)


def described(schema: Mapping[str, Any], steps: tuple[str, ...]) -> tuple[int, list[Mapping[str, Any]]]:
    """Return the depth and nodes of the place in a schema document, or of the deepest ancestor that it describes."""
    nodes: list[Mapping[str, Any]] = [schema]
    for depth, step in enumerate(steps):
        children = [child for node in nodes for child in _children(node, step)]
        if not children:
            return depth, nodes
        nodes = children
    return len(steps), nodes


def _children(node: Mapping[str, Any], step: str) -> Iterator[Mapping[str, Any]]:
    alternatives = [node, *(entry["then"] for entry in node.get("allOf", ()) if isinstance(entry.get("then"), dict))]
    for alternative in alternatives:
        member = alternative.get("properties", {}).get(step)
        if isinstance(member, dict):
            yield member
        elif isinstance(alternative.get("additionalProperties"), dict):
            yield alternative["additionalProperties"]
        if is_any(step) and isinstance(alternative.get("items"), dict):
            yield alternative["items"]
