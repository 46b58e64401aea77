"""The importer of claude-trace logs."""

import json
from collections.abc import Iterator

from tests.fuzz.ground import check_import, packed

_SENT = {"timestamp": 1.5, "method": "POST", "url": "https://a.example/x?y", "headers": {"a": "b"}, "body": {"a": [1]}}
_PAIR = {
    "request": _SENT,
    "response": {"timestamp": 2.5, "status_code": 200, "headers": {"c": ["d", "e"]}, "body_raw": "data: 1\n\n"},
    "logged_at": "2026-01-01T00:00:00.5Z",
}
RUNS = 9_000


def check(data: bytes) -> None:
    """Import any bytes as a log."""
    check_import(data, "claude-trace")


def seeds() -> Iterator[bytes]:
    """Yield a log with a complete line, one without a response, and a broken one."""
    line = json.dumps(_PAIR).encode()
    yield from packed(line + b"\n" + json.dumps({**_PAIR, "response": None, "note": "x"}).encode() + b"\n{\n\n", line)
    yield b'{"request":{"url":"https://a/","body":' + b"[" * 2000 + b"]" * 2000 + b"}}"
