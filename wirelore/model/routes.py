"""The route table: which operation, category and tags an exchange has, after `schemas/routes.json`.

The table is data; this module only matches it. A path that the table lacks gets a template guessed from the shapes
of its segments (wirelore/model/templates.py), so that an unknown operation still has one name however many ids it is
called with.
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
"""The packaged table."""

_NEEDLE_LIMIT = 64
"""Bytes: no needle is longer, schemas/routes.schema.json sees to it."""


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
    """The table, ready to be asked."""

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
        """How a bare body is recognised: `event` or `member`, and the `operation` it then belongs to."""
        self._exact = {(route.method, route.template): route for route in self.routes if "{" not in route.template}
        self._patterns = [
            (route.method, pattern_of(route.template), route) for route in self.routes if "{" in route.template
        ]

    def __reduce__(self) -> tuple[type["Routes"], tuple[Mapping[str, Any]]]:
        """Travels between processes as the table that it was made of."""
        return Routes, (self._table,)

    @classmethod
    def load(cls, path: Path = PACKAGED) -> "Routes":
        """The table of a file shaped like schemas/routes.json."""
        return cls(codec.loads(path.read_bytes()))

    def match(self, method: str, path: str) -> Route | None:
        """The route of a request, None if the table has none; hosts are the analyzer's question, not this one's."""
        if exact := self._exact.get((method, path)):
            return exact
        return next(
            (route for verb, pattern, route in self._patterns if verb == method and pattern.fullmatch(path)), None
        )

    def operation(self, method: str, path: str) -> tuple[str, bool]:
        """The operation's name, and whether the table has it."""
        route = self.match(method, path)
        return (route.operation, True) if route else (f"{method} {guessed_template(path)}", False)

    def found_tags(self, blocks: Iterable[bytes]) -> tuple[str, ...]:
        """The tags whose needles occur in the blocks (a needle over the border of two is found as well), sorted."""
        found: set[int] = set()
        tail = b""
        for block in blocks:
            window = tail + block
            found.update(self._needles.Match(window) or ())
            tail = window[-_NEEDLE_LIMIT:]
        return tuple(sorted({self._tag_of[index] for index in found}))

    @cached_property
    def _needles(self) -> Any:
        """All needles as one automaton: a body is read once, however many there are."""
        chosen = re2.Options()
        chosen.encoding = re2.Options.Encoding.LATIN1
        needles = re2.Set.SearchSet(chosen)
        for text in self._texts:
            needles.Add(re2.escape(text))
        needles.Compile()
        return needles


@cache
def packaged() -> Routes:
    """The packaged table, read once."""
    return Routes.load()


def slug(operation: str, known: bool) -> str:
    """The folder name's last part: the table's template; no more than the method where the path is the client's own."""
    method, _, template = operation.partition(" ")
    words = re.findall(r"[a-z0-9]+", template.lower()) if known else ["unknown"]
    verb = re.sub(r"[^a-z]", "", method.lower())[:8] or "method"
    return "-".join([verb, *words])[:80]
