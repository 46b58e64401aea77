"""Findings as JSON: everything, for programs."""

import json

from tests.outcomes import outcome
from wirelore.analysis import findings_json


def test_json_holds_counts_findings_and_problems() -> None:
    document = json.loads(findings_json.write(outcome(problems=("x: broken",))))
    assert document["counts"] == {"error": 2, "warning": 0, "note": 1}
    assert document["problems"] == ["x: broken"]
    assert [finding["fingerprint"] for finding in document["findings"]] == ["b" * 16, "a" * 16]
    assert document["findings"][1]["places"] == [
        {"capture": "made", "exchange": "m/1", "item": None, "pointer": "/attempt"}
    ]
