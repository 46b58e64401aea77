"""JSON as it is read and written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captures import codec

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert codec.loads(codec.line(value)) == value
    assert codec.loads(codec.pretty(value)) == value


@pytest.mark.parametrize("text", [b'"\\ud800"', b"123456789012345678901234567890", b"1.5", b'{"a":1,"a":2}', b" [] "])
def test_valid_json_is_read_as_the_standard_library_reads_it(text: bytes) -> None:
    assert codec.loads(text) == json.loads(text)


@pytest.mark.parametrize("text", [b"", b"{", b"NaN", b"[Infinity]", b"\xff", b"[" * 100_000, b"'a'", b"1 2"])
def test_what_is_no_json_is_a_value_error_and_a_problem(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.loads(text)
    value, problem = codec.document(text)
    assert value is None
    assert problem


def test_keys_are_sorted_and_lone_surrogates_survive() -> None:
    assert codec.line({"b": 1, "a": "\ud800"}) == b'{"a":"\\ud800","b":1}'
    assert codec.pretty({"b": 1, "a": [2]}) == b'{\n  "a": [\n    2\n  ],\n  "b": 1\n}\n'
