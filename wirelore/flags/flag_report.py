"""The beta-flag table: each flag over versions, models, authentication, operations and scenarios, with its company.

It is made in one pass. What is kept meanwhile depends on how many kinds of requests there are, not on how many of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from wirelore.analysis.one_pass import run
from wirelore.flags.page import markdown
from wirelore.flags.request_paths import Place, Shut
from wirelore.flags.table import FlagTable, tabled
from wirelore.flags.tally import FlagTally
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library
from wirelore.store.writer import Capture

__all__ = ["FlagTable", "begun", "json", "markdown", "table", "tabled"]


def table(captures: Iterable[Capture], claims: Iterable[Claim], library: Library | None = None) -> FlagTable:
    """The table of captures, in whatever order they come; the library, or the packaged one, says what is known."""
    used = library or Library()
    tally, problems = begun(used), list[str]()
    run(captures, [tally], lambda fault: problems.append(str(fault)))
    return tabled(tally, claims, used, sorted(problems))


def begun(library: Library) -> FlagTally:
    """A tally that has counted nothing: a collector, see `wirelore.analysis.one_pass`."""
    return FlagTally(Shut.of(library.folder))


def json(made: FlagTable) -> dict[str, Any]:
    """The table as a JSON document: the members of FlagTable by their names; places as side, path and word."""
    document: dict[str, Any] = _plain(made)
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return {"side": value.side, "path": str(value._replace(word=None)), "word": value.word}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple) and (names := getattr(value, "_fields", ())):
        return {name: _plain(one) for name, one in zip(names, value, strict=True)}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
