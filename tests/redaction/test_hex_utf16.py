"""The codecs with two bytes for each character: hexadecimal digits and UTF-16."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.redaction.hex_utf16 import TWO_BYTE_CODECS, TwoByteText

HEX, LOW_FIRST, HIGH_FIRST = TWO_BYTE_CODECS
TEXT = "twelve letters and more"
WRITTEN = {
    HEX.name: TEXT.encode().hex().encode(),
    LOW_FIRST.name: TEXT.encode("utf-16-le"),
    HIGH_FIRST.name: TEXT.encode("utf-16-be"),
}
ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=100)
each_codec = pytest.mark.parametrize("codec", TWO_BYTE_CODECS, ids=lambda codec: str(codec.name))


@each_codec
def test_a_text_is_found_at_even_and_at_odd_offsets(codec: TwoByteText) -> None:
    raw = WRITTEN[codec.name]
    for lead in (b"", b"= ", b"=  "):
        assert (len(lead), len(lead) + len(raw), TEXT.encode()) in list(codec.texts(lead + raw, len(lead)))


@each_codec
def test_sizes_are_twice_those_of_the_content(codec: TwoByteText) -> None:
    assert codec.content_size(b"1234567") == 3
    assert [codec.complete_size(b"123456", limit) for limit in (0, 1, 2, 5, 6, 9)] == [0, 0, 1, 2, 3, 3]
    assert codec.encoded_sizes(b"123456", [0, 1, 3]) == [0, 2, 6]


@pytest.mark.parametrize(
    ("codec", "raw", "encoded"),
    [
        (HEX, b"6b6c", b"6b6d"),
        (HEX, b"6B6C", b"6B6D"),
        (LOW_FIRST, b"k\0l\0", b"k\0m\0"),
        (HIGH_FIRST, b"\0k\0l", b"\0k\0m"),
    ],
    ids=["hex", "hex in capitals", "utf-16le", "utf-16be"],
)
def test_a_changed_character_is_written_in_the_same_way(codec: TwoByteText, raw: bytes, encoded: bytes) -> None:
    assert codec.encode(raw, b"kl", b"km") == encoded


@pytest.mark.parametrize("text", [b"00", b"6b00", b"6bff6b", b"6b7f"])
def test_hexadecimal_digits_are_text_up_to_the_first_binary_byte(text: bytes) -> None:
    content = bytes.fromhex(text.decode())
    size = next(index for index, byte in enumerate(content) if byte in b"\x00\xff\x7f")
    assert HEX.decode(text, 0) == (2 * size, content[:size])


@pytest.mark.parametrize(("codec", "encoding"), [(LOW_FIRST, "utf-16-le"), (HIGH_FIRST, "utf-16-be")])
def test_utf_16_is_text_up_to_the_first_zero_and_other_characters_are_placeholders(
    codec: TwoByteText, encoding: str
) -> None:
    raw = "a€\U0001f600b\0c".encode(encoding)
    assert codec.decode(raw, 0) == (10, b"a\x7f\x7f\x7fb")


def test_the_end_of_hexadecimal_digits_is_known_if_two_bytes_follow() -> None:
    assert HEX.ending(b"6b6c  ", 0) == 4
    assert HEX.ending(b"6b6c ", 0) is None
    assert HEX.ending(b"6b6c", 0) is None


@each_codec
@given(ASCII)
def test_text_is_decoded_completely_and_encoded_again(codec: TwoByteText, text: str) -> None:
    content = text.encode()
    raw = {
        HEX.name: content.hex().encode(),
        LOW_FIRST.name: text.encode("utf-16-le"),
        HIGH_FIRST.name: text.encode("utf-16-be"),
    }[codec.name]
    assert codec.decode(raw, 0) == (len(raw), content)
    assert codec.encode(raw, content, content) == raw
    other = content[::-1]
    assert codec.decode(codec.encode(raw, content, other) or b"", 0)[1] == other


@pytest.mark.parametrize("size", [2047, 2048, 2049, 6144, 6145])
def test_a_text_longer_than_a_piece_is_decoded_to_its_end(size: int) -> None:
    assert HEX.decode(b"6b" * size + b"--", 0) == (2 * size, b"k" * size)
