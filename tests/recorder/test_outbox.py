"""The outbox: frames reach the recorder process in order, and its room is bounded."""

import asyncio
import json
import sys
from collections.abc import Callable

import pytest

from wirelore.recorder import handover
from wirelore.recorder.outbox import Outbox

HEAD = handover.HEAD.size
SPARE = 16 << 20

COUNTING = """
import json, sys
print(json.dumps({"ready": True}), flush=True)
received = sys.stdin.buffer.read()
print(json.dumps({"size": len(received), "first": received[:64].hex()}))
"""
DEAF = """
import os
os.close(0)
print('{"ready": true}')
"""


def with_outbox(use: Callable[[Outbox], None], limit: int = 1000, program: str = COUNTING) -> dict[str, object]:
    """Run `use` with an outbox to a process that counts its input; return the process's last line."""

    async def run() -> dict[str, object]:
        outbox = Outbox([sys.executable, "-c", program], {}, limit)
        use(outbox)
        return outbox.close()

    return asyncio.run(run())


def test_a_body_that_fills_the_room_is_recorded_and_one_byte_more_is_not() -> None:
    def use(outbox: Outbox) -> None:
        assert outbox.put(handover.REQUEST_BODY, 1, 0, b"a" * 500)
        assert outbox.pending == 500 + HEAD
        assert not outbox.put(handover.RESPONSE_BODY, 1, 0, b"b" * (500 - HEAD + 1))
        assert outbox.pending == 500 + HEAD
        assert outbox.put(handover.RESPONSE_BODY, 1, 0, b"b" * (500 - HEAD))
        assert outbox.pending == 1000 + HEAD
        assert not outbox.put(handover.RESPONSE_BODY, 1, 0, b"c")

    assert with_outbox(use)["size"] == 1000 + HEAD


def test_frames_without_a_body_have_16_megabytes_more_room() -> None:
    def use(outbox: Outbox) -> None:
        assert not outbox.put(handover.NOTE, 1, 0, b"n" * (1000 + SPARE + 1))
        assert outbox.put(handover.NOTE, 1, 0, b"n" * (1000 + SPARE))

    assert with_outbox(use)["size"] == 1000 + SPARE + HEAD


def test_frames_arrive_in_order_with_their_heads() -> None:
    def use(outbox: Outbox) -> None:
        outbox.put(handover.BEGIN, 7, 11, b"begin")
        outbox.put(handover.CLOSE, 0, 0)

    expected = handover.packed(handover.BEGIN, 7, 11, b"begin") + handover.packed(handover.CLOSE, 0, 0)
    assert with_outbox(use) == {"size": len(expected), "first": expected.hex()}


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (f"print({json.dumps(json.dumps({'error': 'no space left'}))})", "no space left"),
        ("", "the recorder process did not start"),
        ("print('[]')", "the recorder process did not start"),
    ],
    ids=["with a reason", "without output", "not an object"],
)
def test_a_process_that_is_not_ready_is_an_error_with_its_reason(program: str, reason: str) -> None:
    with pytest.raises(RuntimeError, match=f"^{reason}$"):
        with_outbox(lambda outbox: None, program=program)


def test_nothing_is_queued_for_a_process_that_does_not_read() -> None:
    async def run() -> None:
        outbox = Outbox([sys.executable, "-c", DEAF], {}, 1 << 20)
        assert outbox.put(handover.REQUEST_BODY, 1, 0, b"a" * (300 << 10))  # large enough to be written at once
        assert (outbox.broken, outbox.pending) == ("Broken pipe", 0)
        assert not outbox.put(handover.CLOSE, 0, 0)
        assert outbox.close() == {}

    asyncio.run(run())
