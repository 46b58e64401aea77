"""The committed samples, their reports and the reference: what is in the repository is what the code writes."""

from pathlib import Path

import pytest

from tests.project import ROOT
from wirelore.analysis import analyzer_reference
from wirelore.analysis.outcome import outcome
from wirelore.pages import bundle
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.store.writer import Capture, find

SAMPLES = ROOT / "captures" / "samples"


def captures() -> list[Capture]:
    return find(str(SAMPLES), Path("nowhere"))


@pytest.mark.slow
def test_the_committed_reports_are_what_the_samples_give(tmp_path: Path) -> None:
    files, problems, _ = bundle.write(captures(), Library(), tmp_path)
    assert problems == []
    committed = {path.name: path.read_bytes() for path in (ROOT / "reports" / "samples").iterdir()}
    assert {path.name for path in files} == set(committed)
    drifted = [path.name for path in files if path.read_bytes() != committed[path.name]]
    assert drifted == [], "run `make samples` and read the diff"


def test_the_analyzer_reference_is_what_the_docstrings_give() -> None:
    committed = (ROOT / "docs" / "analyzers.md").read_text("utf-8")
    assert committed == analyzer_reference.write(Library()), "run `make docs` and read the diff"


def test_the_samples_hold_one_thing_that_cannot_be_right() -> None:
    errors = [group.first for group in outcome(captures(), Library()).groups if group.first.severity == "error"]
    assert [(finding.rule, finding.message) for finding in errors] == [
        ("error-bodies/not-json", 'an error body is not JSON: "500 text/html"')
    ]


@pytest.mark.parametrize(
    "claim", ["E02", "E03", "E04", "E05", "E06", "E07", "E08", "E09", "E11", "E12", "A09a", "A10a"]
)
def test_the_samples_cover_every_endpoint_that_the_sources_claim(claim: str) -> None:
    stated = {operation for one in claims() if one.id == claim for operation in one.operations}
    shown = {exchange.operation for capture in captures() for exchange in capture.exchanges()}
    assert stated
    assert stated <= shown


def test_the_samples_cover_every_error_status_that_the_sources_claim() -> None:
    statuses = {line["status"] for capture in captures() for line in capture.index()}
    assert statuses >= {400, 401, 403, 404, 413, 429, 500, 529}
