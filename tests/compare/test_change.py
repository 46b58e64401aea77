"""The data of comparisons: whether noise can be recognized."""

import pytest

from wirelore.compare.change import Comparison, Side


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Side("a", captures=1), Side("b", captures=1), False),
        (Side("a", captures=2, repeats=2), Side("b", captures=1), True),
        (Side("a", captures=1), Side("b", captures=2, repeats=2), True),
        (Side("schemas"), Side("b", captures=1), True),
        (Side("a", captures=1), Side("schemas"), True),
    ],
    ids=["single recordings", "repeated before", "repeated after", "schemas before", "schemas after"],
)
def test_noise_is_known_from_repeated_recordings_and_schemas_have_none(
    before: Side, after: Side, expected: bool
) -> None:
    assert Comparison(before, after).noise_known is expected
