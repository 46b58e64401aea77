"""The noise filter."""

import pytest

from wirelore.compare.features import PRESENT, Case, Feature, FeaturePath, Features
from wirelore.compare.noise import UNSTABLE, Differing, without_noise

PATH = FeaturePath("request-bodies", Case("POST /x"), "/body/a")
FEATURE = Feature(PATH, PRESENT)


def runs(*counts: int, of: int = 4) -> list[Features]:
    """Return captures with these numbers of occurrences of a member."""
    captures = []
    for count in counts:
        features = Features("made")
        features.room[PATH._replace(place="/body")] = of
        if count:
            features.counts[FEATURE] = count
        captures.append(features)
    return captures


def outcome(differing: Differing) -> str:
    """Return the change, the reason why it is noise, or an empty string."""
    if differing.noise:
        return differing.noise[0][1]
    return " > ".join(differing.real[0].change) if differing.real else ""


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
        (runs(4, 4), runs(4, 1), UNSTABLE),
        (runs(0, 0), runs(0, 4), UNSTABLE),
        (runs(0, 0, 0, 0), runs(4, 4, 4, 0), UNSTABLE),
        (runs(*[0] * 9), runs(*[4] * 8, 0), "never > sometimes"),
    ],
)
def test_a_member_of_one_scenario(before: list[Features], after: list[Features], expected: str) -> None:
    assert outcome(without_noise({"s": (before, after)})) == expected


def test_a_feature_that_is_unstable_in_one_scenario_is_noise_in_another() -> None:
    steady, flapping = (runs(4, 4), runs(0, 0)), (runs(4, 0), runs(4, 4))
    assert outcome(without_noise({"a": steady})) == "always > never"
    assert outcome(without_noise({"a": steady, "b": flapping})) == UNSTABLE


def test_members_of_an_absent_place_are_not_compared() -> None:
    assert outcome(without_noise({"s": (runs(0, of=0), runs(4))})) == ""
