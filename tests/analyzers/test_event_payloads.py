"""The data of each event is checked by itself."""

from pathlib import Path

from analyzers import event_payloads
from tests.exchanges import exchange, findings, findings_in, learned_library

DELTA = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello, you"}}
KNOWN = exchange(events=[("content_block_delta", DELTA), ("ping", {"type": "ping"})])


def test_every_complete_event_is_an_observation() -> None:
    assert event_payloads.observe(
        exchange(events=[("ping", {"a": 1}), ("odd", b"no json")], tail=b"event: x\ndata: {")
    ) == [
        {"case": "POST /v1/messages ping", "data": {"a": 1}},
        {"unreadable": "event odd: JSON is malformed: invalid character (byte 4)"},
    ]


def test_a_finding_names_the_event_by_its_number(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", KNOWN)
    odd = {**DELTA, "index": "0"}
    sent = exchange(events=[("ping", {"type": "ping"}), ("content_block_delta", DELTA), ("content_block_delta", odd)])
    (finding,) = findings_in(library, sent, analyzer="event-payloads")
    assert (finding.rule, finding.pointer, finding.item) == ("event-payloads/wrong-type", "/data/index", 3)
    assert finding.message == 'index is string "0", expected integer'


def test_a_new_event_and_a_new_delta_are_warnings_and_invalid_json_is_an_error(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", KNOWN)
    sent = exchange(
        events=[
            ("message_hint", {"type": "message_hint"}),
            ("content_block_delta", {**DELTA, "delta": {"type": "smell_delta", "smell": "rose"}}),
            ("ping", b"{"),
        ]
    )
    assert findings(library, sent, analyzer="event-payloads") == [
        ("warning", "event-payloads/new-event", "/case"),
        ("warning", "event-payloads/new-value", "/data/delta/type"),
        ("error", "event-payloads/not-json", "/unreadable"),
    ]
