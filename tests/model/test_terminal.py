"""Escaping for a terminal: control characters are escaped, and everything else stays."""

import pytest

from wirelore.model.terminal import printable

OBEYED = {
    "escape sequence": ("\x1b]0;x\x07", r"\x1b]0;x\x07"),
    "carriage return": ("a\rb", r"a\rb"),
    "C1": ("\x9b2J", r"\x9b2J"),
    "change of direction": ("a\u202eb", r"a\u202eb"),
    "lone surrogate": ("a\udcffb", r"a\udcffb"),
    "NUL": ("\0", r"\x00"),
}


@pytest.mark.parametrize("name", OBEYED)
def test_control_characters_are_escaped(name: str) -> None:
    text, expected = OBEYED[name]
    assert printable(f"x{text}y") == f"x{expected}y"


def test_texts_of_all_languages_stay_with_their_tabs_and_lines() -> None:
    text = "Zo\u00eb \u4f60\u597d \U0001f600\t1\n2\n"
    assert printable(text) == text


def test_a_line_has_no_line_ends() -> None:
    assert printable("a\tb\nc", line=True) == r"a\tb\nc"
