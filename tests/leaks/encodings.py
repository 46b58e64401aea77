"""Encodings: the ways to write a text that contains a secret."""

import base64
import json
import random
from collections.abc import Callable
from urllib.parse import quote

Write = Callable[[str, random.Random], str]
_LEAD = "here it is, as said: "
"""A preceding text: base64 and hex are decoded only from 15 consecutive ASCII characters on."""


def _unicode(character: str) -> str:
    return f"\\u{ord(character):04x}"


def _url_encode_more(text: str, chance: random.Random) -> str:
    """URL-encode, including characters that do not need it."""
    return "".join(
        _percent(character) if character.isascii() and chance.random() < 0.3 else quote(character, safe="")
        for character in text
    )


def _percent(character: str) -> str:
    return f"%{ord(character):02X}"


def _nested(depth: int) -> Write:
    def write(text: str, chance: random.Random) -> str:
        for level in range(depth):
            text = json.dumps({f"level{level}": text, "n": chance.randrange(9)}, ensure_ascii=chance.random() < 0.5)
        return text

    return write


def _base64(text: str, chance: random.Random) -> str:
    return base64.b64encode((_LEAD + "x" * chance.randrange(3) + " " + text).encode()).decode()


def _base64_url(text: str, chance: random.Random) -> str:
    return base64.urlsafe_b64encode(("y" * chance.randrange(3) + _LEAD + text + " and?>more").encode()).decode()


def _base64_json(text: str, chance: random.Random) -> str:
    document = {"n": "m" * chance.randrange(3), "event": {"text": text}}
    return base64.b64encode(json.dumps(document).encode()).decode().rstrip("=")


def _twice(text: str, chance: random.Random) -> str:
    return base64.b64encode(_base64(text, chance).encode()).decode()


WRITTEN: dict[str, Write] = {
    "plain": lambda text, chance: text,
    "JSON in a string": _nested(1),
    "JSON in a string, twice": _nested(2),
    "JSON in a string, three deep": _nested(3),
    "base64": _base64,
    "base64 for URLs": _base64_url,
    "base64 of JSON": _base64_json,
    "base64 of base64": _twice,
    "hex": lambda text, chance: f"{_LEAD}{text}".encode().hex(),
    "HEX": lambda text, chance: f"{_LEAD}{text}".encode().hex().upper(),
    "URL-encoding": lambda text, chance: quote(text, safe=""),
    "URL-encoding twice": lambda text, chance: quote(quote(text, safe=""), safe=""),
    "URL-encoding with more characters as %": lambda text, chance: _url_encode_more(text, chance),
    "all characters as %": lambda text, chance: "".join(f"%{byte:02X}" for byte in text.encode()),
}
"""Encodings of a text as a text."""
ESCAPED: dict[str, Write] = {
    "some characters as \\u": lambda text, chance: _escaped(text, chance, 0.3),
    "all characters as \\u": lambda text, chance: _escaped(text, chance, 1.0),
    "\\/": lambda text, chance: json.dumps(text)[1:-1].replace("/", "\\/"),
}
"""Encodings inside a JSON string, which then needs no further escaping."""
BYTES: dict[str, Callable[[str], bytes]] = {
    "UTF-16LE": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: text.encode("utf-16-be"),
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
}
"""Encodings of a whole body."""


def _escaped(text: str, chance: random.Random, share: float) -> str:
    return "".join(
        _unicode(character) if chance.random() < share else json.dumps(character, ensure_ascii=False)[1:-1]
        for character in text
    )
