"""Scenarios without a recording."""

import json
from pathlib import Path

import pytest

from tests.versions import recorded
from wirelore.compare.unrecorded import Unrecorded, unrecorded

CELLS = [
    {"client": "agent", "version": "1.0", "scenario": "plain", "repeat": 1, "status": "recorded"},
    {"client": "agent", "version": "1.0", "scenario": "plain", "repeat": 2, "status": "failed", "reason": "timed out"},
    {
        "client": "agent",
        "version": "1.0",
        "scenario": "pdf",
        "repeat": 1,
        "status": "not-supported",
        "reason": "no option",
    },
    {
        "client": "agent",
        "version": "1.0",
        "scenario": "pdf",
        "repeat": 2,
        "status": "not-supported",
        "reason": "no option",
    },
    {"client": "mine", "scenario": "pdf", "repeat": 1, "status": None},
]


def test_a_scenario_without_recording_is_returned_once_with_the_reason(tmp_path: Path) -> None:
    captures = [recorded(tmp_path, "1.0"), recorded(tmp_path, "1.0", repeat=2)]
    (tmp_path / "matrix.json").write_text(json.dumps({"format": 1, "cells": CELLS}), "utf-8")
    problems: list[str] = []
    assert unrecorded(captures, problems) == [Unrecorded("agent", "pdf", "1.0", "not-supported", "no option")]
    assert problems == []


def test_captures_without_a_matrix_have_no_unrecorded_scenarios(tmp_path: Path) -> None:
    assert unrecorded([recorded(tmp_path, "1.0")], []) == []


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"cells": {}}', '{"cells": [1]}'])
def test_an_invalid_matrix_file_is_a_problem(tmp_path: Path, text: str) -> None:
    capture = recorded(tmp_path, "1.0")
    (tmp_path / "matrix.json").write_text(text, "utf-8")
    problems: list[str] = []
    assert unrecorded([capture], problems) == []
    (problem,) = problems
    assert problem.startswith(f"{tmp_path / 'matrix.json'}: not a result of `wirelore matrix` (")
