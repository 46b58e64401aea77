"""The noise filter: drops differences that also occur between repeated recordings of one side.

Captures are compared with captures of the same scenario. A feature is unstable if only some recordings of one side and
scenario have it. An unstable feature is noise, unless one side never has it and the other has it too often for chance
to be an explanation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wirelore.compare.features import CASE, COUNTED, TEXT, THING, TYPE, VALUE, Case, Feature, FeaturePath, Features

NEVER, SOMETIMES, ALWAYS, SEEN = "never", "sometimes", "always", "seen"
"""The frequency of a feature in a capture; SEEN for features that are not compared by frequency."""

CHANCE, CHANCE_OF_MANY = 0.005, 0.001
"""The maximum probability that a side lacks an unstable feature of the other side by chance. The second applies to
values at places with unstable values, because there are many of them."""

UNSTABLE = "present in only some recordings of one side"
UNSTABLE_VALUES = "values differ between recordings of one side"
UNSTABLE_SURROUNDINGS = "its surroundings differ between recordings of one side"
"""The reasons why differences are noise."""

_MANY, _SHARE = 3, 3
"""The number of scenarios from which a difference is accepted at any place. The second is a divisor: if at least one in
three scenarios has unstable observations of a kind, a difference in fewer scenarios is noise."""

Pair = tuple[Sequence[Features], Sequence[Features]]
"""The captures of both sides of one scenario."""


@dataclass
class Share:
    """The presence of one feature on both sides in all scenarios."""

    feature: Feature
    steady: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The frequency on each side, for scenarios in which the sides differ and each is stable."""
    unsteady: set[str] = field(default_factory=set)
    """Scenarios in which the sides differ and at least one is unstable."""
    flapping: set[str] = field(default_factory=set)
    """Scenarios in which a side is unstable."""
    repeated: set[str] = field(default_factory=set)
    """Scenarios in which a side has several captures, so that it can be unstable."""
    shown: list[int] = field(default_factory=lambda: [0, 0])
    """The number of captures of each side with the feature."""
    possible: list[int] = field(default_factory=lambda: [0, 0])
    """The number of captures of each side that could have it."""

    def add(self, scenario: str, pair: Pair) -> None:
        """Add the captures of one scenario."""
        kinds = [_kinds(self.feature, captures) for captures in pair]
        for side, side_kinds in enumerate(kinds):
            self.shown[side] += sum(kind != NEVER for kind in side_kinds)
            self.possible[side] += len(side_kinds)
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
        """True if one side never has the feature."""
        return 0 in self.shown

    @property
    def by_chance(self) -> float:
        """The probability that one side lacks the feature by chance, assuming the rate of the other side for both.

        The rate is lowered slightly, because one capture of one proves little.
        """
        missing = self.shown.index(0)
        rate = self.shown[1 - missing] / (self.possible[1 - missing] + 1)
        return float((1 - rate) ** self.possible[missing])

    @property
    def change(self) -> tuple[str, str]:
        """The frequency before and after in the differing scenarios; `sometimes` if they disagree."""
        if not self.steady:
            return (SOMETIMES, NEVER) if self.shown[1] == 0 else (NEVER, SOMETIMES)
        before, after = (set(side) for side in zip(*self.steady.values(), strict=True))
        return before.pop() if len(before) == 1 else SOMETIMES, after.pop() if len(after) == 1 else SOMETIMES


@dataclass(frozen=True)
class Differing:
    """The features that differ between the sides."""

    real: list[Share]
    noise: list[tuple[Share, str]]
    """Ignored features with the reason."""


def without_noise(groups: Mapping[str, Pair]) -> Differing:
    """Return the features that differ between two sides, sorted."""
    shares: dict[Feature, Share] = {}
    for scenario, pair in sorted(groups.items()):
        for feature in {feature for side in pair for features in side for feature in features.counts}:
            shares.setdefault(feature, Share(feature)).add(scenario, pair)
    unstable_values, surroundings = _unstable_values(shares.values()), _Surroundings(shares.values())
    differing = Differing([], [])
    for share in sorted(shares.values(), key=lambda share: share.feature):
        if not share.steady and not share.unsteady:
            continue
        is_unstable = share.feature.aspect in (VALUE, TEXT) and share.feature.path in unstable_values
        reason = _noise_reason(share, unstable_values=is_unstable, unstable_around=surroundings.are_unstable(share))
        if reason:
            differing.noise.append((share, reason))
        else:
            differing.real.append(share)
    return differing


def _noise_reason(share: Share, *, unstable_values: bool, unstable_around: bool) -> str:
    """Return the reason why a difference is noise; empty if it is real."""
    if not share.flapping and not unstable_values and not unstable_around:
        return ""
    if share.one_sided and share.by_chance < (CHANCE_OF_MANY if unstable_values else CHANCE):
        return ""
    if unstable_values:
        return UNSTABLE_VALUES
    return UNSTABLE if share.flapping else UNSTABLE_SURROUNDINGS


class _Surroundings:
    """The stability of the structure of each kind of observation between recordings of one side."""

    def __init__(self, shares: Iterable[Share]) -> None:
        self._flapping: dict[tuple[str, Case], set[str]] = {}
        self._repeated: dict[tuple[str, Case], set[str]] = {}
        for share in shares:
            key = share.feature.path.analyzer, share.feature.path.case
            self._repeated.setdefault(key, set()).update(share.repeated)
            if share.feature.aspect in (*COUNTED, TYPE):
                self._flapping.setdefault(key, set()).update(share.flapping)

    def are_unstable(self, share: Share) -> bool:
        """Return True if few scenarios differ and the structure around the place is unstable in them."""
        if share.feature.aspect in (CASE, THING) or len(share.steady) >= _MANY:
            return False
        key = share.feature.path.analyzer, share.feature.path.case
        flapping = self._flapping.get(key, set())
        often = _SHARE * len(flapping) >= len(self._repeated[key])
        return bool(flapping) and (often or flapping >= {*share.steady, *share.unsteady})


def _unstable_values(shares: Iterable[Share]) -> set[FeaturePath]:
    """Return the places with unstable values."""
    return {share.feature.path for share in shares if share.flapping and share.feature.aspect in (VALUE, TEXT)}


def _kinds(feature: Feature, captures: Sequence[Features]) -> list[str]:
    """Return the frequency of a feature in each capture that could have it."""
    kinds = []
    for features in captures:
        if possible := features.of(feature):
            count = features.counts.get(feature, 0)
            if feature.aspect in COUNTED and count:
                kinds.append(ALWAYS if count >= possible else SOMETIMES)
            else:
                kinds.append(SEEN if count else NEVER)
    return kinds
