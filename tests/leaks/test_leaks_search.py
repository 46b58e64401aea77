"""The search of the campaign finds secrets that are not redacted, in every encoding."""

import random

import pytest

from tests.leaks.encodings import BYTES, ESCAPED, WRITTEN
from tests.leaks.exchanges import document, events
from tests.leaks.kinds import FREE
from tests.leaks.planting import Plant, kinds_of_text, new_plant
from tests.leaks.search import Search, joined

CHANCE = random.Random(7)
ENCODINGS = [*WRITTEN, *ESCAPED, *BYTES]


def longest(plant: Plant, data: bytes) -> int:
    return max((remain.size for remain in Search([plant]).data(data, "here")), default=0)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_secret_of_every_kind_is_found_completely_in_every_encoding(encoding: str) -> None:
    missed = []
    for kind in kinds_of_text():
        plant = new_plant("here", kind, encoding, CHANCE)
        data = BYTES[encoding](plant.text) if encoding in BYTES else document([plant], CHANCE).encode()
        secret = plant.secret.replace(kind.public[0], "") if kind.public else plant.secret.removeprefix(kind.kept)
        if longest(plant, data) < min(20, len(secret)) - 3:
            missed.append(kind.name)
    assert missed == []


def test_a_secret_in_the_deltas_of_a_stream_is_found() -> None:
    plant = new_plant("here", FREE[0], "plain", CHANCE)
    assert longest(plant, joined(events([plant], CHANCE, "text_delta", "text"))) == len(plant.secret)


def test_eight_characters_are_found_and_seven_are_not() -> None:
    plant = new_plant("here", FREE[0], "plain", CHANCE)
    part = plant.secret[20:28]
    assert longest(plant, b"a " + part.encode() + b" b") == 8
    assert longest(plant, part[:7].encode() + b" b") == 0


def test_the_prefix_that_a_pseudonym_keeps_does_not_count() -> None:
    plant = new_plant("here", FREE[0], "plain", CHANCE)
    assert longest(plant, plant.kind.kept.encode()) == 0
