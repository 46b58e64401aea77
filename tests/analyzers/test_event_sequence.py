"""The order of events, as the steps of a state machine."""

from pathlib import Path
from typing import Any

import pytest

from analyzers import event_sequence
from tests.exchanges import event, exchange, findings, learned_library

Events = list[tuple[str, Any]]


def block(index: int, deltas: int = 1) -> Events:
    """Return the events of one content block."""
    return [
        ("content_block_start", {"index": index}),
        *[("content_block_delta", {"index": index})] * deltas,
        ("content_block_stop", {"index": index}),
    ]


START: Events = [("message_start", {})]
STOP: Events = [("message_delta", {}), ("message_stop", {})]
WHOLE = exchange(events=[*START, *block(0, 2), *block(1), *STOP])


def test_the_steps_are_consecutive_pairs_with_the_relation_of_the_index() -> None:
    assert event_sequence.observe(WHOLE) == [
        {
            "operation": "POST /v1/messages",
            "steps": [
                "start > message_start",
                "message_start > content_block_start[first]",
                "content_block_start[first] > content_block_delta[same]",
                "content_block_delta[same] > content_block_delta[same]",
                "content_block_delta[same] > content_block_stop[same]",
                "content_block_stop[same] > content_block_start[next]",
                "content_block_start[next] > content_block_delta[same]",
                "content_block_delta[same] > content_block_stop[same]",
                "content_block_stop[same] > message_delta",
                "message_delta > message_stop",
                "message_stop > end",
            ],
        }
    ]


@pytest.mark.parametrize(
    ("events", "pointers"),
    [
        pytest.param([*START, *block(0), ("message_delta", {})], ["/steps/5"], id="message_stop missing"),
        pytest.param([*START, *START, *block(0), *STOP], ["/steps/1"], id="second message_start"),
        pytest.param([*START, *block(1), *STOP], ["/steps/1", "/steps/2"], id="first block is not 0"),
        pytest.param([*START, *block(0), *block(2), *STOP], ["/steps/4", "/steps/5"], id="block index skips"),
        pytest.param([*START, *block(0)[1:], *STOP], ["/steps/1", "/steps/2"], id="block not started"),
        pytest.param([*START, *block(0)[:-1], *STOP], ["/steps/3"], id="block not stopped"),
        pytest.param([*START, *STOP[::-1]], ["/steps/1", "/steps/2", "/steps/3"], id="swapped"),
    ],
)
def test_an_impossible_step_is_an_error_at_its_place(tmp_path: Path, events: Events, pointers: list[str]) -> None:
    library = learned_library(tmp_path / "schemas", WHOLE)
    found = findings(library, WHOLE, exchange(events=events), analyzer="event-sequence")
    assert {rule for _, rule, _ in found} <= {"event-sequence/impossible-step", "event-sequence/new-event"}
    assert [pointer for _, _, pointer in found] == pointers


def test_an_event_that_no_schema_has_is_a_warning_not_an_error(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", WHOLE)
    sent = exchange(events=[*START, ("message_hint", {}), *block(0), *STOP])
    assert findings(library, sent, analyzer="event-sequence") == [
        ("warning", "event-sequence/new-event", "/steps/1"),
        ("warning", "event-sequence/new-event", "/steps/2"),
    ]


def test_a_stream_that_was_cut_off_is_a_note_and_its_steps_can_be_learned(tmp_path: Path) -> None:
    cut = exchange(events=[*START, *block(0)[:2]], end="upstream-cut")
    assert event_sequence.observe(cut)[0]["broken"] == "after content_block_delta[same]"
    library = learned_library(tmp_path / "schemas", WHOLE, cut)
    assert findings(library, cut, analyzer="event-sequence") == [("note", "event-sequence/broken-off", "/broken")]


def test_an_error_event_ends_the_steps_at_any_position(tmp_path: Path) -> None:
    failed = exchange(events=[*START, *block(0)[:2], ("error", {"type": "error"})])
    assert event_sequence.observe(failed)[0]["broken"] == "by an error after content_block_delta[same]"
    library = learned_library(tmp_path / "schemas", WHOLE)
    assert findings(library, failed, analyzer="event-sequence") == [("note", "event-sequence/broken-off", "/broken")]


def test_an_unfinished_last_event_is_reported(tmp_path: Path) -> None:
    unfinished = exchange(events=START, tail=event("message_delta", {})[:-1])
    library = learned_library(tmp_path / "schemas", WHOLE)
    assert event_sequence.observe(unfinished)[0]["broken"] == "in an event"
    assert findings(library, unfinished, analyzer="event-sequence") == [
        ("note", "event-sequence/broken-off", "/broken")
    ]
