"""Masked JSON: the same shape and size, and no content."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.secret_shapes import KEY
from tests.skeleton.test_skeleton_copy import DUPLICATES, VALUES, WORD, skeleton
from wirelore.skeleton.json_text import masked
from wirelore.skeleton.known_names import known
from wirelore.skeleton.substitutes import Substitutes


@given(value=VALUES, indent=st.none() | st.integers(0, 2), ascii_only=st.booleans())
def test_json_stays_json_of_the_same_shape_and_size(value: Any, indent: int | None, ascii_only: bool) -> None:
    content = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    for nodes in ([], known().request("POST /v1/messages")):
        result = masked(content, nodes, Substitutes(KEY))
        if result is not None:
            assert len(result) == len(content)
            assert skeleton(result) == skeleton(content)


@pytest.mark.parametrize("name", DUPLICATES)
def test_a_duplicate_name_does_not_unmask_the_earlier_value(name: str) -> None:
    for content in (f'{{"messages": [{DUPLICATES[name]}]}}'.encode(), DUPLICATES[name].encode()):
        assert WORD.encode() not in (masked(content, known().request("POST /v1/messages"), Substitutes(KEY)) or b"")


def test_json_in_another_encoding_is_masked() -> None:
    result = masked('{"role": "user"}'.encode("utf-16"), known().request("POST /v1/messages"), Substitutes(KEY))
    assert b"u\0s\0e\0r" not in (result or b"")
