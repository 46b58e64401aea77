"""Text codecs: encoded secrets are replaced as plain ones, and nothing else changes."""

import base64
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import work
from tests.secret_shapes import KEY, TOKEN, UUID, redacted
from wirelore.redaction.compressed_text import COMPRESSED_CODECS
from wirelore.redaction.pseudonyms import plain
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.text_codecs import CODECS, TextCodec
from wirelore.redaction.windows import WINDOW

WRITINGS: dict[str, Callable[[str], bytes]] = {
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 of a URL": lambda text: base64.urlsafe_b64encode(text.encode()),
    "base64 in lines": lambda text: base64.encodebytes(text.encode()).strip(),
    "base64 in escaped lines": lambda text: base64.encodebytes(text.encode()).strip().replace(b"\n", b"\\n"),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper().encode(),
    "UTF-16, low byte first": lambda text: text.encode("utf-16-le"),
    "UTF-16, high byte first": lambda text: text.encode("utf-16-be"),
    "JSON's escapes": lambda text: "".join(f"\\u{ord(character):04x}" for character in text).encode(),
    "JSON's escapes, nested": lambda text: "".join(f"\\\\u{ord(character):04x}" for character in text).encode(),
    "a program's escapes": lambda text: "".join(f"\\x{ord(character):02x}" for character in text).encode(),
    "URL escapes": lambda text: "".join(f"%{ord(character):02X}" for character in text).encode(),
    "URL escapes of URL escapes": lambda text: "".join(f"%25{ord(character):02X}" for character in text).encode(),
}
SECRETS = [TOKEN, UUID, "ada@example.org", "/home/ada"]


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("secret", SECRETS)
def test_an_encoded_secret_has_the_pseudonym_of_the_plain_one(secret: str, writing: str) -> None:
    written, text = WRITINGS[writing], f"the words before {secret} and after"
    redacted_text = redacted(text).decode()
    assert redacted_text != text
    for lead, tail in ((b"", b""), (b'{"a":"', b'"}'), (b"x y ", b" z\n")):
        result, expected = redacted(lead + written(text) + tail), lead + written(redacted_text) + tail
        if writing == "hexadecimal in capitals":  # digits without a letter do not show that capitals are used
            result, expected = result.lower(), expected.lower()
        assert result == expected


@pytest.mark.parametrize("writing", WRITINGS)
def test_encoded_text_without_a_secret_stays(writing: str) -> None:
    content = b'{"a":"' + WRITINGS[writing]("nothing but words, and 12 numbers") + b'"}'
    assert redacted(content) == content


@pytest.mark.parametrize("secret", [TOKEN, "ada@example.org"])
def test_a_single_escaped_character_hides_nothing(secret: str) -> None:
    pseudonym = Redactor(KEY).pseudonyms.pseudonym(secret.encode())
    for place, character in enumerate(secret):
        for escape in (f"\\u{ord(character):04x}", f"%{ord(character):02x}"):
            before = f'{{"text":"of {secret[:place]}{escape}{secret[place + 1 :]} there"}}'.encode()
            result = redacted(before)
            assert len(result) == len(before)
            assert plain(result) == b'{"text":"of ' + pseudonym + b' there"}'


def test_nested_encodings_are_decoded() -> None:
    text = f"the token {TOKEN} of it"
    redacted_text = redacted(text).decode()

    def nested(text: str) -> bytes:
        inner = quote(base64.b64encode(text.encode()).decode(), safe="")
        return base64.b64encode(f"in base64: {inner}".encode().hex().encode())

    assert redacted(b"x=" + nested(text)) == b"x=" + nested(redacted_text)


@pytest.mark.slow
@pytest.mark.parametrize("writing", [name for name in WRITINGS if " of URL" not in name])
@pytest.mark.parametrize("place", [-40, 25])
def test_encoded_text_that_fills_windows_is_redacted_wherever_the_secret_is(writing: str, place: int) -> None:
    larger = len(WRITINGS[writing]("a" * 600)) / 600
    words = "lorem ipsum dolor " * int(WINDOW / larger / 18)
    text = f"{words[:place] if place < 0 else words + words[:place]} {TOKEN} {UUID} {'amet ' * int(20_000 / larger)}"
    written = WRITINGS[writing]
    redactor = Redactor(KEY)
    redacted_text = text.replace(TOKEN, redactor.pseudonyms.pseudonym(TOKEN.encode()).decode())
    redacted_text = redacted_text.replace(UUID, redactor.pseudonyms.pseudonym(UUID.encode()).decode())
    content = written(text)
    result = redacted(content, cuts=(1000, len(content) // 3))
    assert len(result) == len(content)
    assert result == written(redacted_text)


def test_nested_encodings_that_fill_windows_show_no_secret() -> None:
    text = f"words {TOKEN} {'amet ' * 16_000}"
    content = WRITINGS["URL escapes of URL escapes"](text)
    result = redacted(content)
    assert len(result) == len(content)
    assert b"Ab1_" not in unquote_to_bytes(unquote_to_bytes(result))


@pytest.mark.parametrize(
    "codec", [codec for codec in CODECS if codec not in COMPRESSED_CODECS], ids=lambda codec: str(codec.name)
)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=24, max_size=200))
@settings(max_examples=40, deadline=None)
def test_encoding_the_decoded_content_gives_the_same_bytes(codec: TextCodec, text: str) -> None:
    for written in WRITINGS.values():
        raw = written("text " + text)
        end, content = codec.decode(raw, 0)
        assert 0 <= end <= len(raw)
        unchanged = content[: codec.content_size(raw[:end])]
        assert codec.encode(raw[:end], unchanged, unchanged) == raw[:end]
        complete = codec.complete_size(raw[:end], end // 2)
        assert codec.encoded_sizes(raw[:end], [0, complete // codec.group * codec.group])[1] <= end


@pytest.mark.parametrize(
    "piece",
    [
        b"%73",
        b"\\u0073",
        b"6b73",
        b"k\0s\0",
        b"\0k\0s",
        b"c2tzaXpl",
        b"aGVsbG8g\n",
        b"%2573",
        b"%25",
        b"a%41 ",
        b"2f" * 14,
    ],
)
def test_hostile_input_takes_time_in_proportion_to_its_length(piece: bytes) -> None:
    assert work.grows_in_proportion(piece)
