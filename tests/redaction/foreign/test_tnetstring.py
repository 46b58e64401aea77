"""tnetstrings: encoded values are decoded again, and invalid ones refused."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.redaction.foreign.tnetstring import encode, values

SIMPLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.binary() | st.text()
VALUES = st.recursive(SIMPLE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@pytest.mark.slow
@given(st.lists(VALUES))
def test_encoded_itemsare_decoded_again(items: list[Any]) -> None:
    assert list(values(io.BytesIO(b"".join(map(encode, items))))) == items


def test_the_notation_is_that_of_mitmproxy() -> None:
    value = {"a": [b"b", 1, True, None, 1.5]}
    assert encode(value) == b"32:1:a;24:1:b,1:1#4:true!0:~3:1.5^]}"


@pytest.mark.parametrize(
    "content", [b"x", b"5:abc,", b"1:a?", b"99999999999:a,", b"3:1:a,]x", b"2:1:]", b"5:true!!", b"3:0:~}", b"3:abc"]
)
def test_invalid_content_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        list(values(io.BytesIO(content)))


def test_deep_nesting_is_refused() -> None:
    value: list[Any] = []
    for _ in range(200):
        value = [value]
    with pytest.raises(ValueError, match="nested more than 100 levels deep"):
        list(values(io.BytesIO(encode(value))))
