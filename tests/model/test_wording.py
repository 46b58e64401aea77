"""Numbers with their nouns, and suggestions of names."""

import pytest

from wirelore.model.wording import did_you_mean, quantity


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 claims"), (1, "1 claim"), (2, "2 claims"), (1234567, "1,234,567 claims")]
)
def test_one_is_singular_and_thousands_are_marked(number: int, text: str) -> None:
    assert quantity(number, "claim") == text


def test_an_irregular_plural_is_named() -> None:
    assert [quantity(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]


def test_the_closest_name_is_suggested_if_one_is_close() -> None:
    assert did_you_mean("size", ["timings", "sizes"]) == "did you mean 'sizes'? "
    assert did_you_mean("zzz", ["timings", "sizes"]) == ""
