"""The importer of HAR archives."""

import json
from collections.abc import Iterator

from tests.fuzz.ground import check_import, packed

_TEXT = {"name": "content-type", "value": "text/event-stream"}
_ENTRY = {
    "startedDateTime": "2026-01-01T00:00:00.5Z",
    "time": 9.5,
    "timings": {"blocked": 1, "send": 1, "wait": 2, "receive": 3},
    "request": {
        "method": "POST",
        "url": "https://api.anthropic.com/v1/messages?beta=true",
        "httpVersion": "h2",
        "headers": [{"name": ":path", "value": "/v1/messages"}, {"name": "A", "value": "1"}],
        "postData": {"mimeType": "a", "text": "e30=", "encoding": "base64", "params": [{"name": "a", "value": "b"}]},
    },
    "response": {"status": 200, "headers": [_TEXT], "content": {"size": 9, "text": "data: 1\n\n"}},
    "_eventSourceMessages": [{"time": 1767225600.6, "eventName": "e", "eventId": "1", "data": "1"}],
    "_webSocketMessages": [{"time": 1767225600.6, "type": "send", "opcode": 1, "data": "hello"}],
}
RUNS = 15_000


def check(data: bytes) -> None:
    """Import any bytes as a HAR archive."""
    check_import(data, "har")


def seeds() -> Iterator[bytes]:
    """Yield an archive with all members that are read, and invalid ones."""
    archive = json.dumps({"log": {"version": "1.2", "entries": [_ENTRY, {"request": None}]}}).encode()
    yield from packed(archive, archive[:-40], b'{"log":{"entries":[' + b"[" * 200 + b"]}}")
    yield b'{"log":{"entries":[1e999,"\\ud800"]}}'
