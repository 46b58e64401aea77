"""Weighing: which traits truly differ between two sides, and which differ as they do among recordings of one side.

Like is held against like: captures of one scenario with captures of the same scenario. A trait that comes and goes
among the recordings of one side and scenario flaps; what flaps is no difference, unless one side never shows it at all
and the other so often that chance is no explanation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analyzers._traits import COUNTED, TEXT, VALUE, Spot, Trait, Traits

NEVER, SOMETIMES, ALWAYS, SEEN = "never", "sometimes", "always", "seen"
"""How often a capture shows a trait; SEEN where it does not matter how often."""

CHANCE = 0.02
"""The probability, at most, that a side does not show by chance what flaps on the other."""

FLAPPING = "comes and goes among recordings of one side"
RESTLESS = "the values here differ among recordings of one side"
"""Why differences are noise."""

Pair = tuple[Sequence[Traits], Sequence[Traits]]
"""The captures of both sides of one scenario."""


@dataclass
class Weight:
    """What all scenarios show of one trait."""

    trait: Trait
    steady: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By scenario how often each side shows it, where the sides differ and each agrees with itself."""
    unsteady: set[str] = field(default_factory=set)
    """Scenarios in which the sides differ, and one does not agree with itself."""
    flaps: bool = False
    """Whether a side does not agree with itself in some scenario."""
    shown: list[int] = field(default_factory=lambda: [0, 0])
    """In how many captures of each side it was seen."""
    possible: list[int] = field(default_factory=lambda: [0, 0])
    """In how many captures of each side it could have been seen."""

    def take(self, scenario: str, pair: Pair) -> None:
        """Adds what one scenario shows."""
        kinds = [_kinds(self.trait, captures) for captures in pair]
        for side, seen in enumerate(kinds):
            self.shown[side] += sum(kind != NEVER for kind in seen)
            self.possible[side] += len(seen)
        before, after = set(kinds[0]), set(kinds[1])
        self.flaps = self.flaps or len(before) > 1 or len(after) > 1
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
class Weighed:
    """All traits on which the sides differ."""

    real: list[Weight]
    noise: list[tuple[Weight, str]]
    """With the reason."""


def weigh(groups: Mapping[str, Pair]) -> Weighed:
    """The traits on which two sides differ, sorted."""
    weights: dict[Trait, Weight] = {}
    for scenario, pair in sorted(groups.items()):
        for trait in {trait for side in pair for traits in side for trait in traits.counts}:
            weights.setdefault(trait, Weight(trait)).take(scenario, pair)
    restless = _restless(weights.values())
    found = Weighed([], [])
    for weight in sorted(weights.values(), key=lambda one: one.trait):
        if not weight.steady and not weight.unsteady:
            continue
        why = _noise(weight, weight.trait.spot in restless and weight.trait.aspect in (VALUE, TEXT))
        if why:
            found.noise.append((weight, why))
        else:
            found.real.append(weight)
    return found


def _noise(weight: Weight, restless: bool) -> str:
    """Why a difference is none; empty if it is one."""
    if not weight.flaps and not restless:
        return ""
    if weight.one_sided and weight.by_chance < CHANCE:
        return ""
    return RESTLESS if restless else FLAPPING


def _restless(weights: Iterable[Weight]) -> set[Spot]:
    """The places whose values flap."""
    return {one.trait.spot for one in weights if one.flaps and one.trait.aspect in (VALUE, TEXT)}


def _kinds(trait: Trait, captures: Sequence[Traits]) -> list[str]:
    """How often each capture shows a trait, of those that could."""
    found = []
    for traits in captures:
        if of := traits.of(trait):
            count = traits.counts.get(trait, 0)
            if trait.aspect in COUNTED and count:
                found.append(ALWAYS if count >= of else SOMETIMES)
            else:
                found.append(SEEN if count else NEVER)
    return found
