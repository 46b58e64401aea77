"""Checking captures against schemas, and learning schemas from captures."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from wirelore.analysis.check import Finding, check
from wirelore.analysis.learn import learn as widen
from wirelore.library.arguments import analyzers, several
from wirelore.library.captures import Source, library, open_all
from wirelore.model.wording import quantity
from wirelore.schema.library import writable_folder

if TYPE_CHECKING:
    from wirelore.tables.frames import Frame


class Findings(Sequence[Finding]):
    """The findings in captures, in the order of the exchanges, and the parts that could not be read."""

    def __init__(self, findings: Iterable[Finding], problems: Iterable[str] = ()) -> None:
        self._findings = tuple(findings)
        self.problems = tuple(problems)
        """A message for each part that could not be read, with file, place and remedy."""

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
        """The findings of severity `error`."""
        return self.with_severity("error")

    @property
    def warnings(self) -> "Findings":
        """The findings of severity `warning`."""
        return self.with_severity("warning")

    @property
    def notes(self) -> "Findings":
        """The findings of severity `note`."""
        return self.with_severity("note")

    def with_severity(self, severity: str) -> "Findings":
        """Return the findings of a severity."""
        return Findings((finding for finding in self if finding.severity == severity), self.problems)

    def frame(self) -> "Frame":
        """Return a pandas data frame with a row per finding, see `Capture.frame`."""
        from wirelore.tables.frames import finding_frame

        return finding_frame(self)

    def __repr__(self) -> str:
        counts = {"error": len(self.errors), "warning": len(self.warnings), "note": len(self.notes)}
        return f"<wirelore.Findings: {', '.join(quantity(number, noun) for noun, number in counts.items())}>"


def analyze(
    source: Source,
    *,
    schemas: str | os.PathLike[str] | None = None,
    captures: str | os.PathLike[str] | None = None,
) -> Findings:
    """Check captures against the schemas, and return the findings.

    `schemas` is a folder of schemas (default: WIRELORE_SCHEMAS, or the packaged ones). `captures` is the folder in
    which names are looked up. `Findings.problems` lists parts that could not be read. Raise Unreadable if a capture is
    missing, and BadSchema.

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
    """Widen the schemas in a folder until the captures pass, and return a line for each change.

    A new folder starts as a copy of the packaged schemas. `only` lists the analyzers whose schemas are widened
    (default: all); `hosts` restricts learning to exchanges with these hosts. Responses of the replay server are skipped
    unless `include_stand_in` is true; `remarks` receives how many. Parts that cannot be read are appended to
    `problems`; if it is None they raise Unreadable. Learning from the same captures again changes nothing. Raise
    ValueError for an unknown analyzer, and BadSchema for a folder that contains other files or belongs to the installed
    package.
    """
    names, folder = analyzers(only), Path(schemas)
    is_new = not (folder / "rules.json").is_file()
    chosen = open_all(source, captures=captures, schemas=None if is_new else folder)
    folder = writable_folder(folder)
    return widen(
        chosen,
        folder,
        hosts=several(hosts),
        only=names,
        stand_in=include_stand_in,
        problems=problems,
        remarks=remarks,
    )
