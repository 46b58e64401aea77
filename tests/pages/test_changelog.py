"""The changelog: its files, the overview, and the JSON document."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.versions import BODY, recorded
from wirelore.pages.changelog import Changelog, write
from wirelore.schema.library import Library
from wirelore.store.writer import Capture


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> list[Capture]:
    """Three versions of a client: the second sends a new flag, the third lacks a field that all had."""
    folder = tmp_path_factory.mktemp("matrix")
    old, new = {"flags": "one-2025-01-01"}, {"flags": "one-2025-01-01,two-2026-02-02"}
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("2.0.9", old),
        ("2.0.10", new),
        ("2.1.0", {**new, "body": {"model": "made-2", "tools": BODY["tools"]}}),
    ]
    captures = [recorded(folder, version, repeat=repeat, **kind) for version, kind in kinds for repeat in (1, 2)]
    cell = {
        "client": "agent",
        "version": "2.0.9",
        "scenario": "pdf",
        "status": "not-supported",
        "reason": "no | option",
    }
    (folder / "matrix.json").write_text(json.dumps({"cells": [cell]}), "utf-8")
    return captures


@pytest.fixture(scope="module")
def written(captures: list[Capture], tmp_path_factory: pytest.TempPathFactory) -> Changelog:
    """The changelog of the three versions."""
    return write(captures, Library(), tmp_path_factory.mktemp("changelog"))


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


def test_the_overview_lists_the_versions_newest_first_with_their_changes(written: Changelog) -> None:
    lines = page(written, "README.md").splitlines()
    assert [line for line in lines if line.startswith("| `2.")][:4] == [
        "| `2.1.0` | 2026-01-01 | 2 | 2 | 1 | [2.0.10](agent-2.0.10-to-2.1.0.md) | 1 | 1 | 0 | 0 |",
        "| `2.0.10` | 2026-01-01 | 2 | 2 | 1 | [2.0.9](agent-2.0.9-to-2.0.10.md) | 1 | 0 | 0 | 0 |",
        "| `2.0.9` | 2026-01-01 | 2 | 2 | 1 |  |  |  |  |  |",
        "| `2.1.0`, all steps at once |  |  |  |  | [2.0.9](agent-2.0.9-to-2.1.0.md) | 2 | 1 | 0 | 0 |",
    ]
    first = lines.index("### 2.0.10 → 2.1.0")
    assert lines[first + 2 : first + 5] == [
        "**Breaking changes** (1)",
        "",
        "- max\\_tokens is no longer sent  ",
    ]
    second = lines.index("### 2.0.9 → 2.0.10")
    assert lines[second + 2 : second + 9] == [
        "**Breaking changes** (1)",
        "",
        "- beta flag two-2026-02-02 is new  ",
        "  `POST /v1/messages (with tools)`, in 1 of 1 scenario: plain; your gateway will now receive the beta flag "
        "two-2026-02-02 and must forward it, or strip it together with everything that depends on it",
        "",
        "**Other changes**: none.",
        "",
    ]


def test_the_overview_has_an_inventory_with_the_first_and_last_version_of_each_name(written: Changelog) -> None:
    text = page(written, "README.md")
    assert "| `two-2026-02-02` | 2.0.10 | 2.1.0 | 0 | 2 | 2 |" in text
    assert "| `made-1` | 2.0.9 | 2.0.10 | 2 | 2 | 0 |" in text
    assert "#### Tools offered to the model\n\nIn all versions: `Read`.\n" in text
    assert "#### Event types in responses\n\nNone observed.\n" in text


def test_the_overview_names_stand_in_responses_noise_and_scenarios_without_a_recording(
    written: Changelog,
) -> None:
    text = page(written, "README.md")
    assert " A stand-in gave all responses; " in text
    assert "### Ignored as noise" in text
    assert "| `pdf` | agent 2.0.9 | not-supported | no \\| option |" in text


def test_the_document_has_the_same_and_names_the_pages(written: Changelog) -> None:
    document = json.loads(page(written, "changelog.json"))
    (product,) = document["products"]
    assert [step["page"] for step in (*product["steps"], product["whole"])] == [
        "agent-2.0.9-to-2.0.10.json",
        "agent-2.0.10-to-2.1.0.json",
        "agent-2.0.9-to-2.1.0.json",
    ]
    assert product["has"]["models"] == {
        "made-1": [{"version": "2.0.9", "exchanges": 2}, {"version": "2.0.10", "exchanges": 2}],
        "made-2": [{"version": "2.1.0", "exchanges": 2}],
    }
    assert document["beta_flags"] == "beta-flags.json"
    assert document["unrecorded"] == [
        {"client": "agent", "version": "2.0.9", "scenario": "pdf", "status": "not-supported", "reason": "no | option"}
    ]
    step = json.loads(page(written, "agent-2.0.9-to-2.0.10.json"))
    assert [difference["rule"] for difference in step["differences"]] == ["beta-flag-added"]


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
