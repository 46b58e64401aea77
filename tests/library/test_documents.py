"""The OpenAPI document from Python is that of the command."""

import shutil
from pathlib import Path

import pytest
import yaml

import wirelore
from tests.command_line import run
from tests.exchanges import exchange, written_capture
from wirelore.model.packaged import SAMPLES


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.1", "3.2"])
def test_the_document_is_that_of_the_command(version: str) -> None:
    document = wirelore.openapi(SAMPLES / "messages", version=version)
    printed = run("openapi", SAMPLES / "messages", "--openapi", version).stdout
    assert document == yaml.safe_load(printed)


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"version '2.0': expected 3.1 or 3.2"):
        wirelore.openapi(SAMPLES / "messages", version="2.0")


def test_a_broken_capture_raises_or_reports_a_problem(tmp_path: Path) -> None:
    capture = written_capture(tmp_path / "one", exchange({"a": 1}), exchange({"a": 1}))
    shutil.rmtree(capture.folder / next(iter(capture.index()))["id"])
    with pytest.raises(wirelore.Unreadable, match=r"exchange\.json: missing"):
        wirelore.openapi(tmp_path / "one")
    problems: list[str] = []
    assert wirelore.openapi(tmp_path / "one", problems=problems)["paths"]
    assert len(problems) == 1
