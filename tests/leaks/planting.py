"""Planting: which secret goes where in which encoding, and what became of it."""

import json
import random
from dataclasses import dataclass
from urllib.parse import quote

from tests.leaks.encodings import BYTES, ESCAPED, WRITTEN
from tests.leaks.kinds import FREE, TOLD, WORD, Kind, of

_LEADS = ("", "the key is ", "use (", "x=", "line\n", "\t", "see: ", "a,", "é ", "[")
_TRAILS = ("", " and so on", ")", "\n", ", please", "; echo", " é", "]", '"')


@dataclass(frozen=True)
class Plant:
    """A secret, and where it was put."""

    kind: Kind
    place: str
    encoding: str
    secret: str
    text: str = ""
    """The secret with what tells it and what stands around it, written in its encoding."""
    raw: bool = False
    """Whether the text is the inside of a JSON string already."""


def planted(place: str, kind: Kind, encoding: str, chance: random.Random) -> Plant:
    """A new secret in an encoding."""
    secret = kind.make(chance)
    said = sentence(kind, secret, chance)
    if encoding in WRITTEN:
        return Plant(kind, place, encoding, secret, WRITTEN[encoding](said, chance))
    if encoding in BYTES:
        return Plant(kind, place, encoding, secret, said)
    return Plant(kind, place, encoding, secret, ESCAPED[encoding](said, chance), raw=True)


def sentence(kind: Kind, secret: str, chance: random.Random) -> str:
    """A text that says the secret, or a document or a query in which a name tells it."""
    if not kind.members:
        return chance.choice(_LEADS) + kind.text(secret) + chance.choice(_TRAILS)
    name = chance.choice(kind.members)
    if chance.random() < 0.3:
        return f"https://x.test/y?a=1&{name}={quote(kind.text(secret), safe='')}&z=2"
    return json.dumps({"a": chance.randrange(99), "inner": {name: kind.text(secret)}})


def kinds_of_text() -> list[Kind]:
    """The kinds that a text can tell."""
    return [*FREE, WORD, *(kind for kind in TOLD if kind.members)]


def kinds_of_headers() -> list[Kind]:
    """The kinds that a header can tell."""
    return [*(kind for kind in FREE if "\n" not in kind.lead), WORD, *(kind for kind in TOLD if kind.headers)]


def key(chance: random.Random) -> str:
    """The name of a member that tells nothing."""
    return chance.choice(("text", "content", "input", "x", "value", "note", "message", of("abcdefgh", 6)(chance)))
