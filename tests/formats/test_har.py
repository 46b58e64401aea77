"""HAR archives become drafts, entry by entry."""

import base64
import gzip
import json
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from wirelore.formats import Draft, Problem, detect, read


def _entry(**changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "startedDateTime": "2025-06-15T15:06:40.250Z",
        "time": 190,
        "timings": {"blocked": 10, "dns": -1, "connect": 30, "send": 5.5, "wait": 100, "receive": 44.5},
        "request": {
            "method": "POST",
            "url": "https://api.example.com/v1/things?x=%20#part",
            "httpVersion": "h2",
            "headers": [
                {"name": ":authority", "value": "api.example.com"},
                {"name": ":path", "value": "/v1/things?x= "},
                {"name": "X-Twice", "value": "1"},
                {"name": "x-twice", "value": "é"},
            ],
            "postData": {"mimeType": "application/json", "text": '{"a":"é"}'},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/2.0",
            "headers": [{"name": "content-type", "value": "image/png"}, {"name": "content-encoding", "value": "gzip"}],
            "content": {"size": 2, "text": base64.b64encode(b"\xff\x00").decode(), "encoding": "base64"},
        },
    }
    return {**entry, **changes}


def _text(*entries: Any) -> str:
    return json.dumps({"log": {"version": "1.2", "creator": {"entries": [1]}, "entries": list(entries)}})


def _all(folder: Path, content: str | bytes) -> list[Draft | Problem]:
    path = folder / "some.har"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert detect(path) == "har"
    return list(read(path))


def _draft(folder: Path, entry: dict[str, Any]) -> Draft:
    (draft,) = _all(folder, _text(entry))
    assert isinstance(draft, Draft)
    return draft


def _response(**changes: Any) -> dict[str, Any]:
    return {**_entry()["response"], **changes}


def test_an_entry_keeps_heads_bodies_and_times(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _entry())
    exchange = draft.exchange
    assert exchange.response is not None
    assert exchange.request.headers.lines == (("X-Twice", "1"), ("x-twice", "\xc3\xa9"))
    assert (exchange.request.target, exchange.request.http_version) == ("/v1/things?x= ", "HTTP/2.0")
    assert (exchange.request.scheme, exchange.request.host, exchange.request.port) == ("https", "api.example.com", 443)
    assert draft.request_body == ((5500, '{"a":"é"}'.encode()),)
    assert draft.response_body == ((150_000, b"\xff\x00"),)
    assert (draft.head_us, draft.encoded) == (105_500, ())
    assert exchange.started_us == 1_750_000_000_290_000
    assert (exchange.end.cause, exchange.end.us) == ("imported", 150_000)
    assert (exchange.absent, exchange.source) == (("connection", "end"), "some.har#1")
    assert exchange.connection == {"http_version": "HTTP/2.0"}


@pytest.mark.parametrize(
    ("spelling", "version"),
    [("h2", "HTTP/2.0"), ("http/2.0", "HTTP/2.0"), ("HTTP/1.1", "HTTP/1.1"), ("h3", "HTTP/3"), ("unknown", "")],
)
def test_every_spelling_of_the_http_version_is_one(tmp_path: Path, spelling: str, version: str) -> None:
    request = {**_entry()["request"], "httpVersion": spelling}
    assert _draft(tmp_path, _entry(request=request)).exchange.request.http_version == version


@pytest.mark.parametrize(
    ("data", "body", "absent"),
    [
        ({"text": "/w==", "encoding": "base64"}, b"\xff", ()),
        ({"text": "/w==", "_base64": True}, b"\xff", ()),
        ({"_base64": "/w=="}, b"\xff", ()),
        ({"params": [{"name": "a b", "value": "é"}, {"name": "c"}]}, b"a+b=%C3%A9&c=", ("request-bytes",)),
        ({"mimeType": "multipart/form-data", "params": [{"name": "a"}]}, b"", ("request-body",)),
    ],
    ids=["encoding", "_base64 flag", "_base64 text", "params", "multipart"],
)
def test_posted_data_is_found_in_every_form(
    tmp_path: Path, data: dict[str, Any], body: bytes, absent: tuple[str, ...]
) -> None:
    draft = _draft(tmp_path, _entry(request={**_entry()["request"], "postData": data}))
    assert b"".join(piece for _, piece in draft.request_body) == body
    assert draft.exchange.absent == ("connection", "end", *absent)


_MESSAGES = [
    {"time": 1750000000.3, "eventName": "message", "eventId": "", "data": "a\nb"},
    {"time": 1750000000.4, "eventName": "ping", "eventId": "7", "data": "{}"},
]
_STREAM = {"headers": [{"name": "content-type", "value": "text/event-stream"}]}


def test_event_source_messages_rebuild_a_missing_stream_with_its_times(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _entry(response=_response(**_STREAM, content={}), _eventSourceMessages=_MESSAGES))
    assert draft.response_body == ((10_000, b"data: a\ndata: b\n\n"), (110_000, b"event: ping\nid: 7\ndata: {}\n\n"))
    assert draft.exchange.absent == ("connection", "end", "response-bytes")


def test_event_source_messages_give_their_times_to_the_streams_own_bytes(tmp_path: Path) -> None:
    content = {"text": "data:a\ndata:b\n\nevent:ping\nid:7\ndata:{}\n\n"}
    draft = _draft(tmp_path, _entry(response=_response(**_STREAM, content=content), _eventSourceMessages=_MESSAGES))
    assert draft.response_body == ((10_000, b"data:a\ndata:b\n\n"), (110_000, b"event:ping\nid:7\ndata:{}\n\n"))
    assert draft.exchange.absent == ("connection", "end")


def test_a_stream_without_message_times_lists_them_as_absent(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _entry(response=_response(**_STREAM, content={"text": "data: a\n\n"})))
    assert (draft.response_body, draft.exchange.absent) == (
        ((150_000, b"data: a\n\n"),),
        ("connection", "end", "times"),
    )


def test_web_socket_messages_are_noted(tmp_path: Path) -> None:
    messages = [
        {"type": "send", "time": 1750000000.3, "opcode": 1, "data": "hi"},
        {"type": "receive", "time": 1750000000.4, "opcode": 2, "data": "/w=="},
    ]
    assert _draft(tmp_path, _entry(_webSocketMessages=messages)).notes == {
        "websocket": {
            "sent": 1,
            "received": 1,
            "messages": [
                {"us": 10_000, "direction": "sent", "opcode": 1, "data": "hi"},
                {"us": 110_000, "direction": "received", "opcode": 2, "data": "/w=="},
            ],
        }
    }


def test_status_0_means_no_response(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _entry(response={"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"}))
    assert draft.exchange.response is None
    end = draft.exchange.end
    assert (end.cause, end.message) == ("no-response", "net::ERR_CONNECTION_REFUSED")


def test_a_body_that_the_archive_left_out_is_absent(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _entry(response=_response(content={"size": 9})))
    assert draft.exchange.absent == ("connection", "end", "response-body")


def test_an_archive_compressed_or_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    text = _text(_entry()).encode()
    plain = _all(tmp_path, text)
    assert _all(tmp_path, gzip.compress(text)) == plain
    assert _all(tmp_path, b"\xef\xbb\xbf" + text) == plain


def test_a_truncated_archive_keeps_its_complete_entries(tmp_path: Path) -> None:
    first, problem = _all(tmp_path, _text(_entry(), _entry())[:-40])
    assert isinstance(first, Draft)
    assert isinstance(problem, Problem)
    assert (problem.place, problem.expected) == ("after entry 1", "only earlier entries are imported")


def test_a_truncated_gzip_file_keeps_its_complete_entries(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(2000).hex()
    content = _text(_entry(), _entry(response=_response(content={"text": noise})))
    items = _all(tmp_path, gzip.compress(content.encode())[:-1000])
    assert [type(item) for item in items] == [Draft, Problem]
    assert str(items[1]) == ("some.har: cannot be read (the compressed data ends too early); earlier entries are kept")


def test_an_invalid_entry_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    request = {**_entry()["request"], "url": "about:blank"}
    items = _all(tmp_path, _text(1, _entry(request=request), _entry(), {"a": deep}, _entry()))
    assert [str(item) for item in items if isinstance(item, Problem)] == [
        "some.har: entry 1: the entry is a number; expected a mapping",
        "some.har: entry 2: URL 'about:blank'; expected an absolute URL such as https://host/path",
        "some.har: entry 4: nested more than 100 levels deep; expected an entry of a few levels",
    ]
    assert [item.exchange.source for item in items if isinstance(item, Draft)] == ["some.har#3", "some.har#5"]


def test_an_archive_is_read_in_memory_for_one_entry(tmp_path: Path) -> None:
    entry = json.dumps(_entry(response=_response(content={"text": "x" * 200_000})))
    path = tmp_path / "large.har"
    path.write_text('{"log":{"entries":[' + ",".join([entry] * 100) + "]}}")
    tracemalloc.start()
    count = sum(isinstance(item, Draft) for item in read(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 100
    assert peak < 4_000_000
