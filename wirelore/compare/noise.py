"""Weighing: which features truly differ between two sides, and which differ as they do among recordings of one side.

Like is held against like: captures of one scenario with captures of the same scenario. A feature that comes and goes
among the recordings of one side and scenario flaps; what flaps is no difference, unless one side never shows it at all
and the other so often that chance is no explanation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wirelore.compare.features import CASE, COUNTED, TEXT, THING, TYPE, VALUE, Case, Feature, FeaturePath, Features

NEVER, SOMETIMES, ALWAYS, SEEN = "never", "sometimes", "always", "seen"
"""How often a capture shows a feature; SEEN where it does not matter how often."""

CHANCE, CHANCE_OF_MANY = 0.005, 0.001
"""The probability, at most, that a side does not show by chance what flaps on the other; the same of a value where
values come and go: there are many of them, and each has its chance."""

FLAPPING = "comes and goes among recordings of one side"
RESTLESS = "the values here differ among recordings of one side"
AROUND = "what is around it comes and goes among recordings of one side"
"""Why differences are noise."""

_MANY, _SHARE = 3, 3
"""Scenarios in which a difference is believed wherever it is; the share of scenarios, one in so many, in which
observations of a kind may flap before none of them is believed in few scenarios."""

Pair = tuple[Sequence[Features], Sequence[Features]]
"""The captures of both sides of one scenario."""


@dataclass
class Share:
    """What all scenarios show of one feature."""

    feature: Feature
    steady: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By scenario how often each side shows it, where the sides differ and each agrees with itself."""
    unsteady: set[str] = field(default_factory=set)
    """Scenarios in which the sides differ, and one does not agree with itself."""
    flapping: set[str] = field(default_factory=set)
    """Scenarios in which a side does not agree with itself."""
    repeated: set[str] = field(default_factory=set)
    """Scenarios in which a side could not agree with itself: it has several captures."""
    shown: list[int] = field(default_factory=lambda: [0, 0])
    """In how many captures of each side it was seen."""
    possible: list[int] = field(default_factory=lambda: [0, 0])
    """In how many captures of each side it could have been seen."""

    def take(self, scenario: str, pair: Pair) -> None:
        """Adds what one scenario shows."""
        kinds = [_kinds(self.feature, captures) for captures in pair]
        for side, seen in enumerate(kinds):
            self.shown[side] += sum(kind != NEVER for kind in seen)
            self.possible[side] += len(seen)
        before, after = set(kinds[0]), set(kinds[1])
        if len(before) > 1 or len(after) > 1:
            self.flapping.add(scenario)
        if len(kinds[0]) > 1 or len(kinds[1]) > 1:
            self.repeated.add(scenario)
        if not before or not after or before == after:
            return
        if len(before) == len(after) == 1:
            self.steady[scenario] = (before.pop(), after.pop())
        else:
            self.unsteady.add(scenario)

    @property
    def one_sided(self) -> bool:
        """Whether one side never shows it."""
        return 0 in self.shown

    @property
    def by_chance(self) -> float:
        """The probability that the side that never shows it does so by chance, if the other's rate held for both.

        The rate is taken a little lower than it was seen: one capture out of one proves little.
        """
        missing = self.shown.index(0)
        rate = self.shown[1 - missing] / (self.possible[1 - missing] + 1)
        return float((1 - rate) ** self.possible[missing])

    @property
    def change(self) -> tuple[str, str]:
        """How often it was there before and after in the scenarios that differ: `sometimes` where they do not agree."""
        if not self.steady:
            return (SOMETIMES, NEVER) if self.shown[1] == 0 else (NEVER, SOMETIMES)
        before, after = (set(side) for side in zip(*self.steady.values(), strict=True))
        return before.pop() if len(before) == 1 else SOMETIMES, after.pop() if len(after) == 1 else SOMETIMES


@dataclass(frozen=True)
class Differing:
    """All features on which the sides differ."""

    real: list[Share]
    noise: list[tuple[Share, str]]
    """With the reason."""


def without_noise(groups: Mapping[str, Pair]) -> Differing:
    """The features on which two sides differ, sorted."""
    weights: dict[Feature, Share] = {}
    for scenario, pair in sorted(groups.items()):
        for feature in {feature for side in pair for features in side for feature in features.counts}:
            weights.setdefault(feature, Share(feature)).take(scenario, pair)
    restless, around = _restless(weights.values()), _Around(weights.values())
    found = Differing([], [])
    for weight in sorted(weights.values(), key=lambda one: one.feature):
        if not weight.steady and not weight.unsteady:
            continue
        valued = weight.feature.aspect in (VALUE, TEXT)
        why = _noise(weight, restless=valued and weight.feature.path in restless, around=around.is_restless(weight))
        if why:
            found.noise.append((weight, why))
        else:
            found.real.append(weight)
    return found


def _noise(weight: Share, *, restless: bool, around: bool) -> str:
    """Why a difference is none; empty if it is one."""
    if not weight.flapping and not restless and not around:
        return ""
    if weight.one_sided and weight.by_chance < (CHANCE_OF_MANY if restless else CHANCE):
        return ""
    if restless:
        return RESTLESS
    return FLAPPING if weight.flapping else AROUND


class _Around:
    """How far observations of one kind keep their structure among recordings of one side."""

    def __init__(self, weights: Iterable[Share]) -> None:
        self._flapping: dict[tuple[str, Case], set[str]] = {}
        self._repeated: dict[tuple[str, Case], set[str]] = {}
        for one in weights:
            key = one.feature.path.analyzer, one.feature.path.case
            self._repeated.setdefault(key, set()).update(one.repeated)
            if one.feature.aspect in (*COUNTED, TYPE):
                self._flapping.setdefault(key, set()).update(one.flapping)

    def is_restless(self, weight: Share) -> bool:
        """Whether the scenarios that differ are few, and such in which what is around the place comes and goes."""
        if weight.feature.aspect in (CASE, THING) or len(weight.steady) >= _MANY:
            return False
        key = weight.feature.path.analyzer, weight.feature.path.case
        flapping = self._flapping.get(key, set())
        often = _SHARE * len(flapping) >= len(self._repeated[key])
        return bool(flapping) and (often or flapping >= {*weight.steady, *weight.unsteady})


def _restless(weights: Iterable[Share]) -> set[FeaturePath]:
    """The places whose values flap."""
    return {one.feature.path for one in weights if one.flapping and one.feature.aspect in (VALUE, TEXT)}


def _kinds(feature: Feature, captures: Sequence[Features]) -> list[str]:
    """How often each capture shows a feature, of those that could."""
    found = []
    for features in captures:
        if of := features.of(feature):
            count = features.counts.get(feature, 0)
            if feature.aspect in COUNTED and count:
                found.append(ALWAYS if count >= of else SOMETIMES)
            else:
                found.append(SEEN if count else NEVER)
    return found
