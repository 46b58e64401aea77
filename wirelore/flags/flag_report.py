"""The beta-flag table: each flag by version, model, authentication, operation and scenario, with co-occurrences.

It is computed in one pass. Memory depends on the number of kinds of requests, not on the number of requests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from wirelore.analysis.one_pass import run
from wirelore.flags.page import markdown
from wirelore.flags.request_paths import Place, Shut
from wirelore.flags.table import FlagTable, build_table
from wirelore.flags.tally import FlagTally
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library
from wirelore.store.writer import Capture

__all__ = ["FlagTable", "build_table", "json", "markdown", "new_tally", "table"]


def table(captures: Iterable[Capture], claims: Iterable[Claim], library: Library | None = None) -> FlagTable:
    """Return the table of captures, in any order; the library (by default the packaged one) has the known flags."""
    known_schemas = library or Library()
    tally, problems = new_tally(known_schemas), list[str]()
    run(captures, [tally], lambda fault: problems.append(str(fault)))
    return build_table(tally, claims, known_schemas, sorted(problems))


def new_tally(library: Library) -> FlagTally:
    """Return an empty tally, a collector for `wirelore.analysis.one_pass`."""
    return FlagTally(Shut.of(library.folder))


def json(flag_table: FlagTable) -> dict[str, Any]:
    """Return the table as JSON: the fields of FlagTable by their names; places as side, path and word."""
    document: dict[str, Any] = _plain(flag_table)
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return {"side": value.side, "path": str(value._replace(word=None)), "word": value.word}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple) and (names := getattr(value, "_fields", ())):
        return {name: _plain(item) for name, item in zip(names, value, strict=True)}
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
