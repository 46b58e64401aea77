"""Reading captures: a manipulated capture gives exchanges or errors, and nothing from outside it."""

from collections.abc import Iterator

from tests.fuzz.ground import OUTSIDE, capture_of, seeds_of_a_capture
from wirelore.model.exchange import Message
from wirelore.store.writer import Capture, Unreadable

__all__ = ["RUNS", "check", "seeds"]

RUNS = 2_000
seeds = seeds_of_a_capture


def check(data: bytes) -> None:
    """Read the capture with one replaced file, selected by the first byte."""
    folder = capture_of(data)
    problems: list[Unreadable] = []
    try:
        capture = Capture(folder)
        assert isinstance(capture.losses, str)
        for exchange in capture.exchanges(problems.append):
            for message in _messages(exchange.request, exchange.response):
                content = message.body.read()
                assert len(content) == message.body.size
                assert OUTSIDE not in content
                assert message.document.problem is None or message.document.value is None
            if exchange.response:
                assert all(event.size > 0 for event in exchange.response.events())
    except Unreadable as fault:
        problems.append(fault)
    assert all(str(fault).isprintable() for fault in problems), problems


def _messages(*messages: Message | None) -> Iterator[Message]:
    yield from (message for message in messages if message)
