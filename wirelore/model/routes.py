"""The route table of `schemas/routes.json`, which assigns operation, category and tags to exchanges.

A path that is not in the table gets a template derived from the shapes of its segments (wirelore/model/templates.py),
so that an unknown operation has one name for all ids.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import re2

from wirelore.model import codec
from wirelore.model.packaged import SCHEMAS
from wirelore.model.templates import guessed_template, is_id, path_values, pattern_of

__all__ = ["PACKAGED", "Route", "Routes", "guessed_template", "is_id", "packaged", "path_values", "slug"]

PACKAGED = SCHEMAS / "routes.json"
"""The file of the packaged table."""

_NEEDLE_LIMIT = 64
"""The maximum size of a needle in bytes, enforced by schemas/routes.schema.json."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the table."""

    method: str
    template: str
    hosts: tuple[str, ...]
    category: str

    @property
    def operation(self) -> str:
        """`METHOD /path/{template}`."""
        return f"{self.method} {self.template}"


class Routes:
    """The route table, compiled for matching."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self.hosts: tuple[str, ...] = tuple(table["hosts"])
        self.error_event: str = table["error_event"]
        self._tag_of = [tag for tag, needles in table["tags"].items() for _ in needles]
        self._texts = [needle.encode() for needles in table["tags"].values() for needle in needles]
        self.routes = tuple(
            Route(entry["method"], entry["path"], tuple(entry["hosts"]), entry["category"])
            for entry in table["operations"]
        )
        self.bare: tuple[Mapping[str, Any], ...] = tuple(table.get("bare", ()))
        """The signs of bare bodies: `event` or `member`, and the `operation` to which such a body belongs."""
        self._exact = {(route.method, route.template): route for route in self.routes if "{" not in route.template}
        self._patterns = [
            (route.method, pattern_of(route.template), route) for route in self.routes if "{" in route.template
        ]

    def __reduce__(self) -> tuple[type["Routes"], tuple[Mapping[str, Any]]]:
        """Pickle the table as its document."""
        return Routes, (self._table,)

    @classmethod
    def load(cls, path: Path = PACKAGED) -> "Routes":
        """Read a table from a file in the form of schemas/routes.json."""
        return cls(codec.loads(path.read_bytes()))

    def match(self, method: str, path: str) -> Route | None:
        """Return the route of a request, None if there is none. Hosts are not compared; analyzers do that."""
        if exact := self._exact.get((method, path)):
            return exact
        return next(
            (route for verb, pattern, route in self._patterns if verb == method and pattern.fullmatch(path)), None
        )

    def operation(self, method: str, path: str) -> tuple[str, bool]:
        """Return the operation's name, and True if the table has it."""
        route = self.match(method, path)
        return (route.operation, True) if route else (f"{method} {guessed_template(path)}", False)

    def tags_in(self, blocks: Iterable[bytes]) -> tuple[str, ...]:
        """Return the sorted tags whose needles occur in the blocks, also across the border of two."""
        indexes: set[int] = set()
        tail = b""
        for block in blocks:
            window = tail + block
            indexes.update(self._needles.Match(window) or ())
            tail = window[-_NEEDLE_LIMIT:]
        return tuple(sorted({self._tag_of[index] for index in indexes}))

    @cached_property
    def _needles(self) -> Any:
        """All needles as one automaton, so that a body is read only once."""
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        needles = re2.Set.SearchSet(options)
        for text in self._texts:
            needles.Add(re2.escape(text))
        needles.Compile()
        return needles


@cache
def packaged() -> Routes:
    """Return the packaged table, read once."""
    return Routes.load()


def slug(operation: str, known: bool) -> str:
    """Return the last part of a folder name: the table's template, or only the method if the path is unknown."""
    method, _, template = operation.partition(" ")
    words = re.findall(r"[a-z0-9]+", template.lower()) if known else ["unknown"]
    verb = re.sub(r"[^a-z]", "", method.lower())[:8] or "method"
    return "-".join([verb, *words])[:80]
