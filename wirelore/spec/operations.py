"""The operations of an OpenAPI document: which of them describes a request, and what it says of parameters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from wirelore.spec.contract import Contract, Place

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The members of a path item that are operations (OpenAPI 3.2 has `query` too)."""
_IGNORED = frozenset({"accept", "content-type", "authorization"})
"""Header parameters of these names are ignored, says OpenAPI (Parameter Object, `name`)."""
_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter or header that the document describes by a schema."""

    name: str
    required: bool
    schema: Place | None
    """None if it is described by media type, or not at all."""


@dataclass(frozen=True)
class Described:
    """One operation of the document."""

    method: str
    path: str
    place: Place
    path_parameters: dict[str, Parameter] = field(default_factory=dict)
    query: dict[str, Parameter] = field(default_factory=dict)
    headers: dict[str, Parameter] = field(default_factory=dict)
    """By name in lower case."""

    @property
    def name(self) -> str:
        """`METHOD /path/{template}`, as the document writes the path."""
        return f"{self.method} {self.path}"


class Operations:
    """The operations, ready to be asked. Raises BadSchema if a reference in the document leads nowhere."""

    def __init__(self, contract: Contract) -> None:
        self.every = list(_described(contract))
        self._exact = {(one.method, _segments(one.path)): one for one in self.every if "{" not in one.path}
        templated = sorted((one for one in self.every if "{" in one.path), key=_generality)
        self._templated = [(one, re.compile(_pattern(one.path))) for one in templated]

    def match(self, method: str, path: str) -> tuple[Described, dict[str, str]] | None:
        """The operation of a request with the values of its path's parameters; a concrete path before a template.

        The path is as sent; None if the document has no operation for it.
        """
        exact = self._exact.get((method, _segments(path)))
        if exact:
            return exact, {}
        for one, pattern in self._templated:
            found = pattern.fullmatch(path) if one.method == method else None
            if found:
                names = _PARAMETER.findall(one.path)
                return one, dict(zip(names, map(unquote, found.groups()), strict=True))
        return None


def response_headers(contract: Contract, place: Place) -> dict[str, Parameter]:
    """The headers of the response at a place, by name in lower case."""
    _, response = contract.resolved(place)
    return {
        name.lower(): _parameter(name.lower(), *contract.resolved((*place, "headers", name)))
        for name in response.get("headers", {})
        if name.lower() not in _IGNORED
    }


def _described(contract: Contract) -> Iterator[Described]:
    for path in contract.document.get("paths", {}):
        place, item = contract.resolved(("paths", path))
        for method in _METHODS:
            if method in item:
                yield _operation(contract, method.upper(), path, place, (*place, method))
        for method in item.get("additionalOperations", {}):
            yield _operation(contract, method, path, place, (*place, "additionalOperations", method))


def _operation(contract: Contract, method: str, path: str, item: Place, place: Place) -> Described:
    made = Described(method, path, place)
    homes = {"path": made.path_parameters, "query": made.query, "header": made.headers}
    for around in (item, place):
        _, node = contract.resolved(around)
        for number in range(len(node.get("parameters", ()))):
            where, parameter = contract.resolved((*around, "parameters", str(number)))
            name, home = parameter["name"], homes.get(parameter["in"])
            if parameter["in"] == "header":
                name = name.lower()
            if home is not None and not (parameter["in"] == "header" and name in _IGNORED):
                home[name] = _parameter(name, where, parameter)
    return made


def _parameter(name: str, place: Place, node: Mapping[str, Any]) -> Parameter:
    return Parameter(name, bool(node.get("required")), (*place, "schema") if "schema" in node else None)


def _generality(one: Described) -> list[int]:
    """Sorts paths so that of two that fit the one comes first that is concrete earlier."""
    return [("{" in part) + bool(_PARAMETER.fullmatch(part)) for part in one.path.split("/")]


def _segments(path: str) -> tuple[str, ...]:
    return tuple(map(unquote, path.split("/")))


def _pattern(path: str) -> str:
    parts = _PARAMETER.split(path)
    return "".join("([^/]+)" if number % 2 else _literal(part) for number, part in enumerate(parts))


def _literal(text: str) -> str:
    """The text as sent by those who escape a character and by those who do not."""
    plain = unquote(text)
    return "".join(
        re.escape(sign) if sign.isalnum() or sign in "/-_." else f"(?:{re.escape(sign)}|(?i:{_escaped(sign)}))"
        for sign in plain
    )


def _escaped(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode())
