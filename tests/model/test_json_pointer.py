"""JSON pointers according to RFC 6901."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.model.json_pointer import BadPointer, escape, parse, pointer, text_at, unescape, value_at


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("/foo", ("foo",)),
        ("/foo/0", ("foo", "0")),
        ("/", ("",)),
        ("/a~1b", ("a/b",)),
        ("/c%d", ("c%d",)),
        ("/m~0n", ("m~n",)),
        ("/~01", ("~1",)),
        ("//", ("", "")),
    ],
)
def test_the_examples_of_the_standard_are_read_and_written(text: str, steps: tuple[str, ...]) -> None:
    assert (parse(text), pointer(steps)) == (steps, text)


def test_numbers_of_elements_are_steps() -> None:
    assert (pointer(["a/b", 0, "~"]), escape(7)) == ("/a~1b/0/~0", "7")


@given(st.lists(st.text()))
def test_any_path_is_restored(path: list[str]) -> None:
    assert parse(pointer(path)) == tuple(path)


@given(st.text())
def test_an_escaped_step_has_no_slash_and_is_restored(step: str) -> None:
    assert "/" not in escape(step)
    assert unescape(escape(step)) == step


def test_a_text_that_does_not_begin_with_a_slash_is_refused() -> None:
    with pytest.raises(BadPointer) as refused:
        parse("foo/0")
    assert str(refused.value) == "'foo/0' is not a JSON pointer, which begins with / (RFC 6901)"


def test_a_path_leads_to_a_value() -> None:
    document = {"a/b": [1, {"~": None}]}
    assert (value_at(document, ()), value_at(document, ("a/b", 0)), value_at(document, ("a/b", 1, "~"))) == (
        document,
        1,
        None,
    )


@pytest.mark.parametrize("path", [("c",), ("a", 1), ("a", 0, "x")])
def test_a_path_to_nothing_raises(path: tuple[str | int, ...]) -> None:
    with pytest.raises((LookupError, TypeError)):
        value_at({"a": [1]}, path)


@pytest.mark.parametrize(
    ("document", "text"),
    [({"a": {"b": "c"}}, "c"), ({"a": {"b": 1}}, None), ({"a": ["b"]}, None), ({"a": {}}, None), ("a", None)],
    ids=repr,
)
def test_a_text_is_present_or_not(document: object, text: str | None) -> None:
    assert text_at(document, ("a", "b")) == text
