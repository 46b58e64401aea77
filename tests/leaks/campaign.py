"""The campaign: thousands of secrets planted in captures, by every way into a capture."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.leaks.exchanges import PlantedExchange, cut
from tests.leaks.kinds import FREE, WORD, Kind
from tests.leaks.places import PLACES, Place
from tests.leaks.planting import Plant, new_plant
from tests.leaks.search import Remain, Search
from wirelore.model.wording import quantity
from wirelore.redaction.pseudonyms import Pseudonyms
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.secret_rules import packaged
from wirelore.store.writer import CaptureWriter

KEY = b"\x07" * 32


def plants(place: Place, chance: random.Random, times: int, kinds: int = 0) -> list[Plant]:
    """Return plants of each kind in a place, `times` each, in random encodings; `kinds` limits the number of kinds."""
    chosen_kinds = place.kinds if not kinds else chance.sample(place.kinds, kinds)
    result = []
    for kind in chosen_kinds:
        for _ in range(times):
            candidates = (
                new_plant(place.name, kind, encoding, chance)
                for encoding in chance.sample(place.encodings, len(place.encodings))
            )
            fitting = next((plant for plant in candidates if place.fits(plant)), None)
            result += [fitting] if fitting else []
    chance.shuffle(result)
    return result


def built(place: Place, planted: Sequence[Plant], chance: random.Random) -> Iterator[PlantedExchange]:
    """Yield the exchanges with the plants in that place."""
    for start in range(0, len(planted), place.batch):
        yield place.build(planted[start : start + place.batch], chance)


def redactor(planted: Iterable[Plant]) -> Redactor:
    """Return a redactor that knows the words among the plants."""
    return Redactor(KEY, words=[plant.secret for plant in planted if plant.kind is WORD])


def write(folder: Path, planted: Sequence[Plant], places: Iterable[Place], chance: random.Random) -> CaptureWriter:
    """Write a capture with the plants through the store."""
    manifest_plants = [plant for plant in planted if plant.place == "manifest"]
    options = {f"option{number}": plant.text for number, plant in enumerate(manifest_plants[::2])}
    writer = CaptureWriter(folder, redactor(planted), tool={"name": "a test"}, options=options)
    for place in places:
        for item in built(place, [plant for plant in planted if plant.place == place.name], chance):
            entry = writer.begin(item.exchange.started_us, item.request, connection=item.connection)
            entry.notes = dict(item.notes)
            for us, data in cut(item.request_body, chance):
                entry.request_chunk(us, data)
            entry.response_head(item.response, 1)
            for us, data in cut(item.response_body, chance):
                entry.response_chunk(us, data)
            if item.trailers.lines:
                entry.trailers(chance.choice(("request", "response")), item.trailers)
            entry.end(item.end)
    writer.notes.update({"noted": [plant.text for plant in manifest_plants[1::2]]})
    writer.close()
    return writer


def everywhere(chance: random.Random, times: int) -> list[Plant]:
    """Return plants of every kind in every place and in the manifest."""
    result = [plant for place in PLACES for plant in plants(place, chance, times)]
    manifest = Place("manifest", PLACES[0].build)
    return [*result, *plants(manifest, chance, 1)]


def table(remains: Iterable[Remain], limit: int = 60) -> str:
    """Return a table of the remains by kind, place and encoding, without values."""
    groups: dict[tuple[str, str, str], list[Remain]] = {}
    for remain in remains:
        groups.setdefault((remain.plant.place, remain.plant.encoding, remain.plant.kind.name), []).append(remain)
    lines = [f"{'place':36} {'encoding':30} {'kind':26} plants longest where, decoded"]
    ordered = sorted(groups.items())
    for (place, encoding, kind), group in ordered[:limit]:
        count = len({id(remain.plant) for remain in group})
        remain = max(group, key=lambda remain: remain.size)
        decoded_as = remain.decoded_as or "nothing"
        lines.append(f"{place:36} {encoding:30} {kind:26} {count:6} {remain.size:7} {remain.location}, {decoded_as}")
    lines += [f"... and {quantity(len(ordered) - limit, 'more line')}"] if len(ordered) > limit else []
    return "\n".join(lines)


def counted(planted: Iterable[Plant]) -> Iterator[str]:
    """Yield the numbers of plants by kind, place and encoding."""
    everything = list(planted)
    yield f"{quantity(len(everything), 'secret')} planted"
    for name, counts in (
        ("kinds", Counter(plant.kind.name for plant in everything)),
        ("places", Counter(plant.place for plant in everything)),
        ("encodings", Counter(plant.encoding for plant in everything)),
    ):
        listed = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
        yield f"{len(counts)} {name}: {listed}"


def whole_kinds() -> list[Kind]:
    """Return the kinds that are recognised by their form and have one pseudonym."""
    return [kind for kind in FREE if kind.whole and "\\" not in kind.lead and "'" not in kind.lead]


def pseudonyms(planted: Iterable[Plant]) -> Search:
    """Return a search for the pseudonyms of the plants."""
    generator = Pseudonyms(KEY, packaged().prefix)
    lines = ((plant, line) for plant in planted for line in plant.secret.splitlines())
    return Search(replace(plant, secret=generator.pseudonym(line.encode()).decode()) for plant, line in lines)


def explanation(value: str, search: Search, capture: Path) -> str:
    """Classify a string reported by a scanner, using pseudonyms computed again with the key."""
    if any(search.parts(value.encode())):
        return "pseudonyms"
    if any(search.data(value.encode(), "")):
        return "pseudonyms in an encoding"
    return "hashes of bodies" if value in _hashes(capture) else "other"


@cache
def _hashes(capture: Path) -> frozenset[str]:
    texts = (path.read_text() for path in capture.rglob("*.json"))
    return frozenset(digest for text in texts for digest in re.findall(r'sha256": "([0-9a-f]{64})"', text))
