"""The limits of learning: words, tags and names of members at their limits and beyond."""

import pytest

from wirelore.schema.limits import has_no_surrogate, is_free_key, is_storable, is_tag, is_word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("end_turn", True),
        ("claude-2.1", True),
        ("a/b:c", True),
        ("w" * 64, True),
        ("w" * 65, False),
        ("", False),
        ("Text", False),
        ("1st", False),
        ("two words", False),
        ("é", False),
        ("word\n", False),
        ("https://example.com", False),
        ("a//b", False),
        ("main.py", False),
        ("a.b_c", True),
        ("0f0f0f0f-1111-4222-8333-444444444444", False),
        ("deadbeef01234567", False),
        ("id-0123456789abcdef", False),
        ("id-0123456789abcde", True),
    ],
)
def test_a_word_is_an_identifier_of_the_protocol(text: str, expected: bool) -> None:
    assert is_word(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Text", True),
        ("text", True),
        ("T" * 64, True),
        ("T" * 65, False),
        ("", False),
        ("no tag", False),
        ("main.py", True),
        ("x0123456789abcdef", False),
    ],
)
def test_a_tag_may_have_capital_letters_and_up_to_64_characters(text: str, expected: bool) -> None:
    assert is_tag(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("", True), ("é" * 200, True), ("é" * 201, False), ("a\ud800", False), ("\U0001f600", True)]
)
def test_a_string_of_up_to_200_characters_without_lone_surrogates_is_storable(text: str, expected: bool) -> None:
    assert is_storable(text) is expected


@pytest.mark.parametrize("sign", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_every_lone_surrogate_is_noticed(sign: int) -> None:
    assert not has_no_surrogate(f"a{chr(sign)}")


@pytest.mark.parametrize("sign", [0xD7FF, 0xE000, 0x10000])
def test_the_characters_beside_surrogates_are_none(sign: int) -> None:
    assert has_no_surrogate(f"a{chr(sign)}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("content", False),
        ("7", True),
        ("7a", False),
        ("0f0f0f0f-1111-4222-8333-444444444444", True),
        ("0123456789abcdef", True),
        ("0123456789abcde", False),
        ("toolu_0123456789AbCdEf", True),
        ("toolu_0123456789AbCdE", False),
        ("toolu_AbCdEfGhIjKlMnOpQr", False),
        ("n" * 200, False),
        ("n" * 201, True),
        ("a\udfff", True),
    ],
)
def test_an_id_or_a_name_that_cannot_be_stored_is_a_free_key(name: str, expected: bool) -> None:
    assert is_free_key(name) is expected
