"""Findings as SARIF."""

import json

from tests.outcomes import outcome
from wirelore.analysis import findings_sarif
from wirelore.analysis.registry import registry
from wirelore.schema.library import Library


def test_sarif_names_rules_levels_places_and_fingerprints() -> None:
    rules = {rule.id: rule for name in registry() for rule in Library().rules(name).values()}
    log = json.loads(findings_sarif.write(outcome(problems=("x: broken",)), rules, "0.1.0"))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["event-payloads/wrong-type", "retries/retried"]
    assert run["tool"]["driver"]["rules"][1]["help"]["text"].startswith("retries/retried (note)\n\n")
    first, second = run["results"]
    assert (first["level"], first["ruleIndex"], first["occurrenceCount"]) == ("error", 0, 2)
    assert first["partialFingerprints"] == {"wirelore/v1": "b" * 16}
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "made/m/1/exchange.json"},
                "region": {"startLine": 1},
            },
            "logicalLocations": [{"fullyQualifiedName": "observation 3 /data/index", "kind": "member"}],
        }
    ]
    assert (second["level"], second["ruleIndex"]) == ("note", 1)
    assert run["invocations"][0]["executionSuccessful"] is False
