"""OpenAPI documents of other tools: their operations, and the values that their schemas reject."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.inference.documents import Document
from benchmarks.inference.tools import Compiled, Complaints, Schema, leaked, plain
from wirelore.model.exchange import Exchange
from wirelore.schema.library import DIALECT

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass
class Described:
    """An OpenAPI document of another tool."""

    document: dict[str, Any]
    _compiled: dict[int, Compiled] = field(default_factory=dict)

    def operations(self) -> set[str]:
        """Return `METHOD /path/{}` of each operation, without the names of parameters."""
        return {nameless(f"{method.upper()} {path}") for path, method, _ in self._operations()}

    def complaints(self, document: Document, value: Any) -> Complaints | None:
        """Return the complaints of the schema of the request body, or of the response's status; None for events."""
        lesson = document.lesson
        found = self._operation(lesson.exchange)
        if found is None or lesson.analyzer == "event-payloads":
            return None
        if lesson.analyzer == "request-bodies":
            content = found.get("requestBody", {}).get("content", {})
        else:
            status = lesson.exchange.response.status if lesson.exchange.response else 0
            responses = {str(name): each for name, each in found.get("responses", {}).items()}
            content = responses.get(str(status), {}).get("content", {})
        schema = next((each.get("schema") for kind, each in content.items() if "json" in kind), None)
        return None if schema is None else self._compiled_of(schema).complaints(value)

    def leaked(self) -> int:
        """Count leaked properties in the bodies of all operations."""
        total = 0
        for _, _, operation in self._operations():
            contents = [operation.get("requestBody", {}), *operation.get("responses", {}).values()]
            for each in contents:
                total += sum(leaked(part.get("schema") or {}) for part in each.get("content", {}).values())
        return total

    def _compiled_of(self, schema: Schema) -> Compiled:
        key = id(schema)
        if key not in self._compiled:
            made = {**plain(schema), "components": plain(self.document.get("components", {}))}
            self._compiled[key] = Compiled({"$schema": DIALECT, **made})
        return self._compiled[key]

    def _operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, item in self.document.get("paths", {}).items():
            for method in _METHODS:
                if method in item:
                    yield path, method, item[method]

    def _operation(self, exchange: Exchange) -> dict[str, Any] | None:
        """Return the operation whose path or template matches the request."""
        fitting = [
            (path, operation)
            for path, method, operation in self._operations()
            if method.upper() == exchange.request.method
            and re.fullmatch(re.sub(r"\\\{[^{}]*\\\}", "[^/]+", re.escape(path)), exchange.request.path)
        ]
        return min(fitting, key=lambda pair: pair[0].count("{"))[1] if fitting else None


def nameless(operation: str) -> str:
    """Return the operation without the names of its path parameters."""
    return re.sub(r"\{[^{}]*\}", "{}", operation)
