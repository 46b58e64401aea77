"""The evidence: counts that do not depend on how the exchanges are split."""

from dataclasses import replace

from tests.reported import conversation
from wirelore.evidence.collector import Evidence, gather


def test_every_split_of_the_captures_gives_the_same_evidence() -> None:
    every = [conversation(), conversation()[:3], conversation()[4:]]
    whole = gather((str(number), exchanges) for number, exchanges in enumerate(every))
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        merged = Evidence()
        for number in order:
            merged.merge(gather([(str(number), every[number])]))
        assert merged == whole


def test_an_operation_is_described_by_count_time_client_and_origin() -> None:
    seen = gather([("made", conversation())]).operations["POST /v1/messages"].described()
    assert seen == {
        "count": 6,
        "first": "2026-01-01T00:00:01Z",
        "last": "2026-01-01T00:00:06Z",
        "clients": ["claude-cli/2.0.56"],
        "origins": {"recorded": 6},
    }


def test_an_import_without_start_has_no_time_and_one_without_chunk_times_has() -> None:
    one = conversation()[0]
    untimed = gather([("made", [replace(one, absent=("start", "times"))])])
    assert untimed.exchanges.first_us is None
    assert gather([("made", [replace(one, absent=("times",))])]).exchanges.first_us == one.started_us


def test_responses_without_a_request_are_not_counted_as_requests() -> None:
    evidence = gather([("made", [replace(conversation()[0], absent=("request", "request-headers"))])])
    assert evidence.operations["POST /v1/messages"].count == 1
    assert evidence.requests("POST /v1/messages") == 0
    assert evidence.request_heads == {}
