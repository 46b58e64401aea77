"""The values of a header that can be listed."""

from collections.abc import Iterable

import pytest

from wirelore.evidence.counts import HeaderSeen
from wirelore.evidence.header_values import credentials, known_values


def seen(values: Iterable[str], times: int) -> HeaderSeen:
    """Return a header that had each value this many times."""
    header = HeaderSeen()
    for value in [*values] * times:
        header.add([value], ["X-A"])
    return header


@pytest.mark.parametrize(
    ("values", "times", "expected"),
    [
        ([], 1, []),
        (["a"], 1, ["a"]),
        (["b", "a"], 1, []),
        (["b", "a"], 2, ["a", "b"]),
        (["a" * 120], 1, ["a" * 120]),
        (["a" * 121], 1, []),
        (["2026-01-01T00:00:00Z"], 5, []),
        (["0f0f0f0f-1111-4222-8333-444444444444"], 5, []),
        (["Bearer made-up"], 5, []),
        (["<KEY>"], 5, []),
        (["a", "<KEY>"], 1, ["a"]),
    ],
    ids=[
        "none", "one", "two once", "two twice", "long", "too long", "a time", "an id", "a credential", "masked",
        "masked and plain",
    ],
)  # fmt: skip
def test_values_are_listed_if_there_is_one_or_if_few_repeat(values: list[str], times: int, expected: list[str]) -> None:
    assert known_values(seen(values, times)) == expected


def test_too_many_values_are_not_listed() -> None:
    assert known_values(seen([f"a{number}x" for number in range(13)], 5)) == []


def test_credentials_are_those_of_http_and_the_key_of_the_service() -> None:
    assert credentials() == {"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"}
