"""The campaign: thousands of plants, brought into captures in each way there is."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.leaks.kinds import FREE, WORD, Kind
from tests.leaks.made import Made, cut
from tests.leaks.places import PLACES, Place
from tests.leaks.planting import Plant, planted
from tests.leaks.search import Left, Search
from wirelore.redaction.pseudonyms import Pseudonyms
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.secret_rules import packaged
from wirelore.store.writer import CaptureWriter

KEY = b"\x07" * 32


def plants(place: Place, chance: random.Random, times: int, kinds: int = 0) -> list[Plant]:
    """Each kind some times in the place, in encodings drawn by lot; `kinds` takes so many kinds of them."""
    chosen = place.kinds if not kinds else chance.sample(place.kinds, kinds)
    made = []
    for kind in chosen:
        for _ in range(times):
            tried = (
                planted(place.name, kind, encoding, chance)
                for encoding in chance.sample(place.encodings, len(place.encodings))
            )
            fitting = next((plant for plant in tried if place.fits(plant)), None)
            made += [fitting] if fitting else []
    chance.shuffle(made)
    return made


def built(place: Place, given: Sequence[Plant], chance: random.Random) -> Iterator[Made]:
    """The exchanges that have the plants in that place."""
    for at in range(0, len(given), place.batch):
        yield place.build(given[at : at + place.batch], chance)


def redactor(given: Iterable[Plant]) -> Redactor:
    """A redactor that knows the words among the plants."""
    return Redactor(KEY, words=[plant.secret for plant in given if plant.kind is WORD])


def write(folder: Path, given: Sequence[Plant], places: Iterable[Place], chance: random.Random) -> CaptureWriter:
    """A capture of the plants, through the store's door."""
    said = [plant for plant in given if plant.place == "manifest"]
    options = {f"option{number}": plant.text for number, plant in enumerate(said[::2])}
    writer = CaptureWriter(folder, redactor(given), tool={"name": "a test"}, options=options)
    for place in places:
        for made in built(place, [plant for plant in given if plant.place == place.name], chance):
            entry = writer.begin(made.exchange.started_us, made.request, connection=made.connection)
            entry.notes = dict(made.notes)
            for us, data in cut(made.sent, chance):
                entry.request_chunk(us, data)
            entry.response_head(made.response, 1)
            for us, data in cut(made.got, chance):
                entry.response_chunk(us, data)
            if made.trailers.lines:
                entry.trailers(chance.choice(("request", "response")), made.trailers)
            entry.end(made.end)
    writer.notes.update({"noted": [plant.text for plant in said[1::2]]})
    writer.close()
    return writer


def everywhere(chance: random.Random, times: int) -> list[Plant]:
    """Plants of every kind in every place and in the manifest."""
    made = [plant for place in PLACES for plant in plants(place, chance, times)]
    manifest = Place("manifest", PLACES[0].build)
    return [*made, *plants(manifest, chance, 1)]


def table(left: Iterable[Left], most: int = 60) -> str:
    """What was found, by kind, place and encoding, without a value."""
    found: dict[tuple[str, str, str], list[Left]] = {}
    for one in left:
        found.setdefault((one.plant.place, one.plant.encoding, one.plant.kind.name), []).append(one)
    lines = [f"{'place':36} {'encoding':30} {'kind':26} plants longest where, undone"]
    ordered = sorted(found.items())
    for (place, encoding, kind), ones in ordered[:most]:
        count = len({id(one.plant) for one in ones})
        one = max(ones, key=lambda one: one.size)
        lines.append(
            f"{place:36} {encoding:30} {kind:26} {count:6} {one.size:7} {one.where}, {one.undone or 'nothing'}"
        )
    lines += [f"... and {len(ordered) - most} lines more"] if len(ordered) > most else []
    return "\n".join(lines)


def counted(given: Iterable[Plant]) -> Iterator[str]:
    """How many plants there are, by kind, place and encoding."""
    everything = list(given)
    yield f"{len(everything)} secrets planted"
    for name, counts in (
        ("kinds", Counter(plant.kind.name for plant in everything)),
        ("places", Counter(plant.place for plant in everything)),
        ("encodings", Counter(plant.encoding for plant in everything)),
    ):
        listed = ", ".join(f"{one} {count}" for one, count in sorted(counts.items()))
        yield f"{len(counts)} {name}: {listed}"


def whole_kinds() -> list[Kind]:
    """The kinds whose own form tells them and that have one pseudonym."""
    return [kind for kind in FREE if kind.whole and "\\" not in kind.lead and "'" not in kind.lead]


def pseudonyms(given: Iterable[Plant]) -> Search:
    """A search for what stands in the place of the plants."""
    made = Pseudonyms(KEY, packaged().prefix)
    lines = ((plant, line) for plant in given for line in plant.secret.splitlines())
    return Search(replace(plant, secret=made.pseudonym(line.encode()).decode()) for plant, line in lines)


def explanation(value: str, made: Search, capture: Path) -> str:
    """What a string that a scanner took for a secret is, after pseudonyms that were made again with the key."""
    if any(made.parts(value.encode())):
        return "pseudonyms"
    if any(made.data(value.encode(), "")):
        return "pseudonyms in an encoding"
    return "hashes of bodies" if value in _hashes(capture) else "other"


@cache
def _hashes(capture: Path) -> frozenset[str]:
    texts = (path.read_text() for path in capture.rglob("*.json"))
    return frozenset(found for text in texts for found in re.findall(r'sha256": "([0-9a-f]{64})"', text))
