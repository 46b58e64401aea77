"""Findings in every format: grouped, ranked, escaped, the same each time."""

import json
from collections.abc import Iterable
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from analyzers._check import Finding
from analyzers._contract import registry
from reports import digest
from reports import outcome as outcomes
from reports.findings import Outcome, Place, grouped
from reports.markdown_findings import cell, code
from schemas.library import Library

NOTE = Finding(
    "retries/retried",
    "note",
    "POST /v1/messages",
    "/attempt",
    "attempt 2 of the same request",
    "a" * 16,
    "made",
    "m/1",
    None,
)
ERROR = replace(
    NOTE,
    rule="event-payloads/wrong-type",
    severity="error",
    pointer="/data/index",
    message='index is string "<|0|>\x07", expected integer',
    fingerprint="b" * 16,
    item=3,
)


def outcome(
    findings: Iterable[Finding] = (NOTE, ERROR, replace(ERROR, item=7, exchange="m/2")), problems: tuple[str, ...] = ()
) -> Outcome:
    """An outcome of two exchanges of one capture."""
    return Outcome(grouped(findings), ["made"], 2, list(problems))


def written(form: str, result: Outcome) -> str:
    """The outcome in a format."""
    return outcomes.written(result, Library(), form, "0.1.0", "error")


def test_findings_of_one_fingerprint_are_one_group_the_most_severe_first() -> None:
    groups = outcome().groups
    assert [(group.first.rule, group.count) for group in groups] == [
        ("event-payloads/wrong-type", 2),
        ("retries/retried", 1),
    ]
    assert groups[0].places == [Place("made", "m/1", 3, "/data/index"), Place("made", "m/2", 7, "/data/index")]


def test_a_million_of_a_kind_keep_ten_places() -> None:
    (group,) = grouped(replace(ERROR, item=number) for number in range(1_000_000))
    assert (group.count, len(group.places)) == (1_000_000, 10)


@pytest.mark.parametrize(("level", "reached"), [("note", True), ("warning", False), ("error", False)])
def test_a_level_is_reached_by_findings_at_or_above_it(level: str, reached: bool) -> None:
    assert outcome([NOTE]).reaches(level) is reached
    assert outcome([ERROR]).reaches(level)


def test_text_is_a_block_a_kind_and_a_summary() -> None:
    assert written("text", outcome()) == (
        "error    event-payloads/wrong-type  POST /v1/messages  /data/index\n"
        '         index is string "<|0|>\x07", expected integer\n'
        "         2 times, first in made/m/1 observation 3  [bbbbbbbbbbbbbbbb]\n"
        "note     retries/retried  POST /v1/messages  /attempt\n"
        "         attempt 2 of the same request\n"
        "         in made/m/1  [aaaaaaaaaaaaaaaa]\n"
        "2 exchanges in 1 capture: 2 errors, 0 warnings, 1 note of 2 kinds\n"
    )


def test_text_says_when_there_is_nothing_and_when_something_could_not_be_read() -> None:
    assert written("text", outcome([])) == "2 exchanges in 1 capture: nothing to report\n"
    assert (
        written("text", outcome([], ("x: broken",)))
        == "2 exchanges in 1 capture: nothing to report; 1 part could not be read\n"
    )


def test_a_digest_is_a_line_for_each_rule_and_the_summary() -> None:
    other = replace(ERROR, fingerprint="c" * 16, message="x" * 200)
    assert digest.write(outcome([NOTE, ERROR, other])) == (
        "error    event-payloads/wrong-type             2  "
        'POST /v1/messages: index is string "<|0|>\x07", expected integer\n'
        "note     retries/retried                       1  POST /v1/messages: attempt 2 of the same request\n"
        "2 exchanges in 1 capture: 2 errors, 0 warnings, 1 note of 3 kinds\n"
    )


def test_json_holds_counts_findings_and_problems() -> None:
    document = json.loads(written("json", outcome(problems=("x: broken",))))
    assert document["counts"] == {"error": 2, "warning": 0, "note": 1}
    assert document["problems"] == ["x: broken"]
    assert [finding["fingerprint"] for finding in document["findings"]] == ["b" * 16, "a" * 16]
    assert document["findings"][1]["places"] == [
        {"capture": "made", "exchange": "m/1", "item": None, "pointer": "/attempt"}
    ]


def test_sarif_names_rules_levels_places_and_fingerprints() -> None:
    log = json.loads(written("sarif", outcome(problems=("x: broken",))))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["event-payloads/wrong-type", "retries/retried"]
    first, second = run["results"]
    assert (first["level"], first["ruleIndex"], first["occurrenceCount"]) == ("error", 0, 2)
    assert first["partialFingerprints"] == {"wirelore/v1": "b" * 16}
    assert first["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "made/m/1/exchange.json"}},
            "logicalLocations": [{"fullyQualifiedName": "observation 3 /data/index", "kind": "member"}],
        }
    ]
    assert (second["level"], second["ruleIndex"]) == ("note", 1)
    assert run["invocations"][0]["executionSuccessful"] is False


def test_junit_fails_what_is_at_or_above_the_level_and_is_valid_xml_whatever_was_sent() -> None:
    suites = ElementTree.fromstring(written("junit", outcome(problems=("x: broken",))).encode())
    assert [suite.get("name") for suite in suites] == [*registry(), "reading"]
    by_name = {suite.get("name"): suite for suite in suites}
    assert (by_name["event-payloads"].get("tests"), by_name["event-payloads"].get("failures")) == ("1", "1")
    assert (by_name["retries"].get("tests"), by_name["retries"].get("failures")) == ("1", "0")
    assert by_name["beta-flags"][0].get("name") == "nothing to report"
    failure = by_name["event-payloads"][0][0]
    assert failure.get("message") == 'index is string "<|0|>\ufffd", expected integer'
    assert by_name["reading"][0][0].get("message") == "x: broken"


def test_markdown_has_a_table_for_each_severity() -> None:
    page = written("markdown", outcome())
    assert "## Errors" in page
    assert "## Warnings" not in page
    row = next(line for line in page.splitlines() if "wrong-type" in line)
    assert row.count("|") - row.count("\\|") == 6


def test_what_markdown_or_html_would_read_is_escaped() -> None:
    assert cell("a|b\n<i>*x*") == "a\\|b &lt;i&gt;\\*x\\*"
    assert code("a|b`c") == "`` a\\|b`c ``"


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "junit"])
def test_the_order_in_which_findings_come_makes_no_difference_to_the_summary_of_kinds(form: str) -> None:
    assert written(form, outcome([NOTE, ERROR])) == written(form, outcome([ERROR, NOTE]))
