"""Captures as a program sees them: opened by name, iterated, as data frames, shown in a notebook."""

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
from wirelore.schema.library import PACKAGED, BadSchema, Library
from wirelore.schema.routing import TABLE
from wirelore.store import reader
from wirelore.store.reader import Unreadable

if TYPE_CHECKING:
    from wirelore.tables.frames import Frame

Kind = Literal["exchanges", "events", "headers", "findings"]
"""The kinds of data frames of a capture."""

_SHOWN = 50
"""Exchanges that a notebook shows."""


class Capture(reader.Capture):
    """A capture on disk: a lazy sequence of exchanges. Made by `wirelore.open`.

    Iterating reads one exchange at a time, in the order in which they began, and raises Unreadable at a part that
    cannot be read; `exchanges(broken)` calls `broken` with each such part and goes on. `len` counts the exchanges.

    >>> import wirelore
    >>> capture = wirelore.open("captures/samples/messages")
    >>> len(capture), next(iter(capture)).operation
    (19, 'POST /v1/messages')
    """

    def __iter__(self) -> Iterator[Exchange]:
        return self.exchanges()

    def frame(self, kind: Kind = "exchanges", *, schemas: str | os.PathLike[str] | None = None) -> "Frame":
        """A pandas data frame: a row per exchange, or per event, header line or finding.

        Columns are listed in docs/python.md and stay as they are; times are datetimes (UTC) and timedeltas, sizes are
        bytes, unknown values are missing. `schemas` is the folder that findings are made with, the packaged one
        otherwise. Raises ValueError for another kind, Unreadable, and ImportError without pandas.

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
        return f"<wirelore.Capture {self.name!r}: {len(self)} exchanges>"

    def _repr_html_(self) -> str:
        """The capture as a table, for a notebook: what it is, and its first exchanges from the index."""
        clients = ", ".join(map(str, self.manifest.get("clients", []))) or "unknown client"
        facts = [f"{len(self)} exchanges", clients, str(self.manifest.get("started") or "time unknown")]
        if self.lacks:
            facts.append(f"incomplete: {self.lacks}")
        lines = sorted(self.index(), key=lambda line: int(line["sequence"]))
        heads = ("#", "method", "host", "path", "status", "end")
        rows = [
            (line["sequence"], line["method"], line["host"], line["path"], line["status"] or "", line["end"])
            for line in lines[:_SHOWN]
        ]
        more = f"<p>and {len(lines) - _SHOWN} more</p>" if len(lines) > _SHOWN else ""
        title = f"<p><b>{escape(self.name)}</b>: {escape('; '.join(facts))}</p>"
        table = _row("th", heads) + "".join(_row("td", row) for row in rows)
        return f"<div>{title}<table>{table}</table>{more}</div>"


Source = Capture | str | os.PathLike[str] | Iterable[Capture | str | os.PathLike[str]]
"""What functions take as captures: one that is open, a name or path (also of a folder of captures), or several."""


def open(
    name: str | os.PathLike[str],
    *,
    captures: str | os.PathLike[str] | None = None,
    schemas: str | os.PathLike[str] | None = None,
) -> Capture:
    """The capture of a name in the captures folder, or of a path.

    `captures` is the folder of names: WIRELORE_CAPTURES or `captures/local` otherwise; `schemas` the folder whose route
    table names the operations. Nothing is written, and nothing is repaired. Raises Unreadable if there is no capture of
    that name, if there are several below it (open each, or name the folder to a function that takes several), or if
    its format is newer than this version.
    """
    several = open_all([name], captures=captures, schemas=schemas)
    if len(several) > 1:
        choices = ", ".join(str(one.folder) for one in several[:3])
        raise Unreadable(f"{os.fspath(name)}: {len(several)} captures ({choices}, ...); open one of them")
    return several[0]


def open_all(
    source: Source,
    *,
    captures: str | os.PathLike[str] | None = None,
    schemas: str | os.PathLike[str] | None = None,
) -> list[Capture]:
    """Every capture of a source, in order: see Source. Raises Unreadable."""
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
            found = reader.find(os.fspath(name), folder, routes)
            opened += [Capture(one.folder, routes) for one in found]
    return opened


def captures_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """The folder that names are looked up in: the given one, WIRELORE_CAPTURES, or `captures/local`."""
    return Path(folder or os.environ.get("WIRELORE_CAPTURES") or Path("captures", "local"))


def schemas_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """The folder of schemas: the given one, WIRELORE_SCHEMAS, or the packaged one. Raises BadSchema if it is none."""
    chosen = Path(folder or os.environ.get("WIRELORE_SCHEMAS") or PACKAGED)
    if not (chosen / "rules.json").is_file():
        raise BadSchema(f"{chosen}: no folder of schemas; `wirelore learn CAPTURE --schemas {chosen}` makes one")
    return chosen


def library(folder: str | os.PathLike[str] | None = None) -> Library:
    """The schemas of a folder, see `schemas_folder`. Raises BadSchema."""
    return Library(schemas_folder(folder))


def _row(tag: str, cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(str(one))}</{tag}>" for one in cells) + "</tr>"
