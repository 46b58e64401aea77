"""The bundle: all pages and the OpenAPI document of captures, written from one pass over their exchanges.

A second pass holds the exchanges against the document that the first one gave.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from wirelore.analysis.one_pass import run
from wirelore.analysis.outcome import Checking
from wirelore.evidence.collector import Gathering
from wirelore.flags import flag_report
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.pages import coverage_page, markdown_report
from wirelore.pages.saving import saved
from wirelore.schema.claims import beside
from wirelore.schema.library import Library
from wirelore.schema.routing import TABLE
from wirelore.spec import openapi_document
from wirelore.spec.coverage import Coverage, coverage
from wirelore.store.writer import Capture

DOCUMENT, COVERAGE = "openapi.yaml", "coverage.md"


class Bundle(NamedTuple):
    """What was written."""

    files: list[Path]
    """Sorted."""
    problems: list[str]
    """What could not be read, a message each."""
    coverage: Coverage
    """How far the document and the captures cover each other."""


def write(captures: Iterable[Capture], library: Library, folder: Path) -> Bundle:
    """Writes the report of captures into a folder."""
    every, problems = list(captures), list[str]()
    checking, gathering, tally = Checking(library), Gathering(library), flag_report.begun(library)
    run(every, [checking, gathering, tally], lambda fault: problems.append(str(fault)))
    evidence, outcome = gathering.evidence, checking.outcome(problems)
    routes, ledger = Routes.load(library.folder / TABLE), beside(library.folder)
    texts = markdown_report.pages(
        evidence, outcome, library, routes, ledger, flag_report.tabled(tally, ledger, library)
    )
    document = openapi_document.document(evidence, library, routes, ledger)
    texts[DOCUMENT] = openapi_document.yaml_text(document)
    covered = coverage(document, _again(every, outcome.problems))
    texts[COVERAGE] = coverage_page.coverage(covered).rstrip("\n") + "\n"
    return Bundle(saved(texts, folder), outcome.problems, covered)


def openapi_of(captures: Iterable[Capture], library: Library, version: str = "3.1") -> tuple[dict[str, Any], list[str]]:
    """The OpenAPI document of a version (3.1 or 3.2), and what could not be read, a message each."""
    gathering, problems = Gathering(library), list[str]()
    run(captures, [gathering], lambda fault: problems.append(str(fault)))
    routes, ledger = Routes.load(library.folder / TABLE), beside(library.folder)
    return openapi_document.document(gathering.evidence, library, routes, ledger, version), problems


def openapi_text(captures: Iterable[Capture], library: Library, version: str = "3.1") -> tuple[str, list[str]]:
    """The same as YAML."""
    document, problems = openapi_of(captures, library, version)
    return openapi_document.yaml_text(document), problems


def _again(captures: Iterable[Capture], problems: list[str]) -> Iterator[Exchange]:
    """The exchanges once more; what could not be read the first time is no new problem."""
    known = set(problems)
    for capture in captures:
        yield from capture.exchanges(lambda fault: None if str(fault) in known else problems.append(str(fault)))
