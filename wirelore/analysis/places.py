"""Places: one path in an analyzer's observations, as a user types it or a finding prints it, and what lies there.

A place is `<analyzer>[/<branch>]#<JSON pointer>`, for example `request-bodies#/body/messages/*/role`. In the pointer
`*` and numbers stand for every element of an array, `*` also for every member of an object. The branch is its value
(`POST /v1/messages`) or the name of its file (`post-v1-messages`). Of a finding its rule and pointer are enough, and
its whole line will do; the line's operation is then asked for as well.
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
    """What was given names no place, or nothing is there."""


@dataclass(frozen=True)
class Place:
    """A path in the observations of an analyzer."""

    analyzer: str
    branch: str
    """What stood behind the analyzer's name: a branch, the name of a rule, or nothing."""
    operation: str
    """The operation that a finding's line names; otherwise empty."""
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.analyzer}#{json_pointer.pointer(self.steps)}"


def parse(text: str, analyzers: Container[str]) -> Place:
    """The place that a text names. Raises NoPlace."""
    given = text.strip()
    head, _, path = given.partition("#")
    operation = ""
    if not re.search(r"#(?:/|\Z)", given) and (finding := _FINDING.fullmatch(given)):
        head, operation, path = finding["head"], finding["operation"] or "", finding["pointer"]
    analyzer, _, branch = head.strip().partition("/")
    if analyzer not in analyzers:
        raise NoPlace(f"{text!r}: {analyzer!r} is no analyzer; {_FORM}")
    try:
        steps = () if path == "/" else json_pointer.parse(path)
    except json_pointer.BadPointer as fault:
        raise NoPlace(f"{text!r}: {fault}; {_FORM}") from None
    return Place(analyzer, branch, operation, steps)


def is_any(step: str) -> bool:
    """Whether a step stands for every element of an array."""
    return step == "*" or step.isdecimal()


@dataclass(frozen=True, slots=True)
class Met:
    """What a walk along the steps met."""

    depth: int
    """How many steps were taken."""
    value: Any
    """What lies there; for a member that is missing, the object that lacks it."""
    around: Mapping[str, Any] | None
    """The object that the last step chose a member of."""
    lacks: bool = False
    """Whether the next step is a member that the value, an object, does not have."""


def walk(value: Any, steps: tuple[str, ...], depth: int = 0, around: Mapping[str, Any] | None = None) -> Iterator[Met]:
    """Everything on the way along the steps, the ends of the way (`depth` is all steps) included."""
    yield Met(depth, value, around)
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
            yield Met(depth, value, around, lacks=True)
    elif isinstance(value, list) and is_any(step):
        for element in value:
            yield from walk(element, steps, depth + 1)


def described(schema: Mapping[str, Any], steps: tuple[str, ...]) -> tuple[int, list[Mapping[str, Any]]]:
    """The nodes of a schema document for the place, or for the last one on the way that it describes, and its depth."""
    nodes: list[Mapping[str, Any]] = [schema]
    for depth, step in enumerate(steps):
        below = [below for node in nodes for below in _below(node, step)]
        if not below:
            return depth, nodes
        nodes = below
    return len(steps), nodes


def _below(node: Mapping[str, Any], step: str) -> Iterator[Mapping[str, Any]]:
    whole = [node, *(entry["then"] for entry in node.get("allOf", ()) if isinstance(entry.get("then"), dict))]
    for each in whole:
        named = each.get("properties", {}).get(step)
        if isinstance(named, dict):
            yield named
        elif isinstance(each.get("additionalProperties"), dict):
            yield each["additionalProperties"]
        if is_any(step) and isinstance(each.get("items"), dict):
            yield each["items"]
