"""The codec for escapes: sizes, the ends of texts, and the spelling of escapes that stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.redaction.escapes import Escapes

CODEC = Escapes()
PIECES = st.sampled_from([b"a", b"z", b"%41", b"\\u0041", b"\\\\u0041", b"\\x41", b"\\n", b"\\/", b"%e9", b"\\\\"])
RAW = st.lists(PIECES, max_size=30).map(b"".join)


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (b"plain", b"plain"),
        (b"%73k", b"sk"),
        (b"\\u0073k", b"sk"),
        (b"\\\\u0073k", b"sk"),
        (b"\\x73k", b"sk"),
        (b"a\\nb\\/c", b"a\nb/c"),
        (b"\\u20ac%E9", b"\x7f\x7f"),
        (b"%7G", b"%7G"),
    ],
)
def test_escapes_are_decoded_and_characters_of_more_than_one_byte_are_placeholders(raw: bytes, content: bytes) -> None:
    assert CODEC.decode(raw, 0) == (len(raw), content)


@pytest.mark.parametrize("end", [b'"', b"\n", b"\r", b"\0"])
def test_a_text_ends_at_a_quote_or_a_line_end(end: bytes) -> None:
    assert CODEC.decode(b"%73k" + end + b"more", 0) == (4, b"sk")
    assert CODEC.ending(b"%73k" + end + b"more", 0) == 4


def test_the_end_of_a_text_that_may_go_on_is_unknown() -> None:
    assert CODEC.ending(b"%73k", 0) is None


def test_each_text_with_an_escape_is_found_with_its_range() -> None:
    assert list(CODEC.texts(b'"plain","of %73k","\\u0041"', 0)) == [(9, 16, b"of sk"), (19, 25, b"A")]
    assert list(CODEC.texts(b'"plain"', 0)) == []


@pytest.mark.parametrize(
    ("raw", "before", "after", "encoded"),
    [
        (b"%73k", b"sk", b"tk", b"%74k"),
        (b"%73k", b"sk", b"sl", b"%73l"),
        (b"\\u0073k", b"sk", b"tl", b"\\u0074l"),
        (b"\\x73k", b"sk", b"sk", b"\\x73k"),
    ],
)
def test_only_what_changed_is_written_anew_in_the_same_spelling(
    raw: bytes, before: bytes, after: bytes, encoded: bytes
) -> None:
    assert CODEC.encode(raw, before, after) == encoded


@pytest.mark.parametrize(("limit", "size"), [(0, 0), (1, 1), (2, 1), (6, 1), (7, 2), (8, 3), (99, 3)])
def test_a_limit_within_an_escape_leaves_it_out(limit: int, size: int) -> None:
    assert CODEC.complete_size(b"a\\u0073k", limit) == size


@given(RAW)
def test_sizes_agree_with_the_decoded_content(raw: bytes) -> None:
    end, content = CODEC.decode(raw, 0)
    assert CODEC.content_size(raw[:end]) == len(content)
    assert CODEC.encoded_sizes(raw[:end], [0, len(content)]) == [0, end]
    assert CODEC.encode(raw[:end], content, content) == raw[:end]
    for limit in range(end + 1):
        size = CODEC.complete_size(raw[:end], limit)
        assert CODEC.encoded_sizes(raw[:end], [size]) <= [limit]
