"""JSON tokens: every string and bracket at its offset, for any size of the blocks."""

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.redaction import json_tokens
from wirelore.redaction.json_tokens import Token, tokens

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def strings(value: Any) -> list[str]:
    """Return every string of a value in the written order, including names."""
    if isinstance(value, dict):
        return [text for name, item in value.items() for text in (name, *strings(item))]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


@given(value=VALUES, size=st.integers(1, 9), ascii_only=st.booleans())
def test_the_strings_are_those_of_the_document(value: Any, size: int, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_tokens, "_BLOCK", size)
        all_tokens = list(tokens(io.BytesIO(text)))
    assert [json.loads(b'"' + token.text + b'"') for token in all_tokens if token.kind == b'"'] == strings(value)
    assert [text[token.start : token.end] for token in all_tokens] == [
        token.text or token.kind * (token.kind != b'"') for token in all_tokens
    ]


def test_a_string_without_end_ends_with_its_line() -> None:
    assert list(tokens(io.BytesIO(b'"a\n{"'))) == [Token(b'"', 1, 2, b"a"), Token(b"{", 3, 4), Token(b'"', 5, 5)]


def test_a_token_has_only_the_beginning_of_a_long_string() -> None:
    stream = io.BytesIO(b'"' + b"x" * (5 << 20) + b'"')
    tracemalloc.start()
    (token,) = tokens(stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (token.start, token.end, len(token.text)) == (1, 1 + (5 << 20), json_tokens.KEPT)
    assert peak < 4 << 20
