"""The bundle: all pages and the OpenAPI document of captures, generated in one pass over their exchanges.

A second pass checks the exchanges against the document.
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
from wirelore.schema.claims import claims_in_schemas
from wirelore.schema.library import Library
from wirelore.schema.routing import TABLE
from wirelore.spec import openapi_document
from wirelore.spec.coverage import Coverage, coverage
from wirelore.store.writer import Capture

DOCUMENT, COVERAGE = "openapi.yaml", "coverage.md"


class Bundle(NamedTuple):
    """The result of writing a report."""

    files: list[Path]
    """The written files, sorted."""
    problems: list[str]
    """A message for each part that could not be read."""
    coverage: Coverage
    """The coverage of the document by the captures, and of the captures by the document."""


def write(captures: Iterable[Capture], library: Library, folder: Path) -> Bundle:
    """Write the report of captures to a folder."""
    sources, problems = list(captures), list[str]()
    checking, gathering, tally = Checking(library), Gathering(library), flag_report.new_tally(library)
    run(sources, [checking, gathering, tally], lambda fault: problems.append(str(fault)))
    evidence, outcome = gathering.evidence, checking.outcome(problems)
    routes, ledger = Routes.load(library.folder / TABLE), claims_in_schemas(library.folder)
    texts = markdown_report.pages(
        evidence, outcome, library, routes, ledger, flag_report.build_table(tally, ledger, library)
    )
    document = openapi_document.document(evidence, library, routes, ledger)
    texts[DOCUMENT] = openapi_document.yaml_text(document)
    result = coverage(document, _again(sources, outcome.problems))
    texts[COVERAGE] = coverage_page.coverage(result).rstrip("\n") + "\n"
    return Bundle(saved(texts, folder), outcome.problems, result)


def openapi_of(captures: Iterable[Capture], library: Library, version: str = "3.1") -> tuple[dict[str, Any], list[str]]:
    """Return the OpenAPI document in a version (3.1 or 3.2), and a message for each part that could not be read."""
    gathering, problems = Gathering(library), list[str]()
    run(captures, [gathering], lambda fault: problems.append(str(fault)))
    routes, ledger = Routes.load(library.folder / TABLE), claims_in_schemas(library.folder)
    return openapi_document.document(gathering.evidence, library, routes, ledger, version), problems


def openapi_text(captures: Iterable[Capture], library: Library, version: str = "3.1") -> tuple[str, list[str]]:
    """Return the document of `openapi_of` as YAML, and its problems."""
    document, problems = openapi_of(captures, library, version)
    return openapi_document.yaml_text(document), problems


def _again(captures: Iterable[Capture], problems: list[str]) -> Iterator[Exchange]:
    """Yield the exchanges a second time; append only problems that did not occur the first time."""
    reported = set(problems)
    for capture in captures:
        yield from capture.exchanges(lambda fault: None if str(fault) in reported else problems.append(str(fault)))
