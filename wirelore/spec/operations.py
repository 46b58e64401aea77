"""The operations of an OpenAPI document, their parameters, and the matching of requests to operations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from wirelore.spec.contract import Contract, Place

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The members of a path item that are operations (`query` since OpenAPI 3.2)."""
_IGNORED = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that must be ignored according to OpenAPI (Parameter Object, `name`)."""
_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter or header in the document."""

    name: str
    required: bool
    schema: Place | None
    """The place of its schema; None if it has no `schema`, for example because it has `content`."""


@dataclass(frozen=True)
class DescribedOperation:
    """An operation in the document."""

    method: str
    path: str
    place: Place
    path_parameters: dict[str, Parameter] = field(default_factory=dict)
    query: dict[str, Parameter] = field(default_factory=dict)
    headers: dict[str, Parameter] = field(default_factory=dict)
    """By name in lower case."""

    @property
    def name(self) -> str:
        """`METHOD /path/{template}`, with the path as in the document."""
        return f"{self.method} {self.path}"


class Operations:
    """The operations in a document. Raises BadSchema if the document has a dangling reference."""

    def __init__(self, contract: Contract) -> None:
        self.every = list(_operations(contract))
        self._exact = {
            (operation.method, _segments(operation.path)): operation
            for operation in self.every
            if "{" not in operation.path
        }
        templated = sorted((operation for operation in self.every if "{" in operation.path), key=_generality)
        self._templated = [(operation, re.compile(_pattern(operation.path))) for operation in templated]

    def match(self, method: str, path: str) -> tuple[DescribedOperation, dict[str, str]] | None:
        """Return the operation of a request and the values of its path parameters, or None.

        `path` is the path as it was sent. A concrete path takes precedence over a template.
        """
        exact = self._exact.get((method, _segments(path)))
        if exact:
            return exact, {}
        for operation, pattern in self._templated:
            match = pattern.fullmatch(path) if operation.method == method else None
            if match:
                names = _PARAMETER.findall(operation.path)
                return operation, dict(zip(names, map(unquote, match.groups()), strict=True))
        return None


def response_headers(contract: Contract, place: Place) -> dict[str, Parameter]:
    """Return the headers of the response at a place, by name in lower case."""
    _, response = contract.resolved(place)
    return {
        name.lower(): _parameter(name.lower(), *contract.resolved((*place, "headers", name)))
        for name in response.get("headers", {})
        if name.lower() not in _IGNORED
    }


def _operations(contract: Contract) -> Iterator[DescribedOperation]:
    for path in contract.document.get("paths", {}):
        place, item = contract.resolved(("paths", path))
        for method in _METHODS:
            if method in item:
                yield _operation(contract, method.upper(), path, place, (*place, method))
        for method in item.get("additionalOperations", {}):
            yield _operation(contract, method, path, place, (*place, "additionalOperations", method))


def _operation(contract: Contract, method: str, path: str, item: Place, place: Place) -> DescribedOperation:
    operation = DescribedOperation(method, path, place)
    targets = {"path": operation.path_parameters, "query": operation.query, "header": operation.headers}
    for parent in (item, place):
        _, node = contract.resolved(parent)
        for number in range(len(node.get("parameters", ()))):
            parameter_place, parameter = contract.resolved((*parent, "parameters", str(number)))
            name, target = parameter["name"], targets.get(parameter["in"])
            if parameter["in"] == "header":
                name = name.lower()
            if target is not None and not (parameter["in"] == "header" and name in _IGNORED):
                target[name] = _parameter(name, parameter_place, parameter)
    return operation


def _parameter(name: str, place: Place, node: Mapping[str, Any]) -> Parameter:
    return Parameter(name, bool(node.get("required")), (*place, "schema") if "schema" in node else None)


def _generality(operation: DescribedOperation) -> list[int]:
    """Return a sort key; of two templates that match, the one that has a concrete segment earlier comes first."""
    return [("{" in part) + bool(_PARAMETER.fullmatch(part)) for part in operation.path.split("/")]


def _segments(path: str) -> tuple[str, ...]:
    return tuple(map(unquote, path.split("/")))


def _pattern(path: str) -> str:
    parts = _PARAMETER.split(path)
    return "".join("([^/]+)" if number % 2 else _literal(part) for number, part in enumerate(parts))


def _literal(text: str) -> str:
    """Return a regex that matches a text, with any of its characters percent-encoded or not."""
    plain = unquote(text)
    return "".join(
        re.escape(character)
        if character.isalnum() or character in "/-_."
        else f"(?:{re.escape(character)}|(?i:{_percent_encoded(character)}))"
        for character in plain
    )


def _percent_encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
