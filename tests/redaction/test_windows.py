"""Windows: a body of any length is redacted the same, however it is cut."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redaction.test_redactor import BODY
from tests.secret_shapes import KEY, redacted
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.windows import TAIL, WINDOW, window_end


def test_every_cut_into_two_gives_the_same_bytes() -> None:
    expected = redacted(BODY)
    assert [cut for cut in range(len(BODY)) if redacted(BODY, cuts=(cut,)) != expected] == []


@pytest.mark.parametrize("seed", range(6))
def test_a_long_body_gives_the_same_bytes_however_it_is_cut_and_wherever_the_window_ends(seed: int) -> None:
    chance = random.Random(seed)
    padding = chance.randrange(TAIL + len(BODY)) + WINDOW - TAIL - len(BODY)
    content = b'["' + b"x " * (padding // 2) + b'",' + BODY + b',"' + b"y " * WINDOW + b'",' + BODY + b"]"
    expected = redacted(content)
    assert len(expected) == len(content)
    cuts = tuple(sorted(chance.randrange(len(content)) for _ in range(200)))
    assert redacted(content, cuts=cuts) == expected
    small = redacted(BODY)
    callback = small.index(b'"callback"')  # in a small body `code` beside `state` counts whatever its length
    assert expected.count(small[:callback]) == 2


@pytest.mark.parametrize("offset", range(-40, 60, 3))
def test_a_key_and_its_value_on_the_window_s_border_are_one(offset: int) -> None:
    lead = b'{"a":"' + b"." * (WINDOW + offset - 30) + b'",'
    content = lead + b'"refresh_token":"tok-12345678"' + b',"b":"' + b"." * (2 * TAIL) + b'"}'
    result = redacted(content)
    assert len(result) == len(content)
    assert b"tok-12345678" not in result
    assert result.count(b'"refresh_token":"') == 1
    assert json.loads(result).keys() == {"a", "refresh_token", "b"}


@pytest.mark.parametrize("size", [TAIL + 10, WINDOW + TAIL + 10, 3 * WINDOW])
@pytest.mark.parametrize("quote_mark", ['"', '\\"'])
def test_a_value_longer_than_a_window_is_replaced_to_its_end_and_no_further(size: int, quote_mark: str) -> None:
    q, value = quote_mark, "Zq9" * (size // 3)
    content = f"{{{q}access_token{q}:{q}{value}{q},{q}b{q}:{q}ZZZ kept{q}}}".encode()
    result = redacted(content)
    assert len(result) == len(content)
    assert result.endswith(f"{q},{q}b{q}:{q}ZZZ kept{q}}}".encode())
    begin = content.index(b"Zq9")
    assert all(a != b for a, b in zip(content[begin : begin + len(value)], result[begin:], strict=False))


def pieces_of(content: bytes, step: int) -> list[bytes]:
    body = Redactor(KEY).exchange().body()
    pieces = [body.feed(content[start : start + step]) for start in range(0, len(content), step)]
    return [*pieces, body.finish()]


def test_bytes_are_returned_as_soon_as_a_window_and_its_tail_are_there() -> None:
    body = Redactor(KEY).exchange().body()
    assert body.feed(b"w " * ((WINDOW + TAIL) // 2 - 1) + b"w") == b""
    assert body.feed(b" ") == b"w " * (WINDOW // 2)
    assert body.returned_bytes == WINDOW
    assert body.finish() == b"w " * (TAIL // 2)
    assert body.returned_bytes == WINDOW + TAIL


def test_a_window_ends_after_a_line_that_ends_near_and_else_at_its_size() -> None:
    near, far = 16 * 1024, 16 * 1024 + 1
    for distance, end in ((0, WINDOW), (1, WINDOW), (near, WINDOW - near + 1), (far, WINDOW)):
        block = bytearray(b"x" * (WINDOW + TAIL))
        block[WINDOW - distance] = ord("\n")
        assert window_end(bytes(block), 0) == end


def test_a_preview_masks_secrets_and_changes_nothing() -> None:
    content = b'{"a":"ada@example.org","n":1'
    body = Redactor(KEY).exchange().body()
    assert body.feed(content) == b""
    assert body.preview() == body.preview() == b'{"a":"***************","n":1'
    assert body.finish() == redacted(content)


@given(st.lists(st.sampled_from([b"some words\n", b'{"access_token":"tok-FAKE-1"}', b"\xe2\x82\xac"]), max_size=20))
def test_as_many_bytes_are_returned_as_were_fed(parts: list[bytes]) -> None:
    content = b"".join(parts)
    assert len(b"".join(pieces_of(content, 7))) == len(content)


def test_no_bytes_give_no_bytes() -> None:
    body = Redactor(KEY).exchange().body()
    assert (body.feed(b""), body.preview(), body.finish()) == (b"", b"", b"")
