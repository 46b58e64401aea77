"""Escaping of terminal control characters: escape sequences and changes of text direction."""

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_CONTROLS = re.compile("[\t\n]")


def printable(text: str, *, line: bool = False) -> str:
    """Escape all control characters; tabs and line ends only with `line`."""
    text = _CONTROLS.sub(_escaped, text)
    return _LINE_CONTROLS.sub(_escaped, text) if line else text


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()
