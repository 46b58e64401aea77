"""The importers of bare bodies; the first byte selects the event stream or JSON."""

from collections.abc import Iterator

from tests.fuzz.ground import EVENTS, check_import

RUNS = 9_000


def check(data: bytes) -> None:
    """Import any bytes as an event stream or as JSON."""
    check_import(data[1:], "sse" if data[:1] < b"\x80" else "json")


def seeds() -> Iterator[bytes]:
    """Yield a stream, a message and an error."""
    yield b"\0" + EVENTS
    yield b"\0: c\nretry: 1\n\n"
    yield b'\xff{"type":"message","content":[]}'
    yield b'\xff{"type":"error","error":{"type":"x"},"a":123456789012345678901234567890,"b":"\\ud800"}'
