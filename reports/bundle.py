"""The bundle: all pages and the OpenAPI document of captures, written from one pass over their exchanges."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from analyzers._check import Finding, check
from captures.model import Exchange
from captures.routes import Routes
from captures.store import Capture
from reports import markdown, openapi
from reports.evidence import Evidence, fed
from reports.findings import Outcome, grouped
from schemas.claims import Claim, claims
from schemas.library import Library
from schemas.routing import TABLE

DOCUMENT = "openapi.yaml"


def write(captures: Iterable[Capture], library: Library, folder: Path) -> tuple[list[Path], list[str]]:
    """Writes the report into a folder; returns the files, sorted, and what could not be read, a message each."""
    evidence, outcome = Evidence(), Outcome([], [], 0)
    outcome.groups = grouped(_findings(captures, library, evidence, outcome))
    routes, ledger = Routes.load(library.folder / TABLE), _claims(library)
    texts = markdown.pages(evidence, outcome, library, routes, ledger)
    texts[DOCUMENT] = openapi.yaml_text(openapi.document(evidence, library, routes, ledger))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    return sorted(folder / name for name in texts), outcome.problems


def openapi_text(captures: Iterable[Capture], library: Library) -> tuple[str, list[str]]:
    """The OpenAPI document as YAML, and what could not be read, a message each."""
    evidence, outcome = Evidence(), Outcome([], [], 0)
    for capture in captures:
        for _ in _counted(capture, evidence, outcome):
            pass
    routes, ledger = Routes.load(library.folder / TABLE), _claims(library)
    return openapi.yaml_text(openapi.document(evidence, library, routes, ledger)), outcome.problems


def _claims(library: Library) -> tuple[Claim, ...]:
    """The ledger beside the schemas; empty if there is none. Raises ClaimsError if it cannot be read."""
    folder = library.folder / "claims"
    return claims(folder) if folder.is_dir() else ()


def _findings(captures: Iterable[Capture], library: Library, evidence: Evidence, outcome: Outcome) -> Iterator[Finding]:
    for capture in captures:
        outcome.captures.append(capture.name)
        yield from check(_counted(capture, evidence, outcome), library)


def _counted(capture: Capture, evidence: Evidence, outcome: Outcome) -> Iterator[Exchange]:
    """The capture's exchanges, counted on their way."""
    for exchange in fed(evidence, capture.name, capture.exchanges(lambda fault: outcome.problems.append(str(fault)))):
        outcome.exchanges += 1
        yield exchange
