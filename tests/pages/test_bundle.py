"""The bundle: the files of a report, the same bytes every time, in two passes over the captures."""

from pathlib import Path

import pytest

from tests.exchanges import learned_library
from tests.reported import conversation, write_capture
from wirelore.model.exchange import Exchange
from wirelore.pages.bundle import openapi_text, write
from wirelore.schema.library import Library
from wirelore.store.writer import Capture

FILES = [
    "README.md", "beta-flags.md", "bodies.md", "coverage.md", "endpoints.md", "errors.md", "event-sequences.md",
    "findings.md", "headers.md", "openapi.yaml",
]  # fmt: skip


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    folder = tmp_path_factory.mktemp("captures") / "made"
    write_capture(folder, conversation())
    return Capture(folder)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return learned_library(tmp_path_factory.mktemp("library") / "schemas", *conversation())


def test_the_files_are_written_and_named(tmp_path: Path, capture: Capture, library: Library) -> None:
    files, problems, _ = write([capture], library, tmp_path / "new" / "report")
    assert [path.name for path in files] == FILES
    assert sorted(tmp_path.joinpath("new", "report").iterdir()) == files
    assert problems == []


def test_the_same_captures_give_the_same_bytes(tmp_path: Path, capture: Capture, library: Library) -> None:
    first, *_ = write([capture], library, tmp_path / "first")
    again, *_ = write([Capture(capture.folder)], library, tmp_path / "again")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert not any(str(tmp_path).encode() in path.read_bytes() for path in first)


def test_the_document_is_the_one_in_the_report(tmp_path: Path, capture: Capture, library: Library) -> None:
    write([capture], library, tmp_path)
    text, problems = openapi_text([capture], library)
    assert (tmp_path / "openapi.yaml").read_text("utf-8") == text
    assert problems == []


def test_an_exchange_is_read_once_for_the_pages_and_once_for_the_coverage(
    tmp_path: Path, capture: Capture, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    original = Capture.exchange

    def counted(self: Capture, name: str) -> Exchange:
        names.append(name)
        return original(self, name)

    monkeypatch.setattr(Capture, "exchange", counted)
    write([capture], library, tmp_path)
    assert len(names) == 16
    assert len(set(names)) == 8


def test_a_part_that_cannot_be_read_is_a_problem_and_the_rest_is_reported(tmp_path: Path, library: Library) -> None:
    write_capture(tmp_path / "made", conversation())
    capture = Capture(tmp_path / "made")
    lost = next(capture.index())["id"]
    (capture.folder / lost / "exchange.json").unlink()
    _, problems, _ = write([capture], library, tmp_path / "report")
    assert len(problems) == 1
    assert lost in problems[0]
    assert "| Exchanges | 7 |" in (tmp_path / "report" / "README.md").read_text("utf-8")


def test_no_captures_give_a_report_of_what_is_claimed(tmp_path: Path, library: Library) -> None:
    files, problems, _ = write([], library, tmp_path)
    assert ([path.name for path in files], problems) == (FILES, [])
