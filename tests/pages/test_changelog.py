"""The changelog: its files, the overview, and the JSON document."""

from pathlib import Path

import pytest

from tests.versions import recorded
from wirelore.pages.changelog import Changelog, write
from wirelore.schema.library import Library
from wirelore.store.writer import Capture


def page(written: Changelog, name: str) -> str:
    """Return the text of a file of the changelog."""
    (path,) = [path for path in written.files if path.name == name]
    return path.read_text("utf-8")


def test_the_files_are_an_overview_the_flags_a_page_per_step_and_one_for_all_steps(written: Changelog) -> None:
    assert [path.name for path in written.files] == [
        "README.md",
        "agent-2.0.10-to-2.1.0.json",
        "agent-2.0.10-to-2.1.0.md",
        "agent-2.0.9-to-2.0.10.json",
        "agent-2.0.9-to-2.0.10.md",
        "agent-2.0.9-to-2.1.0.json",
        "agent-2.0.9-to-2.1.0.md",
        "beta-flags.json",
        "beta-flags.md",
        "changelog.json",
    ]
    assert written.problems == []


def test_the_same_captures_give_the_same_bytes_in_whatever_order(
    captures: list[Capture], written: Changelog, tmp_path: Path
) -> None:
    again = write(captures[::-1], Library(), tmp_path)
    assert {path.name: path.read_bytes() for path in again.files} == {
        path.name: path.read_bytes() for path in written.files
    }


@pytest.mark.parametrize(("form", "endings"), [("markdown", {".md"}), ("json", {".json"}), ("both", {".md", ".json"})])
def test_a_form_gives_its_files_alone(captures: list[Capture], tmp_path: Path, form: str, endings: set[str]) -> None:
    assert {path.suffix for path in write(captures[:1], Library(), tmp_path, form).files} == endings


def test_one_version_alone_has_an_inventory_and_nothing_to_compare(captures: list[Capture], tmp_path: Path) -> None:
    text = page(write(captures[:1], Library(), tmp_path, "markdown"), "README.md")
    assert "One version, 2.0.9: nothing to compare." in text
    assert "#### Requested models\n\n`made-1`.\n" in text


def test_a_version_of_any_name_gives_a_page_in_the_folder_and_breaks_no_table(tmp_path: Path) -> None:
    hostile = [
        recorded(tmp_path / str(number), version, client="..a|b<i>", labelled=False)
        for number, version in enumerate("12")
    ]
    log = write(hostile, Library(), tmp_path / "log")
    assert {path.parent for path in log.files} == {tmp_path / "log"}
    assert "a-b-i--1-to-2.md" in [path.name for path in log.files]
    assert "## ..a\\|b&lt;i&gt;" in page(log, "README.md")
