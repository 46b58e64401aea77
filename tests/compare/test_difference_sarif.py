"""Differences as SARIF."""

import json

from tests.differences import changes
from wirelore.compare import difference_sarif
from wirelore.compare.change_rules import change_rules, rule_text


def test_sarif_names_rules_levels_places_and_fingerprints_and_suppresses_the_accepted() -> None:
    log = json.loads(difference_sarif.write(changes(), change_rules(), "0.1.0"))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        ("request-header-added", "warning"),
        ("request-header-gone", "error"),
        ("request-header-order", "note"),
        ("response-field-type", "error"),
        ("scenario-on-one-side", "note"),
    ]
    assert rules[1]["help"] == {"text": rule_text(change_rules()["request-header-gone"])}
    results = [(one["ruleId"], one["ruleIndex"], one["level"], "suppressions" in one) for one in run["results"]]
    assert results == [
        ("request-header-gone", 1, "error", False),
        ("response-field-type", 3, "error", False),
        ("request-header-added", 0, "warning", False),
        ("scenario-on-one-side", 4, "note", False),
        ("request-header-order", 2, "note", True),
    ]
    assert run["results"][1] == {
        "ruleId": "response-field-type",
        "ruleIndex": 3,
        "level": "error",
        "message": {
            "text": "POST /v1/messages: /body/usage is now null (was object); 3 of 3 -> 3 of 3; in 1 of 2 scenarios: "
            "plain; your client must now accept usage as null"
        },
        "locations": [_location("new_plain/messages/2")],
        "relatedLocations": [
            {"id": 1, **_location("new_plain/messages/3")},
            {"id": 2, **_location("old_plain/messages/1")},
        ],
        "partialFingerprints": {"wirelore/v1": "b" * 16},
        "properties": {"class": "breaking", "direction": "server to client", "scenarios": ["plain"]},
    }
    assert run["results"][3]["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "scenarios#/pdf", "kind": "member"}]}
    ]
    assert run["results"][4]["suppressions"] == [{"kind": "external", "justification": "nobody reads the order"}]
    assert run["invocations"][0]["executionSuccessful"] is False


def _location(place: str) -> dict[str, object]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": f"{place}/exchange.json"}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": "response-bodies#/body/usage", "kind": "member"}],
    }
