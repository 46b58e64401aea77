"""Measured values differ only if they are far apart."""

import pytest

from tests.compare.test_captures import BODY
from tests.exchanges import START, exchange
from tests.sides import messages_of
from wirelore.model.exchange import Exchange


def test_larger_bodies_and_more_requests_are_differences() -> None:
    small, large = {"a": [0] * 100}, {"a": [0] * 400}
    result = messages_of([exchange(small)] * 2, [exchange(large)] * 3)
    assert result == [
        ("cosmetic", "request-count", "3 of these requests in a recording instead of 2"),
        ("cosmetic", "request-size", "request bodies have 807 bytes instead of 207 (median)"),
    ]


def test_delays_differ_only_if_they_are_far_apart() -> None:
    def retried(wait_ms: int) -> list[Exchange]:
        later = START + (wait_ms + 1) * 1000
        return [exchange(BODY, {}, status=529), exchange(BODY, {}, started_us=later, id="messages/later")]

    assert messages_of(retried(300), retried(900)) == []
    (one,) = messages_of(retried(300), retried(1500))
    assert one == (
        "cosmetic", "retry-delay", "the client waits 1,500 ms instead of 300 ms before it retries (median)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("origin", "took_ms", "expected"),
    [
        ("recorded", 3_000, []),
        ("recorded", 4_000, [("cosmetic", "response-time", "responses take 4,000 ms instead of 1,000 ms (median)")]),
        ("stand-in", 4_000, []),
    ],
)
def test_a_service_that_is_four_times_as_slow_is_a_difference_and_a_stand_in_is_not(
    origin: str, took_ms: int, expected: list[tuple[str, str, str]]
) -> None:
    before, after = (exchange(BODY, {}, took_us=ms * 1000, origin=origin) for ms in (1_000, took_ms))
    assert messages_of([before], [after]) == expected
