"""The counts of flags: of which requests and clients, in bounded memory."""

import tracemalloc

import pytest

from tests.flags.test_flag_report import LIBRARY, MESSAGES, ONE, SITUATION, sent, table_of
from wirelore.analysis.one_pass import collect
from wirelore.flags import flag_report, tally
from wirelore.flags.table import Part
from wirelore.flags.tally import Group


def test_without_labels_the_user_agent_names_the_client() -> None:
    flag_table = table_of(({}, [sent(ONE, agent="made-cli/1.10 (x)"), sent(ONE, agent="Other/Kit 2")]))
    spans = [(one.client, one.first) for one in flag_table.flags[0].spans]
    assert spans == [("Other/Kit", ""), ("made-cli", "1.10")]
    labelled = table_of((SITUATION, [sent(ONE, agent="axios/9.9")]))
    assert [(one.client, one.first) for one in labelled.flags[0].spans] == [("made", "1.0")]
    assert labelled.flags[0].agents == ("axios",)


def test_a_header_of_20_000_characters_with_800_flags_is_read_completely() -> None:
    names = [f"flag-{number:03}-{'x' * 13}-2025-01-01" for number in range(800)]
    assert len(",".join(names)) > 20_000
    flag_table = table_of((SITUATION, [sent(*names, body={"n": 1, "speed": "x"}), sent(body={"n": 2})]))
    assert [flag.name for flag in flag_table.flags] == names
    assert {len(flag.company) for flag in flag_table.flags} == {1}


def test_requests_without_headers_are_not_counted_and_lost_bodies_are_reported() -> None:
    flag_table = table_of((SITUATION, [
        sent(ONE, absent=("request-headers",)), sent(absent=("request",)), sent(ONE, absent=("request-body",)),
    ]))  # fmt: skip
    assert (flag_table.requests, flag_table.carrying, flag_table.flags[0].requests) == (1, 1, 1)
    assert flag_table.unwalked == (Part(Group("made", "1.0", MESSAGES), 1),)
    assert "- 1 request `POST /v1/messages` of made 1.0: skipped because the body was lost or is too large." in (
        flag_report.markdown(flag_table)
    )


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "SAMPLE", 10)
    begun = flag_report.new_tally(LIBRARY)

    def held_after(numbers: range) -> int:
        for number in numbers:
            body = {f"member{number}_{place}": 1 for place in range(20)}
            collect("made", [sent(ONE, body=body)], [begun])
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        grown = -held_after(range(50)) + held_after(range(50, 200))
    finally:
        tracemalloc.stop()
    assert sum(map(len, begun.rows.values())) < 20
    assert grown < 100_000
