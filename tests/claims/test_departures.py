"""Departures from a check, in a short sentence without long texts."""

import pytest

from wirelore.claims.departures import departed
from wirelore.schema.library import Departure


@pytest.mark.parametrize(
    ("departure", "sentence"),
    [
        (Departure("", ("seen", "beta-flags", "flags"), None, [], "required"), "beta-flags#/flags is missing"),
        (Departure("", ("seen", "beta-flags"), None, [], "required"), "beta-flags is missing"),
        (Departure("", ("status",), 400, 200, "const"), "status is 400, expected 200"),
        (Departure("", ("host",), "a", ["b", "c"], "enum"), "host is 'a', expected 'b' or 'c'"),
        (Departure("", ("status",), None, "integer", "type"), "status is null, expected integer"),
        (
            Departure("", ("path",), "x" * 61, "^/v1", "pattern"),
            "path is a string of 61 characters, expected a match for ^/v1",
        ),
        (Departure("", ("tags",), ["a", "b"], {}, "contains"), "tags is a list of a, b, without an expected element"),
        (Departure("", ("tags",), [], {}, "contains"), "tags is a list of 0 elements, without an expected element"),
        (Departure("", ("facts",), {"a": 1}, {}, "not"), "facts is an object with a, which is not allowed"),
        (Departure("", (), {}, {}, "not"), "such an exchange is not allowed"),
        (
            Departure("", ("facts", "x"), True, False, "additionalProperties"),
            "facts/x is present, but not in the claim",
        ),
        (Departure("", ("status",), 9, 5, "maximum"), "status is 9, expected maximum 5"),
        (Departure("", ("facts",), {}, [{}], "anyOf"), "facts is an empty object, expected anyOf"),
        (
            Departure("", ("status",), 9, list(range(8)), "enum"),
            "status is 9, expected 0 or 1 or 2 or 3 or 4 or 5 or 2 more",
        ),
    ],
    ids=lambda value: value.keyword if isinstance(value, Departure) else "",
)
def test_a_departure_is_described_briefly_without_long_texts(departure: Departure, sentence: str) -> None:
    assert departed([departure]) == sentence
    assert departed([departure, departure]) == f"{sentence}, and 1 more"


def test_an_unexplained_failure_is_reported() -> None:
    assert departed([]) == "the check fails"
