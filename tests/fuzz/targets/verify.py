"""Verification: whatever a stranger made of a capture is judged, and nothing that must not be told is told."""

from collections.abc import Iterator

from tests.fuzz.ground import capture_of, seeds_of_a_capture
from wirelore.redaction.audit.verification import Verification
from wirelore.store.writer import Unreadable

_CANARY = "Ada Lovelace"
RUNS = 450


def one(data: bytes) -> None:
    """The first byte says which file the others are."""
    verification = Verification(canaries=(_CANARY,))
    try:
        lines = list(verification.lines(capture_of(data)))
    except Unreadable:
        return
    assert sum(verification.counts.values()) == len(lines)
    assert not any(_CANARY in line for line in lines), lines


def seeds() -> Iterator[bytes]:
    """Those of the shelf, and one with what must not be there."""
    yield from seeds_of_a_capture()
    yield b"\x02" + b'{"a":"' + _CANARY.encode() + b'","b":"Ada%20Lovelace"}'
