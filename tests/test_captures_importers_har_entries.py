"""The entries of a HAR, streamed."""

import json
from io import BytesIO
from typing import Any

import ijson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captures.importers.draft import EntryError
from captures.importers.har_entries import entries

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(VALUES, max_size=5))
def test_entries_come_as_the_json_has_them_whatever_stands_around(values: list[Any]) -> None:
    log = {"pages": [{"entries": [1]}], "entries": values, "comment": {"entries": [2]}}
    assert list(entries(BytesIO(json.dumps({"a": [3], "log": log}).encode()))) == values


def test_numbers_are_numbers() -> None:
    assert list(entries(BytesIO(b'{"log":{"entries":[1.5,2,-3e2]}}'))) == [1.5, 2, -300.0]


def test_an_entry_nested_too_deeply_is_told_and_the_next_is_whole() -> None:
    deep = b"[" * 101 + b"]" * 101
    first, second, third = entries(
        BytesIO(b'{"log":{"entries":[' + deep + b',{"a":[1]},' + b"[" * 100 + b"]" * 100 + b"]}}")
    )
    assert str(first) == "nested more than 100 deep"
    assert second == {"a": [1]}
    assert not isinstance(third, EntryError)


def test_what_stands_before_a_break_is_given() -> None:
    found = entries(BytesIO(b'{"log":{"entries":[{"a":1},{"b":'))
    assert next(found) == {"a": 1}
    with pytest.raises(ijson.JSONError):
        next(found)
