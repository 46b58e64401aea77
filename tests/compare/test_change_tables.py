"""The tables of changes: matching rules, and ids in texts."""

import json

import pytest

from wirelore.compare.change_tables import PACKAGED, tables


@pytest.mark.parametrize(
    ("analyzer", "place", "change", "was", "rule"),
    [
        ("beta-flags", "/flags/a-1", "appeared", "never", "beta-flag-added"),
        ("request-headers", "/headers/x", "disappeared", "always", "request-header-gone"),
        ("request-headers", "/headers/x", "disappeared", "sometimes", "request-header-seen-no-more"),
        ("request-headers", "/headers/x/*", "value-changed", "", "request-header-value"),
        ("request-bodies", "/body/tools/[Look]", "appeared", "never", "tool-added"),
        ("request-bodies", "/body/events/[began]", "appeared", "never", "telemetry-event-added"),
        ("request-bodies", "/body/tools/[Look]/name", "appeared", "never", "request-field-added"),
        ("request-bodies", "/body/messages/*/role", "disappeared", "always", "request-part-field-gone"),
        ("request-bodies", "/body/messages/*/content/[text]", "less-often", "always", "request-part-frequency"),
        ("request-bodies", "/body/messages", "disappeared", "always", "request-field-gone"),
        ("event-payloads", "/data/index", "type-added", "", "response-field-type"),
        ("sizes", "/response_bytes", "measure-changed", "", "response-size"),
        ("timings", "/first_byte_ms", "measure-changed", "", "response-wait"),
        ("an-analyzer-of-mine", "/anything", "appeared", "never", "observation-changed"),
    ],
)
def test_the_first_rule_that_fits_names_a_difference(
    analyzer: str, place: str, change: str, was: str, rule: str
) -> None:
    assert tables().rule(analyzer, place, change, was).id == rule


def test_ids_in_texts_are_replaced() -> None:
    text = "a 0b5e9f0e-2f0f-4d1c-9d3e-0f6f0c7d8e9a b " + "0f" * 20 + " c sk-ant-api03-" + "FAKE" * 3 + " d"
    assert tables().without_ids(text) == "a {uuid} b {hex} c {token} d"
    assert (
        tables().without_ids("oauth-2025-04-20 claude-haiku-4-5-20251001")
        == "oauth-2025-04-20 claude-haiku-4-5-20251001"
    )


def test_kinds_of_requests_are_distinguished_by_their_body() -> None:
    assert tables().variant("POST /v1/messages", {"tools": [{}]}) == "with tools"
    assert tables().variant("POST /v1/messages", {"tools": []}) == "without tools"
    assert tables().variant("POST /v1/messages", None) == "without tools"
    assert tables().variant("GET /v1/models", {"tools": [{}]}) == ""


def test_every_rule_can_be_reached() -> None:
    """A rule is unreachable if an earlier one matches all of its changes."""
    stated = json.loads(PACKAGED.read_bytes())["rules"]
    hidden = []
    for position, (name, rule) in enumerate(stated.items()):
        rest = [
            earlier
            for earlier in list(stated.values())[:position]
            if (not earlier["of"] or set(rule["of"]) <= set(earlier["of"]))
            and set(rule["change"]) <= set(earlier["change"])
            and earlier["place"] in (rule["place"], "**")
            and not earlier.get("was")
        ]
        if rest:
            hidden.append(name)
    assert hidden == []
