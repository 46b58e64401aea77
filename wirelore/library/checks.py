"""Captures held against the schemas, and schemas widened by captures."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from wirelore.analysis.check import Finding, check
from wirelore.analysis.learn import learn as widen
from wirelore.library.arguments import analyzers, several
from wirelore.library.captures import Source, library, open_all
from wirelore.schema.library import writable

if TYPE_CHECKING:
    from wirelore.tables.frames import Frame


class Findings(Sequence[Finding]):
    """The findings of captures, exchange by exchange, and the parts that could not be read."""

    def __init__(self, findings: Iterable[Finding], problems: Iterable[str] = ()) -> None:
        self._findings = tuple(findings)
        self.problems = tuple(problems)
        """What could not be read, a message each with file, place and remedy."""

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> "Findings": ...
    def __getitem__(self, index: int | slice) -> "Finding | Findings":
        if isinstance(index, slice):
            return Findings(self._findings[index], self.problems)
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    @property
    def errors(self) -> "Findings":
        """Those of severity `error`."""
        return self.of("error")

    @property
    def warnings(self) -> "Findings":
        """Those of severity `warning`."""
        return self.of("warning")

    @property
    def notes(self) -> "Findings":
        """Those of severity `note`."""
        return self.of("note")

    def of(self, severity: str) -> "Findings":
        """Those of a severity."""
        return Findings((one for one in self if one.severity == severity), self.problems)

    def frame(self) -> "Frame":
        """A pandas data frame with a row per finding, see `Capture.frame`."""
        from wirelore.tables.frames import finding_frame

        return finding_frame(self)

    def __repr__(self) -> str:
        counts = (len(self.errors), len(self.warnings), len(self.notes))
        return "<wirelore.Findings: {} errors, {} warnings, {} notes>".format(*counts)


def analyze(
    source: Source,
    *,
    schemas: str | os.PathLike[str] | None = None,
    captures: str | os.PathLike[str] | None = None,
) -> Findings:
    """Checks captures against the schemas and returns the findings: the places where the traffic differs from them.

    `schemas` is a folder of your own schemas (WIRELORE_SCHEMAS, or the packaged ones otherwise), `captures` the folder
    in which names are looked up. Parts that cannot be read are in `Findings.problems`. Raises Unreadable if there is
    no such capture, and BadSchema.

    >>> import wirelore
    >>> findings = wirelore.analyze("captures/samples/errors")
    >>> sorted({finding.severity for finding in findings.errors})
    ['error']
    """
    chosen = library(schemas)
    problems: list[str] = []
    findings = [
        finding
        for capture in open_all(source, captures=captures, schemas=schemas)
        for finding in check(capture.exchanges(lambda fault: problems.append(str(fault))), chosen)
    ]
    return Findings(findings, problems)


def learn(
    source: Source,
    schemas: str | os.PathLike[str],
    *,
    only: str | Iterable[str] = (),
    hosts: str | Iterable[str] = (),
    include_stand_in: bool = False,
    captures: str | os.PathLike[str] | None = None,
    problems: list[str] | None = None,
    remarks: list[str] | None = None,
) -> list[str]:
    """Widens the schemas of a folder so that the captures pass, and returns what changed, a line each.

    The folder starts as a copy of the packaged schemas if it is new. `only` names the analyzers that learn, all
    otherwise; `hosts` restricts learning to exchanges with these hosts. Answers of
    our own replay server are learned only with `include_stand_in`; otherwise `remarks` receives how many were skipped.
    Parts that cannot be read are appended to `problems`; without it they raise Unreadable. Learning the same captures
    again changes nothing. Raises ValueError for an analyzer that there is not, and BadSchema for a folder that holds
    something else or belongs to the installed package.
    """
    names, folder = analyzers(only), Path(schemas)
    is_new = not (folder / "rules.json").is_file()
    chosen = open_all(source, captures=captures, schemas=None if is_new else folder)
    folder = writable(folder)
    return widen(
        chosen,
        folder,
        hosts=several(hosts),
        only=names,
        stand_in=include_stand_in,
        problems=problems,
        remarks=remarks,
    )
