"""The summaries of the evidence."""

from itertools import groupby

import pytest

from tests.reported import conversation
from wirelore.evidence.collector import Evidence, gather
from wirelore.evidence.summaries import errors, header_presence, transitions


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return gather([("made", conversation())])


def test_presence_is_summed_over_all_operations(evidence: Evidence) -> None:
    assert [tuple(row) for row in header_presence(evidence, "response")] == [
        ("content-type", 3, 8, 8),
        ("x-kind", 1, 3, 8),
        ("x-left", 1, 3, 8),
    ]


def test_a_header_of_every_request_is_counted_once_for_each_operation(evidence: Evidence) -> None:
    (row,) = [row for row in header_presence(evidence, "request") if row.header == "anthropic-beta"]
    assert (row.operations, row.messages, row.of) == (3, 8, 8)


def test_the_shares_of_the_steps_from_an_event_add_up_to_one(evidence: Evidence) -> None:
    rows = transitions(evidence, "POST /v1/messages")
    assert rows == sorted(rows)
    for _, steps in groupby(rows, key=lambda row: row.before):
        assert sum(step.share for step in steps) == pytest.approx(1)


def test_the_most_frequent_error_comes_first() -> None:
    rows = errors(gather([("made", [*conversation(), conversation()[3]])]))
    assert [row.error for row in rows] == ["529 overloaded_error", "404 not_found_error", "200 api_error"]


def test_without_exchanges_summaries_are_empty() -> None:
    empty = gather([])
    assert [header_presence(empty, "request"), transitions(empty, "POST /x"), errors(empty)] == [[], [], []]
