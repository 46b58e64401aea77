"""Verification: a manipulated capture is checked, and no line reveals a secret."""

from collections.abc import Iterator

from tests.fuzz.ground import capture_of, seeds_of_a_capture
from wirelore.redaction.audit.verification import Verification
from wirelore.store.writer import Unreadable

_CANARY = "Ada Lovelace"
RUNS = 450


def check(data: bytes) -> None:
    """Verify the capture with one replaced file, selected by the first byte."""
    verification = Verification(canaries=(_CANARY,))
    try:
        lines = list(verification.lines(capture_of(data)))
    except Unreadable:
        return
    assert sum(verification.counts.values()) == len(lines)
    assert not any(_CANARY in line for line in lines), lines


def seeds() -> Iterator[bytes]:
    """Yield the seeds of `shelf`, and a file with a secret."""
    yield from seeds_of_a_capture()
    yield b"\x02" + b'{"a":"' + _CANARY.encode() + b'","b":"Ada%20Lovelace"}'
