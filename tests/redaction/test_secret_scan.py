"""Scanning with the rules: where a match begins and ends, and what a rule needs around it."""

import pytest

from tests.secret_shapes import TOKEN
from wirelore.redaction.secret_rules import Rule, packaged
from wirelore.redaction.secret_scan import Scan, Span, literals

SCAN = Scan(packaged())
RULE = Rule("word", "word", "anywhere")


def secrets(block: bytes, *, final: bool = True) -> list[tuple[str, bytes]]:
    """Return (name of the field, secret) of the spans of rules that replace."""
    spans = SCAN.run(block, 0, final).spans
    return [(span.name, block[span.start : span.end]) for span in spans if span.rule.action == "replace"]


def words(block: bytes, *values: bytes, bordered: bool) -> list[bytes]:
    return [block[span.lead : span.end] for span in literals(values, RULE, bordered=bordered)(block, 0)]


def test_a_field_is_a_secret_from_its_opening_to_its_closing_quote() -> None:
    block = b'{"access_token" : "tok-FAKE\\"-12", "n": 1}'
    (span,) = SCAN.run(block, 0, True).spans
    assert block[span.lead : span.end] == b'"access_token" : "tok-FAKE\\"-12'
    assert (block[span.start : span.end], span.name) == (b'tok-FAKE\\"-12', "access_token")


def test_a_value_with_white_space_is_no_token() -> None:
    assert secrets(b'{"access_token":"a few words"}') == []


@pytest.mark.parametrize("depth", range(4))
def test_a_quote_closes_the_string_at_its_own_depth(depth: int) -> None:
    quote = b"\\" * (2**depth - 1) + b'"'
    inner = b"\\" * (2 ** (depth + 1) - 1) + b'"'
    block = b"%baccess_token%b:%btok-%bFAKE%b,%bb%b" % (quote, quote, quote, inner, quote, quote, quote)
    assert secrets(block) == [("access_token", b"tok-%bFAKE" % inner)]


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_raw_line_end_closes_a_string(end: bytes) -> None:
    assert secrets(b'"access_token":"tok-FAKE' + end + b"more") == [("access_token", b"tok-FAKE")]


def test_a_string_without_an_end_goes_to_the_end_of_the_block_and_may_go_on() -> None:
    block = b'"access_token":"tok-FAKE'
    (span,) = SCAN.run(block, 0, False).spans
    assert span.end == len(block)
    assert span.ending is not None
    assert span.ending(b'-more","b"', 0) == 5


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"?access_token=tok-FAKE&x=1", [("access_token", b"tok-FAKE")]),
        (b"access_token=tok-FAKE", [("access_token", b"tok-FAKE")]),
        (b"/access_token=tok-FAKE", []),
        (b"%3Faccess_token%3Dtok-FAKE%26x%3D1", [("access_token", b"tok-FAKE")]),
    ],
)
def test_a_query_field_begins_at_a_delimiter_and_ends_at_the_next(
    block: bytes, expected: list[tuple[str, bytes]]
) -> None:
    assert secrets(block) == expected


@pytest.mark.parametrize(("size", "expected"), [(16 * 1024, [("code", b"c-12345")]), (16 * 1024 + 1, [])])
def test_code_is_a_secret_in_an_oauth_body_of_up_to_16_kilobytes(size: int, expected: list[tuple[str, bytes]]) -> None:
    block = b'{"grant_type":"authorization_code","code":"c-12345","p":"'
    block += b" " * (size - len(block) - 2) + b'"}'
    assert len(block) == size
    assert secrets(block) == expected


def test_code_is_no_secret_before_the_end_of_a_body_is_known() -> None:
    assert secrets(b'{"grant_type":"authorization_code","code":"c-12345"}', final=False) == []


def test_a_token_is_a_secret_anywhere() -> None:
    assert set(secrets(f"of {TOKEN}, there".encode())) == {("", TOKEN.encode())}


def test_a_block_is_scanned_from_its_start_offset_on() -> None:
    block = b'{"access_token":"one-FAKE","refresh_token":"two-FAKE"}'
    spans = SCAN.run(block, block.index(b',"refresh'), True).spans
    assert [block[span.start : span.end] for span in spans] == [b"two-FAKE"]


def test_only_codecs_that_may_apply_are_named() -> None:
    assert SCAN.run(b"plain words", 0, True).codecs == []
    assert [codec.name for codec in SCAN.run(b"of %73k", 0, True).codecs] == ["escapes"]


def test_literals_are_found_longest_first() -> None:
    assert words(b"ada lovelace, ada", b"ada", b"ada lovelace", bordered=False) == [b"ada lovelace", b"ada"]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"/home/ada/x", [b"ada"]),
        (b"adam", []),
        (b"nada", []),
        (b"ada7", []),
        (b"_ada_", [b"_ada"]),
        (b"\\nada", [b"\\nada"]),
        (b"%2Fada", [b"%2Fada"]),
        (b"\\u002fada", [b"\\u002fada"]),
    ],
)
def test_a_bordered_literal_is_a_whole_word_also_after_an_escape(block: bytes, expected: list[bytes]) -> None:
    assert words(block, b"ada", bordered=True) == expected


def test_a_literal_may_contain_characters_of_expressions() -> None:
    assert words(b"a.c abc a+c", b"a.c", b"a+c", bordered=False) == [b"a.c", b"a+c"]


def test_a_span_of_a_literal_may_go_on_up_to_the_end_of_its_run() -> None:
    span: Span = next(literals([b"ada"], RULE, bordered=False)(b"ada-1 x", 0))
    assert span.ending is not None
    assert span.ending(b"ada-1 x", 0) == 5
    assert span.ending(b"ada-1", 0) is None
