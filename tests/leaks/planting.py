"""Planting of secrets: kind, place, encoding and resulting text."""

import json
import random
from dataclasses import dataclass
from urllib.parse import quote

from tests.leaks.encodings import BYTES, ESCAPED, WRITTEN
from tests.leaks.kinds import FREE, NAMED, WORD, Kind, chars

_LEADS = ("", "the key is ", "use (", "x=", "line\n", "\t", "see: ", "a,", "é ", "[")
_TRAILS = ("", " and so on", ")", "\n", ", please", "; echo", " é", "]", '"')


@dataclass(frozen=True)
class Plant:
    """A planted secret with its place."""

    kind: Kind
    place: str
    encoding: str
    secret: str
    text: str = ""
    """The secret with the text that reveals it and the surrounding text, encoded."""
    raw: bool = False
    """True if the text is the inside of a JSON string."""


def new_plant(place: str, kind: Kind, encoding: str, chance: random.Random) -> Plant:
    """Return a new secret in an encoding."""
    secret = kind.make(chance)
    text = sentence(kind, secret, chance)
    if encoding in WRITTEN:
        return Plant(kind, place, encoding, secret, WRITTEN[encoding](text, chance))
    if encoding in BYTES:
        return Plant(kind, place, encoding, secret, text)
    return Plant(kind, place, encoding, secret, ESCAPED[encoding](text, chance), raw=True)


def sentence(kind: Kind, secret: str, chance: random.Random) -> str:
    """Return a text with the secret, or a document or query in which a name reveals it."""
    if not kind.members:
        return chance.choice(_LEADS) + kind.text(secret) + chance.choice(_TRAILS)
    name = chance.choice(kind.members)
    if chance.random() < 0.3:
        return f"https://x.test/y?a=1&{name}={quote(kind.text(secret), safe='')}&z=2"
    return json.dumps({"a": chance.randrange(99), "inner": {name: kind.text(secret)}})


def kinds_of_text() -> list[Kind]:
    """Return the kinds that can be recognised in a text."""
    return [*FREE, WORD, *(kind for kind in NAMED if kind.members)]


def kinds_of_headers() -> list[Kind]:
    """Return the kinds that can be recognised in a header."""
    return [*(kind for kind in FREE if "\n" not in kind.lead), WORD, *(kind for kind in NAMED if kind.headers)]


def key(chance: random.Random) -> str:
    """Return a member name that reveals nothing."""
    return chance.choice(("text", "content", "input", "x", "value", "note", "message", chars("abcdefgh", 6)(chance)))
