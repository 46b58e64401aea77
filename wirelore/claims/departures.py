"""Departures in words: short descriptions of a failed check, without long content of the exchange."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from wirelore.model.json_pointer import pointer
from wirelore.model.wording import quantity
from wirelore.schema.library import Departure

_LONGEST = 60
_MOST = 6


def departed(departures: Iterable[Departure]) -> str:
    """Return the first departure and the number of the others.

    A place is `<analyzer>#<pointer>`, or a member of the envelope. Long texts are described by their length, objects by
    the names of their members.
    """
    items = list(departures)
    if not items:
        return "the check fails"
    more = f", and {len(items) - 1} more" if len(items) > 1 else ""
    return f"{_sentence(items[0])}{more}"


def _sentence(departure: Departure) -> str:
    place, value, expected = _place(departure.pointer), _value(departure.found), departure.expected
    match departure.keyword:
        case "required":
            return f"{place} is missing"
        case "additionalProperties" | "unevaluatedProperties":
            return f"{place} is present, but not in the claim"
        case "const" | "enum":
            return f"{place} is {value}, expected {_choices(expected)}"
        case "type":
            return f"{place} is {value}, expected {_choices(expected, quoted=False)}"
        case "pattern":
            return f"{place} is {value}, expected a match for {expected}"
        case "contains":
            return f"{place} is {value}, without an expected element"
        case "not" | "falseSchema":
            return f"{place} is {value}, which is not allowed" if place else "such an exchange is not allowed"
        case keyword:
            limit = f" {_value(expected)}" if isinstance(expected, int | float | str) else ""
            return f"{place or 'the exchange'} is {value}, expected {keyword}{limit}"


def _place(path: tuple[str | int, ...]) -> str:
    if len(path) > 1 and path[0] == "seen":
        rest = pointer(path[2:])
        return f"{path[1]}#{rest}" if rest else str(path[1])
    return pointer(path).removeprefix("/")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return f"a string of {len(value)} characters" if len(value) > _LONGEST else repr(value)
    if isinstance(value, Mapping):
        names = sorted(value)
        return f"an object with {_few(names)}" if names else "an empty object"
    if isinstance(value, list):
        texts = [element for element in value if isinstance(element, str) and len(element) <= _LONGEST]
        return (
            f"a list of {_few(texts)}"
            if value and len(texts) == len(value)
            else f"a list of {quantity(len(value), 'element')}"
        )
    return json.dumps(value)


def _choices(expected: Any, *, quoted: bool = True) -> str:
    choices = expected if isinstance(expected, list) else [expected]
    return " or ".join(_value(choice) if quoted else str(choice) for choice in choices[:_MOST]) + (
        f" or {len(choices) - _MOST} more" if len(choices) > _MOST else ""
    )


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
