"""The table of beta flags: counts, versions, co-occurrences and responses, independent of the order of captures."""

import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import exchange
from wirelore.analysis.one_pass import collect
from wirelore.flags import flag_report, table, tally
from wirelore.flags.co_occurrence import EXACTLY, CoOccurrence
from wirelore.flags.flag_report import FlagTable
from wirelore.flags.request_paths import Place
from wirelore.flags.table import Facet
from wirelore.model.exchange import Exchange
from wirelore.redaction.redactor import Redactor
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library
from wirelore.store.writer import Capture, CaptureWriter

ONE, TWO = "one-2025-01-01", "two-2025-02-02"
MESSAGES = "POST /v1/messages"
SITUATION = {"client": "made", "version": "1.0", "scenario": "plain"}
LIBRARY = Library()
CLAIM = Claim("Z1", "request-headers", "There are flags.", ("S1",), "captured", terms=(ONE, "claimed-2025-03-03"))

Capturing = tuple[Mapping[str, str], list[Exchange]]


def sent(*carried: str, agent: str = "made-cli/1.0 (x)", more: Iterable[tuple[str, str]] = (), **rest: Any) -> Exchange:
    """Return a request with these flags, by default with an empty object as body."""
    beta = [("anthropic-beta", ",".join(carried))] if carried else []
    body = rest.pop("body", {})
    headers = [("content-type", "application/json"), ("user-agent", agent), *beta, *more]
    return exchange(body, headers=headers, **rest)


def bodies(count: int, *carried: str, **members: Any) -> list[Exchange]:
    """Return this number of distinct requests with these flags and members."""
    return [sent(*carried, body={"max_tokens": number, **members}) for number in range(count)]


def table_of(*captures: Capturing, claims: Iterable[Claim] = ()) -> FlagTable:
    """Return the table of captures, which are pairs of labels and exchanges."""
    tally = flag_report.new_tally(LIBRARY)
    for labels, exchanges in captures:
        collect("made", exchanges, [tally], labels)
    return flag_report.build_table(tally, claims, LIBRARY)


def at(version: str, scenario: str = "plain") -> dict[str, str]:
    """Return the labels of a capture."""
    return {"client": "made", "version": version, "scenario": scenario}


def test_a_field_that_is_present_exactly_with_the_flag_co_occurs() -> None:
    flag_table = table_of((SITUATION, [*bodies(12, ONE, speed="fast"), *bodies(40)]))
    counts = (12, 12, 0, 40)
    assert flag_table.flags[0].company == (
        CoOccurrence(ONE, "made", MESSAGES, EXACTLY, Place("field", ("speed",), "fast"), *counts, ("1.0",)),
    )
    assert flag_table.flags[0].company[0].firm
    text = "field `speed: fast` present exactly with the flag: 12 of 12 with, 0 of 40 without"
    assert f"- `{ONE}`\n  - {text} (`{MESSAGES}`, `made` 1.0)\n" in flag_report.markdown(flag_table)


def _shuffled(captures: list[Capturing], seed: int) -> list[Capturing]:
    order = random.Random(seed)
    return [
        (labels, order.sample(exchanges, len(exchanges))) for labels, exchanges in order.sample(captures, len(captures))
    ]


def test_the_order_of_requests_does_not_change_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "SAMPLE", 10)
    monkeypatch.setattr(table, "SAMPLE", 10)
    monkeypatch.setattr(tally, "REFUSALS", 3)
    refused = [
        sent(
            ONE,
            body={"n": number % 3},
            more=[("x-try", f"try-{number}")],
            status=400,
            answer={"error": {"message": f"no {number % 5}"}},
            id=f"e/{number}",
        )
        for number in range(20)
    ]
    captures: list[Capturing] = [
        (at("1.9"), [*bodies(40), *refused]), (at("1.10"), [*bodies(15, ONE, speed="x"), *bodies(15, other=1)]),
        (at("1.11"), bodies(5)),
    ]  # fmt: skip
    flag_table = table_of(*captures)
    assert all(table_of(*_shuffled(captures, seed)) == flag_table for seed in range(8))
    assert [one.requests for one in flag_table.sampled] == [30, 60]
    assert [one.count for one in flag_table.refused] == [4, 4, 4]
    assert not flag_table.refused_all


def test_a_table_is_built_from_captures_on_disk_with_labels(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "made", Redactor(b"k" * 32), options={"labels": at("3.1")})
    for one in (sent(ONE, body={"n": 1}), sent()):
        writer.write(one, request_body=[(0, one.request.body.read())], encoded=False)
    writer.close()
    flag_table = flag_report.table([Capture(tmp_path / "made")], [CLAIM], LIBRARY)
    assert (flag_table.captures, flag_table.requests, flag_table.carrying, flag_table.problems) == (1, 2, 1, ())
    assert [(one.client, one.first, one.last) for one in flag_table.flags[0].spans] == [("made", "3.1", "3.1")]
    assert flag_table.flags[0].scenarios == (Facet("plain", 1, 2),)


def test_an_unreadable_part_is_a_problem(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "made", Redactor(b"k" * 32))
    name = writer.write(sent(ONE), encoded=False)
    writer.close()
    (tmp_path / "made" / name / "exchange.json").unlink()
    flag_table = flag_report.table([Capture(tmp_path / "made")], [], LIBRARY)
    (problem,) = flag_table.problems
    assert "exchange.json: missing" in problem
    assert "\n## Unreadable\n\n- " in flag_report.markdown(flag_table)


def test_the_json_is_plain_and_has_the_table_by_name() -> None:
    flag_table = flag_report.json(table_of((SITUATION, [*bodies(9, ONE, speed="x"), *bodies(9)]), claims=[CLAIM]))
    assert json.loads(json.dumps(flag_table)) == flag_table
    assert flag_table["flags"][0]["company"][0]["place"] == {"side": "field", "path": "speed", "word": "x"}
    assert flag_table["uses"] == [{"client": "made", "flag": ONE, "operation": MESSAGES, "shares": {"1.0": [9, 18]}}]
    assert flag_table["flags"][0]["answers"] == [{"kind": "real service", "status": 200, "requests": 9}]
