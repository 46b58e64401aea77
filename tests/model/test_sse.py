"""The event stream decoder follows WHATWG HTML 9.2.6, for any split of the bytes."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.peak import peak_mb
from tests.project import ROOT
from wirelore.model import codec, sse
from wirelore.model.exchange import Body, Chunk, Headers, Response
from wirelore.model.sse import Decoder, Event, decode, decode_json

SHARED = Path(os.environ.get("WIRELORE_SHARED", ROOT.parent / "shared"))
PARTS = [
    b"event: a",
    b"event:b",
    b"data: {}",
    b'data: {"x":1}',
    b"data: 1 2",
    b"data:",
    b"data: [",
    b"id: 7",
    b"id: \0",
]
PARTS += [b"retry: 5", b": c", b"\n", b"\r", b"\r\n", b"\n\n", b"\xef\xbb\xbf", b"\xff", b"event: a\ndata: {}\n\n"]
STREAMS = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(PARTS), max_size=25).map(b"".join))


def pairs(stream: bytes) -> list[tuple[str, bytes]]:
    """Return the names and data of the finished events."""
    return [(event.name, event.data) for event in decode([stream]) if event.complete]


def bytewise(stream: bytes) -> list[bytes]:
    """Split the stream into single bytes."""
    return [stream[offset : offset + 1] for offset in range(len(stream))]


RULES = {
    "one leading byte order mark is skipped": (b"\xef\xbb\xbfdata: a\n\n", [("message", b"a")]),
    "a second byte order mark belongs to the field name": (
        b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n",
        [("message", b"b")],
    ),
    "a byte order mark later on belongs to the line": (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [("message", b"a")]),
    "LF ends a line": (b"data: a\ndata: b\n\n", [("message", b"a\nb")]),
    "CR ends a line": (b"data: a\rdata: b\r\r", [("message", b"a\nb")]),
    "CRLF ends one line": (b"data: a\r\ndata: b\r\n\r\n", [("message", b"a\nb")]),
    "line ends may be mixed": (b"event: x\rdata: a\r\ndata: b\n\r\n", [("x", b"a\nb")]),
    "LF after CRLF is a blank line": (b"data: a\r\n\ndata: b\n\r", [("message", b"a"), ("message", b"b")]),
    "other line separators are text": (
        "data: a\u2028b\x0bc\x85\n\n".encode(),
        [("message", "a\u2028b\x0bc\x85".encode())],
    ),
    "one space after the colon is dropped": (
        b"data:a\n\ndata: a\n\ndata:  a\n\n",
        [("message", b"a"), ("message", b"a"), ("message", b" a")],
    ),
    "a tab after the colon is kept": (b"data:\ta\n\n", [("message", b"\ta")]),
    "later colons are text": (b"data: a: b:c\n\n", [("message", b"a: b:c")]),
    "a line without colon is a field with an empty value": (b"data\n\n", [("message", b"")]),
    "empty data lines count": (b"data:\ndata\n\n", [("message", b"\n")]),
    "an empty data line is dispatched": (b"event: e\ndata: \n\n", [("e", b"")]),
    "field names are case sensitive": (b"Data: a\ndata: b\n\n", [("message", b"b")]),
    "a space before the colon makes another field": (b"data : a\ndata: b\n\n", [("message", b"b")]),
    "unknown fields are ignored": (b"foo: 1\ndata: a\nbar\n\n", [("message", b"a")]),
    "comments are ignored": (b":x\n: data: no\ndata: a\n:\n\n", [("message", b"a")]),
    "a block without data is not dispatched": (b"event: e\n\ndata: a\n\n", [("message", b"a")]),
    "the last event field of a block counts": (b"event: e\nevent: f\ndata: a\n\n", [("f", b"a")]),
    "an empty event type is message": (b"event: \ndata: a\n\n", [("message", b"a")]),
    "a type may follow the data": (b"data: a\nevent: e\n\n", [("e", b"a")]),
    "NUL is text in data": (b"data: a\0b\n\n", [("message", b"a\0b")]),
    "invalid UTF-8 is kept in data and replaced in names": (b"event: \xff\ndata: \xff\n\n", [("\ufffd", b"\xff")]),
    "canonical events with a data line that lacks its prefix": (
        b"event: e\ndatb: a\n\nevent: f\ndata: b\n\n",
        [("f", b"b")],
    ),
    "canonical events with a data line too many": (
        b"event: e\n\n\nevent: f\ndata: b\n\nevent: g\ndata: a\ndata: b\n\n",
        [("f", b"b"), ("g", b"a\nb")],
    ),
    "canonical CRLF events with a lone CR in the data": (b"event: e\r\ndata: a\rdata: b\r\n\r\n", [("e", b"a\nb")]),
}


@pytest.mark.parametrize(("stream", "expected"), RULES.values(), ids=RULES)
def test_the_rule_holds(stream: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert pairs(stream) == expected
    assert list(decode(bytewise(stream))) == list(decode([stream]))


def test_the_id_persists_until_another_and_an_id_with_nul_is_ignored() -> None:
    stream = b"data\n\nid: 1\ndata\n\ndata\n\nid: x\0\ndata\n\nid: 2\n\ndata\n\nid\ndata\n\n"
    assert [event.id for event in decode([stream])] == ["", "1", "1", "1", "2", ""]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"15", 15),
        (b"015", 15),
        (b"0", 0),
        (b"", 3),
        (b"1x", 3),
        (b"-1", 3),
        (b"1.5", 3),
        (b" 1", 3),
        (b"\xd9\xa1", 3),
        (b"9" * 5000, 3),
        (b"0" * 5000 + b"7", 7),
    ],
    ids=repr,
)
def test_retry_is_ascii_digits_only_and_persists(value: bytes, expected: int) -> None:
    stream = b"data\n\nretry: 3\n\nretry: " + value + b"\ndata\n\nevent: e\ndata: a\n\n"
    assert [event.retry for event in decode([stream])] == [None, expected, expected]


@pytest.mark.parametrize(
    ("end", "name", "data"),
    [
        (b"event: e\ndata: b\n", "e", b"b"),
        (b'event: e\ndata: {"a', "e", b'{"a'),
        (b"event: e\n", "e", b""),
        (b"dat", "message", b""),
        (b"foo: 1\n", "message", b""),
        (b": com", "message", b""),
    ],
    ids=repr,
)
def test_an_unfinished_last_block_is_reported_as_incomplete(end: bytes, name: str, data: bytes) -> None:
    first = b"data: a\n\n"
    *_, last = events = list(decode([first + end], [(0, 3, 10), (3, len(first + end) - 3, 20)]))
    assert len(events) == 2
    assert last == Event(name, data, len(first), len(end), 20, complete=False)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r", b"\r\n\r\n", b": comment\n", b": a\r"], ids=repr)
def test_a_clean_end_leaves_nothing(end: bytes) -> None:
    assert [event.complete for event in decode([b"data: a\n\n" + end])] == [True]


def test_an_empty_stream_or_a_lone_byte_order_mark_has_no_event() -> None:
    assert list(decode([])) == list(decode([b""])) == list(decode([b"\xef", b"\xbb", b"\xbf"])) == []


def test_half_a_byte_order_mark_is_an_unfinished_line() -> None:
    assert list(decode([b"\xef\xbb"])) == [Event("message", b"", 0, 2, complete=False)]


def test_finish_may_be_called_again_and_gives_nothing_more() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: a\n") == []
    assert [event.data for event in decoder.finish()] == [b"a"]
    assert decoder.finish() == []


def test_a_cr_at_the_end_of_a_piece_waits_for_its_lf() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: a\r\n\r") == []
    assert decoder.feed(b"\ndata: b\r\r") == [Event("message", b"a", 0, 11)]
    assert decoder.finish() == [Event("message", b"b", 11, 9)]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=repr)
def test_canonical_events_tile_the_stream(line_end: bytes) -> None:
    blocks = [b"event: e%d\ndata: {%d}\n\n".replace(b"\n", line_end) % (n % 3, n) for n in range(4000)]
    stream = b"".join(blocks)
    events = list(decode([stream]))
    assert [stream[event.offset : event.offset + event.size] for event in events] == blocks
    assert [(event.name, event.data) for event in events] == [(f"e{n % 3}", b"{%d}" % n) for n in range(4000)]


def test_more_names_than_the_cache_holds_are_decoded() -> None:
    stream = b"".join(b"event: e%d\ndata: a\n\n" % n for n in range(5000))
    assert [event.name for event in decode([stream])] == [f"e{n}" for n in range(5000)]


def test_an_event_arrives_with_the_chunk_that_holds_its_last_byte() -> None:
    stream = b"data: a\n\ndata: b\n\nevent: c\ndata: c\n\ndata: d\n\n"
    chunks = [(0, 8, 1), (8, 1, 2), (9, 0, 3), (9, 20, 4), (29, 7, 5)]
    assert [event.us for event in decode([stream], chunks)] == [2, 4, 5, None]
    assert [event.us for event in decode([stream])] == [None] * 4


def test_times_of_many_canonical_events_are_those_of_their_chunks() -> None:
    block = b"event: e\ndata: {}\n\n"
    chunks = [(offset * len(block) * 2, len(block) * 2, offset) for offset in range(2000)]
    assert [event.us for event in decode([block * 4000], chunks)] == [n // 2 for n in range(4000)]


TRICKS = {
    "two values on a line, one over two lines": [b"1 2", b"[1,", b"2]"],
    "the same as objects": [b'{"a":1} {"b":2}', b'{"a":[{}', b"{}]}"],
    "an array closed on the next line": [b"[1", b"2],3"],
    "nothing between objects": [b"{}", b"", b"{}{}"],
    "an object over a line end in a string": [b'{"a":"}', b'{"}', b"{}{}"],
    "blank data": [b"{}", b" ", b"{}"],
    "lone surrogate": [b"{}", b'{"a":"\\ud800"}'],
    "large integer": [b'{"a":123456789012345678901234567890}', b"{}"],
    "invalid UTF-8": [b'{"a":"\xff"}', b"{}"],
    "too deep": [b'{"a":' * 100_000 + b"}" * 100_000, b"{}"],
    "a little too deep": [b'{"a":' * 501 + b"1" + b"}" * 501, b"{}"],
    "not a number": [b'{"a":NaN}', b"{}"],
    "all good": [b'{"a":1}', b'{"b":[{}]}', b"{}"],
}


@pytest.mark.parametrize("texts", TRICKS.values(), ids=TRICKS)
def test_json_in_batches_is_json_one_by_one(texts: list[bytes]) -> None:
    stream = b"".join(b"event: e\ndata: " + text + b"\n\n" for text in texts)
    assert [(e.data, v, p) for e, v, p in decode_json([stream])] == [(t, *codec.document(t)) for t in texts]


@settings(deadline=None)
@given(st.data(), STREAMS)
def test_the_split_of_the_bytes_changes_nothing(data: st.DataObject, stream: bytes) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    chunks = [Chunk(0, len(stream) // 2, 1), Chunk(len(stream) // 2, len(stream) - len(stream) // 2, 2)]
    expected = list(decode([stream], chunks))
    assert list(decode(pieces, chunks)) == list(decode(bytewise(stream), chunks)) == expected
    assert list(decode_json(pieces, chunks)) == [(event, *event.document) for event in expected]


@settings(deadline=None)
@given(STREAMS)
def test_an_event_is_within_its_own_bytes_and_no_event_is_between(stream: bytes) -> None:
    offset = 0
    for event in decode([stream]):
        assert event.offset >= offset
        assert pairs(b"\n" + stream[offset : event.offset]) == []
        own = list(decode([b"\n" + stream[event.offset : event.offset + event.size]]))
        assert [(event_.name, event_.data, event_.complete) for event_ in own] == [
            (event.name, event.data, event.complete)
        ]
        offset = event.offset + event.size
    assert pairs(b"\n" + stream[offset:]) == []


_LONG_LINES = [
    b"data:" + b"a" * 30,
    b"data:" + b"b" * 70,
    b"event:" + b"e" * 120,
    b"data:",
    b": " + b"c" * 200,
    b"id:1",
]


@pytest.mark.parametrize("line", [b"data:" + b"a" * 95, b"data:" + b"a" * 96], ids=["as much as fits", "a byte more"])
def test_an_event_larger_than_the_limit_is_truncated_and_marked(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "EVENT_LIMIT", 100)
    for pieces in ([line + b"\n\ndata:b\n\n"], bytewise(line + b"\n\ndata:b\n\n")):
        first, second = decode(pieces)
        assert (first.data, first.complete, first.size) == (b"a" * 95, len(line) == 100, len(line) + 2)
        assert (second.data, second.complete) == (b"b", True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*_LONG_LINES, b""]), max_size=12), st.lists(st.integers(0, 999), max_size=8))
def test_where_an_event_is_cut_does_not_depend_on_the_pieces(
    monkeypatch: pytest.MonkeyPatch, lines: list[bytes], places: list[int]
) -> None:
    monkeypatch.setattr(sse, "EVENT_LIMIT", 100)
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(place % (len(stream) + 1) for place in places)
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    expected = list(decode([stream]))
    assert list(decode(pieces)) == list(decode(bytewise(stream))) == expected
    assert all(len(event.data) <= 100 for event in expected)


_ENDLESS = """
from wirelore.model.sse import EVENT_LIMIT, Decoder
decoder = Decoder()
for start in (b"data: ", b""), (b"", b"\\n" + b"data: x" * 9):
    decoder.feed(start[0])
    for _ in range(100 << 4):
        decoder.feed(b"x" * (1 << 16) + start[1])
    (event,) = decoder.finish()
    print(event.complete, len(event.data) <= EVENT_LIMIT, event.size)
"""


@pytest.mark.slow
def test_an_endless_event_takes_bounded_memory() -> None:
    peak, output = peak_mb(_ENDLESS)
    assert output == f"False True {(100 << 20) + 6}\nFalse True {(100 << 20) + (100 << 4) * 64}"
    assert peak < 300


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream", True),
        ("text/event-stream;", True),
        ("text/event-stream; charset=iso-8859-1", True),
        ("text/x-event-stream", False),
        ("event stream", False),
    ],
)
def test_the_essence_of_the_content_type_makes_an_event_stream(content_type: str, expected: bool) -> None:
    response = Response(headers=Headers((("Content-Type", content_type),)))
    assert response.is_event_stream is expected


def test_a_response_gives_its_events_with_times() -> None:
    response = Response(body=Body.from_bytes(b"data: {}\n\ndata: 1", [Chunk(0, 10, 5), Chunk(10, 7, 9)]))
    assert [(event.document.value, event.us, event.complete) for event in response.events()] == [
        ({}, 5, True),
        (1, 9, False),
    ]


def test_every_collected_vector_of_the_standard_passes() -> None:
    path = SHARED / "vectors" / "sse_vectors.json"
    if not path.exists():
        pytest.skip(f"no collected vectors at {path}")
    vectors: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    failed = []
    for vector in vectors:
        given_pieces = [base64.b64decode(chunk) for chunk in vector["chunks"]]
        stream = b"".join(given_pieces)
        expected = vector.get("whatwg_expected", vector["expected"])
        for pieces in (given_pieces, [stream], bytewise(stream)):
            events = [
                {"event": e.name, "data": e.data.decode("utf-8", "replace"), "id": e.id, "retry": e.retry}
                for e in decode(pieces)
                if e.complete
            ]
            if events != expected:
                failed.append((vector["name"], len(pieces), events))
    assert vectors
    assert failed == []
