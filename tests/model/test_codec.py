"""Reading and writing of JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.model import codec

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(VALUES)
def test_written_values_are_read_back(value: object) -> None:
    assert codec.loads(codec.line(value)) == value
    assert codec.loads(codec.pretty(value)) == value


@pytest.mark.parametrize("text", [b'"\\ud800"', b"123456789012345678901234567890", b"1.5", b'{"a":1,"a":2}', b" [] "])
def test_valid_json_is_read_as_the_standard_library_reads_it(text: bytes) -> None:
    assert codec.loads(text) == json.loads(text)


@pytest.mark.parametrize("text", [b"", b"{", b"NaN", b"[Infinity]", b"\xff", b"[" * 100_000, b"'a'", b"1 2"])
def test_invalid_json_is_a_value_error_and_a_problem(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.loads(text)
    value, problem = codec.document(text)
    assert value is None
    assert problem


def test_indented_json_may_have_lone_surrogates() -> None:
    assert codec.loads(codec.pretty({"b": "\ud800", "a": 1})) == {"a": 1, "b": "\ud800"}


def test_keys_are_sorted_and_lone_surrogates_survive() -> None:
    assert codec.line({"b": 1, "a": "\ud800"}) == b'{"a":"\\ud800","b":1}'
    assert codec.pretty({"b": 1, "a": [2]}) == b'{\n  "a": [\n    2\n  ],\n  "b": 1\n}\n'


@pytest.mark.parametrize("text", [b"[" * 10_000_001, "{" * 10_000_001], ids=["bytes", "text"])
def test_more_objects_and_arrays_than_fit_are_refused_before_they_are_built(text: bytes | str) -> None:
    with pytest.raises(ValueError, match="10000001 objects and arrays, at most 10000000 are read"):
        codec.loads(text)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 400 + ".5"])
def test_a_number_beyond_the_range_of_doubles_is_refused(number: str) -> None:
    assert codec.document(f"[{number}]".encode()).problem is not None
    assert codec.document(f'[{number}, "\\ud800"]'.encode()).problem is not None
    assert codec.loads('[1e308, "\\ud800"]') == [1e308, "\ud800"]


@pytest.mark.parametrize("more", ["", ', "\\ud800"'], ids=["fast", "thorough"])
def test_the_nesting_limit_is_the_same_for_both_parsers(more: str) -> None:
    inner = codec.DEEPEST - 1
    assert codec.loads(f"[{'[' * inner}{']' * inner}{more}]") is not None
    with pytest.raises(ValueError, match="nested more than 500 levels deep"):
        codec.loads(f"[{'[' * (inner + 1)}{']' * (inner + 1)}{more}]")
    objects = '{"a":' * inner + "1" + "}" * inner
    assert codec.loads(f"[{objects}{more}]") is not None
    assert codec.document(f'{{"a":[{objects}{more}]}}'.encode()).problem == "nested more than 500 levels deep"
