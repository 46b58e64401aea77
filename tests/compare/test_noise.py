"""Weighing: what differs, and what only comes and goes."""

import pytest

from wirelore.compare.features import PRESENT, Case, Feature, FeaturePath, Features
from wirelore.compare.noise import FLAPPING, Differing, without_noise

SPOT = FeaturePath("request-bodies", Case("POST /x"), "/body/a")
THERE = Feature(SPOT, PRESENT)


def runs(*counts: int, of: int = 4) -> list[Features]:
    """Captures that show a member so often."""
    made = []
    for count in counts:
        features = Features("made")
        features.room[SPOT._replace(place="/body")] = of
        if count:
            features.counts[THERE] = count
        made.append(features)
    return made


def outcome(found: Differing) -> str:
    """The change, why there is none, or empty."""
    if found.noise:
        return found.noise[0][1]
    return " > ".join(found.real[0].change) if found.real else ""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (runs(4, 4), runs(4, 4), ""),
        (runs(0, 0), runs(0, 0), ""),
        (runs(0, 0), runs(4, 4), "never > always"),
        (runs(4, 4), runs(0, 0), "always > never"),
        (runs(0), runs(2), "never > sometimes"),
        (runs(4, 4), runs(3, 1), "always > sometimes"),
        (runs(3, 1), runs(1, 2), ""),
        (runs(4, 4), runs(4, 1), FLAPPING),
        (runs(0, 0), runs(0, 4), FLAPPING),
        (runs(0, 0, 0, 0), runs(4, 4, 4, 0), FLAPPING),
        (runs(*[0] * 9), runs(*[4] * 8, 0), "never > sometimes"),
    ],
)
def test_a_member_of_one_scenario(before: list[Features], after: list[Features], expected: str) -> None:
    assert outcome(without_noise({"s": (before, after)})) == expected


def test_what_flaps_in_one_scenario_is_no_difference_in_another() -> None:
    steady, flapping = (runs(4, 4), runs(0, 0)), (runs(4, 0), runs(4, 4))
    assert outcome(without_noise({"a": steady})) == "always > never"
    assert outcome(without_noise({"a": steady, "b": flapping})) == FLAPPING


def test_a_place_that_is_not_there_on_one_side_says_nothing_of_its_members() -> None:
    assert outcome(without_noise({"s": (runs(0, of=0), runs(4))})) == ""
