"""Checking captures and learning schemas from Python."""

import shutil
from pathlib import Path

import pytest

import wirelore
from tests.exchanges import exchange, written_capture
from wirelore.model.packaged import SAMPLES


def test_findings_are_a_sequence_that_can_be_split_by_severity() -> None:
    findings = wirelore.analyze(SAMPLES / "errors")
    assert len(findings) == len(findings.errors) + len(findings.warnings) + len(findings.notes)
    assert {one.severity for one in findings.errors} <= {"error"}
    assert list(findings[:2]) == list(findings)[:2]
    assert list(findings.frame()["rule"]) == [one.rule for one in findings]
    assert repr(findings.errors[:1]) == "<wirelore.Findings: 1 error, 0 warnings, 0 notes>"
    counts = (len(findings.errors), len(findings.warnings), len(findings.notes))
    assert repr(findings) == "<wirelore.Findings: {} error, {} warnings, {} notes>".format(*counts)


def test_a_part_that_cannot_be_read_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    capture = written_capture(tmp_path / "one", exchange({"a": 1}), exchange({"a": 1}))
    first = next(iter(capture.index()))["id"]
    (capture.folder / first / "exchange.json").write_text("{")
    findings = wirelore.analyze(tmp_path / "one")
    (problem,) = findings.problems
    assert f"{first}/exchange.json" in problem
    assert {one.exchange for one in findings} == {line["id"] for line in capture.index()} - {first}


def test_learning_makes_the_folder_and_the_second_time_changes_nothing(tmp_path: Path) -> None:
    written_capture(tmp_path / "one", exchange({"model": "x"}, headers=[("anthropic-beta", "new-2026-01-01")]))
    changes = wirelore.learn(tmp_path / "one", tmp_path / "mine", only=["beta-flags"])
    assert len(changes) == 1
    assert "new-2026-01-01" in changes[0]
    assert wirelore.learn(tmp_path / "one", tmp_path / "mine", only=["beta-flags"]) == []
    rules = {one.rule for one in wirelore.analyze(tmp_path / "one", schemas=tmp_path / "mine")}
    assert not {rule for rule in rules if rule.startswith("beta-flags/")}


def test_learning_from_a_broken_capture_raises_or_reports_a_problem(tmp_path: Path) -> None:
    capture = written_capture(tmp_path / "one", exchange({"a": 1}))
    shutil.rmtree(capture.folder / next(iter(capture.index()))["id"])
    with pytest.raises(wirelore.Unreadable, match=r"exchange\.json: missing"):
        wirelore.learn(tmp_path / "one", tmp_path / "mine", only=["beta-flags"])
    problems: list[str] = []
    wirelore.learn(tmp_path / "one", tmp_path / "mine", only=["beta-flags"], problems=problems)
    assert len(problems) == 1
