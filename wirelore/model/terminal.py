"""Text fit for a terminal: what one would obey (escape sequences, changes of direction) is written as an escape."""

import re

_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ALSO = re.compile("[\t\n]")


def printable(text: str, *, line: bool = False) -> str:
    """The text without anything that a terminal obeys; tabs and line ends stay, but not in what must be one `line`."""
    text = _OBEYED.sub(_escaped, text)
    return _ALSO.sub(_escaped, text) if line else text


def _escaped(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode()
