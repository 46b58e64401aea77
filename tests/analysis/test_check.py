"""Findings: their content and their stability."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.exchanges import exchange, findings_in, learned_library
from wirelore.analysis.check import abbreviated_json, check, json_type
from wirelore.model.exchange import Exchange

BODY = {"list": [{"n": 1}], "text": "Some words"}


def test_a_finding_carries_rule_severity_place_and_message(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(BODY))
    (finding,) = findings_in(library, exchange({**BODY, "list": [{"n": 1}, {"n": "x"}]}), analyzer="request-bodies")
    assert (finding.rule, finding.severity, finding.operation) == (
        "request-bodies/wrong-type",
        "error",
        "POST /v1/messages",
    )
    assert (finding.pointer, finding.message) == ("/body/list/1/n", 'n is string "x", expected integer')
    assert (finding.capture, finding.item) == ("made", None)
    assert re.fullmatch(r"[0-9a-f]{16}", finding.fingerprint)


def test_a_fingerprint_is_independent_of_list_position_and_exchange(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(BODY))

    def prints(*items: object, **more: str) -> set[str]:
        one = exchange({**BODY, "list": [{"n": item} for item in items]}, **more)  # type: ignore[arg-type]
        return {finding.fingerprint for finding in findings_in(library, one, analyzer="request-bodies")}

    assert prints("x") == prints(1, 2, "x") == prints("x", "x", id="errors/other") != set()
    assert prints("x") == prints("y") != prints(None)


def test_the_fingerprint_is_the_same_in_every_version(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(BODY))
    (finding,) = findings_in(library, exchange({**BODY, "new": 1}), analyzer="request-bodies")
    assert finding.fingerprint == "66154e3a6481e149"


def test_traffic_that_was_learned_has_no_findings(tmp_path: Path) -> None:
    known = exchange(BODY, {"type": "message"})
    assert findings_in(learned_library(tmp_path / "schemas", known), known) == []


def test_the_check_reads_one_exchange_at_a_time(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(BODY))
    read: list[int] = []

    def exchanges() -> Iterator[Exchange]:
        for number in range(3):
            read.append(number)
            yield exchange({**BODY, "new": number})

    stream = check(exchanges(), library)
    next(stream)
    assert read == [0]


def test_json_types_and_long_values_are_shown_as_json() -> None:
    values: list[Any] = [None, True, 1, 1.5, "", [], {}]
    assert [json_type(value) for value in values] == [
        "null",
        "boolean",
        "integer",
        "number",
        "string",
        "array",
        "object",
    ]
    assert abbreviated_json({"b": "é", "a": 1}) == '{"a": 1, "b": "é"}'
    assert abbreviated_json("x" * 200) == '"' + "x" * 79 + "… (202 characters)"
