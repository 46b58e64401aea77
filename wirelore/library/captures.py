"""Captures in Python: opened by name, iterated, converted to data frames, displayed in a notebook."""

import builtins
import os
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wirelore.analysis.check import check
from wirelore.library.arguments import refuse_file_object
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.model.wording import quantity
from wirelore.schema.library import PACKAGED, BadSchema, Library
from wirelore.schema.routing import TABLE
from wirelore.store import reader
from wirelore.store.reader import Unreadable

if TYPE_CHECKING:
    from wirelore.tables.frames import Frame

Kind = Literal["exchanges", "events", "headers", "findings"]
"""The kinds of data frames of a capture."""

_NOTEBOOK_ROWS = 50
"""The number of exchanges that a notebook displays."""


class Capture(reader.Capture):
    """A capture on disk: a lazy, iterable collection of exchanges. `wirelore.open` returns it.

    Iterating reads one exchange at a time, in the order of their starts, and raises Unreadable at a part that cannot be
    read; `exchanges(broken)` calls `broken` for each such part and continues. `len` is the number of exchanges.

    >>> import wirelore
    >>> capture = wirelore.open("captures/samples/messages")
    >>> len(capture), next(iter(capture)).operation
    (19, 'POST /v1/messages')
    """

    def __iter__(self) -> Iterator[Exchange]:
        return self.exchanges()

    def frame(self, kind: Kind = "exchanges", *, schemas: str | os.PathLike[str] | None = None) -> "Frame":
        """Return a pandas data frame with a row per exchange, event, header line or finding.

        The columns are stable and listed in docs/python.md. Times are datetimes (UTC) and timedeltas, sizes are bytes,
        unknown values are missing. `schemas` is the folder of schemas for findings (default: the packaged ones). Raise
        ValueError for an unknown kind, Unreadable, and ImportError if pandas is not installed.

        >>> import wirelore
        >>> wirelore.open("captures/samples/errors").frame()["status"].max()
        np.int64(529)
        """
        from wirelore.tables import frames

        if kind == "findings":
            return frames.finding_frame(check(self.exchanges(), library(schemas)))
        if kind not in frames.OF_EXCHANGES:
            raise ValueError(f"kind {kind!r}: expected {', '.join([*frames.OF_EXCHANGES, 'findings'])}")
        return frames.OF_EXCHANGES[kind](self)

    def __repr__(self) -> str:
        return f"<wirelore.Capture {self.name!r}: {quantity(len(self), 'exchange')}>"

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: name, size, clients and start, and a table of the first exchanges."""
        clients = ", ".join(map(str, self.manifest.get("clients", []))) or "unknown client"
        facts = [quantity(len(self), "exchange"), clients, str(self.manifest.get("started") or "time unknown")]
        if self.losses:
            facts.append(f"incomplete: {self.losses}")
        lines = sorted(self.index(), key=lambda line: int(line["sequence"]))
        heads = ("#", "method", "host", "path", "status", "end")
        rows = [
            (line["sequence"], line["method"], line["host"], line["path"], line["status"] or "", line["end"])
            for line in lines[:_NOTEBOOK_ROWS]
        ]
        more = f"<p>and {len(lines) - _NOTEBOOK_ROWS} more</p>" if len(lines) > _NOTEBOOK_ROWS else ""
        title = f"<p><b>{escape(self.name)}</b>: {escape('; '.join(facts))}</p>"
        table = _row("th", heads) + "".join(_row("td", row) for row in rows)
        return f"<div>{title}<table>{table}</table>{more}</div>"


Source = Capture | str | os.PathLike[str] | Iterable[Capture | str | os.PathLike[str]]
"""An argument that selects captures: an open capture, a name or path (also of a folder of captures), or several."""


def open(
    name: str | os.PathLike[str],
    *,
    captures: str | os.PathLike[str] | None = None,
    schemas: str | os.PathLike[str] | None = None,
) -> Capture:
    """Open the capture with a name in the captures folder, or at a path.

    `captures` is the captures folder (default: WIRELORE_CAPTURES, or `captures/local`). `schemas` is the folder whose
    route table names the operations. Opening writes and repairs nothing. Raise Unreadable if the capture is missing, if
    the folder contains several captures (open one, or pass the folder to a function that accepts several), or if the
    format is newer than this version.
    """
    opened = open_all([name], captures=captures, schemas=schemas)
    if len(opened) > 1:
        choices = ", ".join(str(capture.folder) for capture in opened[:3])
        raise Unreadable(f"{os.fspath(name)}: {len(opened)} captures ({choices}, ...); open one of them")
    return opened[0]


def open_all(
    source: Source,
    *,
    captures: str | os.PathLike[str] | None = None,
    schemas: str | os.PathLike[str] | None = None,
) -> list[Capture]:
    """Return the captures that a Source selects, in order. Raise Unreadable."""
    if isinstance(source, Capture):
        return [source]
    refuse_file_object(source)
    names = [source] if isinstance(source, str | os.PathLike) else builtins.list(source)
    folder, routes = captures_folder(captures), Routes.load(schemas_folder(schemas) / TABLE)
    opened: list[Capture] = []
    for name in names:
        if isinstance(name, Capture):
            opened.append(name)
        else:
            opened += [Capture(capture.folder, routes) for capture in reader.find(os.fspath(name), folder, routes)]
    return opened


def captures_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder in which names are looked up: the argument, WIRELORE_CAPTURES, or `captures/local`."""
    return Path(folder or os.environ.get("WIRELORE_CAPTURES") or Path("captures", "local"))


def schemas_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of schemas: the argument, WIRELORE_SCHEMAS, or the packaged one. Raise BadSchema."""
    chosen = Path(folder or os.environ.get("WIRELORE_SCHEMAS") or PACKAGED)
    if not (chosen / "rules.json").is_file():
        raise BadSchema(f"{chosen}: not a folder of schemas; `wirelore learn CAPTURE --schemas {chosen}` creates one")
    return chosen


def library(folder: str | os.PathLike[str] | None = None) -> Library:
    """Return the schemas of a folder, see `schemas_folder`. Raise BadSchema."""
    return Library(schemas_folder(folder))


def _row(tag: str, cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"
