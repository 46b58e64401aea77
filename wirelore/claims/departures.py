"""Departures in words: where an exchange is not what a claim's check wants, short and without its content."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from wirelore.model.json_pointer import pointer
from wirelore.schema.library import Departure

_LONGEST = 60
_MOST = 6


def departed(departures: Iterable[Departure]) -> str:
    """The first departure, and how many more there are.

    A place is `<analyzer>#<pointer>`, or the envelope's member. Long texts are told by their length, objects by the
    names of their members.
    """
    every = list(departures)
    if not every:
        return "not as the check wants it"
    more = f", and {len(every) - 1} more" if len(every) > 1 else ""
    return f"{_sentence(every[0])}{more}"


def _sentence(one: Departure) -> str:
    place, found, expected = _place(one.pointer), _value(one.found), one.expected
    match one.keyword:
        case "required":
            return f"{place} is missing"
        case "additionalProperties" | "unevaluatedProperties":
            return f"{place} is there, which the claim does not have"
        case "const" | "enum":
            return f"{place} is {found}, expected {_choices(expected)}"
        case "type":
            return f"{place} is {found}, expected {_choices(expected, quoted=False)}"
        case "pattern":
            return f"{place} is {found}, expected a match of {expected}"
        case "contains":
            return f"{place} is {found}, and none of it is as expected"
        case "not" | "falseSchema":
            return f"{place} is {found}, as it must not be" if place else "it must not occur"
        case keyword:
            limit = f" {_value(expected)}" if isinstance(expected, int | float | str) else ""
            return f"{place or 'the exchange'} is {found}, expected {keyword}{limit}"


def _place(path: tuple[str | int, ...]) -> str:
    if len(path) > 1 and path[0] == "seen":
        below = pointer(path[2:])
        return f"{path[1]}#{below}" if below else str(path[1])
    return pointer(path).removeprefix("/")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return f"a text of {len(value)} characters" if len(value) > _LONGEST else repr(value)
    if isinstance(value, Mapping):
        names = sorted(value)
        return f"an object of {_few(names)}" if names else "an empty object"
    if isinstance(value, list):
        texts = [each for each in value if isinstance(each, str) and len(each) <= _LONGEST]
        return f"a list of {_few(texts)}" if value and len(texts) == len(value) else f"a list of {len(value)}"
    return json.dumps(value)


def _choices(expected: Any, *, quoted: bool = True) -> str:
    every = expected if isinstance(expected, list) else [expected]
    return " or ".join(_value(each) if quoted else str(each) for each in every[:_MOST]) + (
        f" or {len(every) - _MOST} more" if len(every) > _MOST else ""
    )


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
