"""Formatting for human readers."""

import json

import pytest

from wirelore.store.rendering import clamped_us, iso, rendered


def test_a_chunk_and_a_header_line_take_one_line_each() -> None:
    document = {"chunks": [[0, 1, 2], [3, 4, 5]], "headers": [["a", 'b"]'], ["c", "d"]]}
    text = rendered(document).decode()
    assert json.loads(text) == document
    assert [line.strip() for line in text.splitlines() if "[" in line][1:3] == ["[0, 1, 2],", "[3, 4, 5]"]
    assert '["a", "b\\"]"],' in text


@pytest.mark.parametrize(
    ("us", "text"), [(None, None), (0, "1970-01-01T00:00:00.000000Z"), (1_500_000, "1970-01-01T00:00:01.500000Z")]
)
def test_a_moment_is_written_with_six_decimals(us: int | None, text: str | None) -> None:
    assert iso(us) == text


@pytest.mark.parametrize("us", [-5, 0, 1 << 62])
def test_every_clock_reading_becomes_a_time_that_can_be_written(us: int) -> None:
    assert str(iso(clamped_us(us)))[:4] in ("1970", "9999")
