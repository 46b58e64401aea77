"""Scanning in blocks has the same result as scanning in one piece."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.redaction.file_scan import matches
from wirelore.redaction.secret_rules import compiled


@pytest.mark.parametrize("expression", [re.compile(rb"(?<!a)b[ab]{0,3}"), compiled("b[ab]{0,3}")], ids=["re", "re2"])
@given(data=st.binary().map(lambda raw: bytes(b"ab."[byte % 3] for byte in raw)), size=st.integers(1, 9))
def test_blocks_make_no_difference(expression: re.Pattern[bytes], data: bytes, size: int) -> None:
    whole = [(match.start(), match.group()) for match in expression.finditer(data)]
    scanned = matches(io.BytesIO(data), expression, before=1, overlap=4, size=size)
    assert [(base + match.start(), match.group()) for match, _, base in scanned] == whole


@given(st.binary(max_size=60), st.integers(1, 9), st.integers(0, 9))
def test_a_block_has_what_is_in_front_of_the_match(data: bytes, size: int, before: int) -> None:
    for match, block, base in matches(io.BytesIO(data), re.compile(rb"\x00"), before=before, overlap=2, size=size):
        assert block == data[base : base + len(block)]
        assert match.start() >= min(before, base + match.start())


def test_a_match_beyond_the_overlap_may_be_cut() -> None:
    scanned = matches(io.BytesIO(b"a" * 10), re.compile(rb"a+"), overlap=2, size=5)
    assert [(base + match.start(), base + match.end()) for match, _, base in scanned] == [(0, 5), (5, 10)]
