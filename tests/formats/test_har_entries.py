"""Streaming of the entries of a HAR."""

import json
from io import BytesIO
from typing import Any

import ijson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.formats.draft import EntryError
from wirelore.formats.har_entries import entries

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(VALUES, max_size=5))
def test_entries_are_those_of_the_json_for_any_other_members(values: list[Any]) -> None:
    log = {"pages": [{"entries": [1]}], "entries": values, "comment": {"entries": [2]}}
    assert list(entries(BytesIO(json.dumps({"a": [3], "log": log}).encode()))) == values


def test_numbers_are_numbers() -> None:
    assert list(entries(BytesIO(b'{"log":{"entries":[1.5,2,-3e2]}}'))) == [1.5, 2, -300.0]


@pytest.mark.parametrize("number", ["9" * 4301, "-" + "3" * 9999, "9" * 20, "1e400"], ids=len)
def test_a_number_too_long_for_the_parser_is_an_error_not_a_crash(number: str) -> None:
    items = entries(BytesIO(f'{{"log":{{"entries":[{{"a":"{number}"}},{number},2]}}}}'.encode()))
    assert next(items) == {"a": number}
    with pytest.raises(ijson.JSONError, match="overflow"):
        next(items)


def test_an_entry_nested_too_deeply_is_reported_and_the_next_is_read() -> None:
    deep = b"[" * 101 + b"]" * 101
    first, second, third = entries(
        BytesIO(b'{"log":{"entries":[' + deep + b',{"a":[1]},' + b"[" * 100 + b"]" * 100 + b"]}}")
    )
    assert str(first) == "nested more than 100 levels deep"
    assert second == {"a": [1]}
    assert not isinstance(third, EntryError)


def test_entries_before_a_syntax_error_are_read() -> None:
    items = entries(BytesIO(b'{"log":{"entries":[{"a":1},{"b":'))
    assert next(items) == {"a": 1}
    with pytest.raises(ijson.JSONError):
        next(items)
