"""Differences, made of what differs: named by a rule, told in words, with the exchanges to look at."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from wirelore.compare.change import BREAKING, UNJUDGED, Difference, Sight
from wirelore.compare.change_tables import Reading, Rule, Tables
from wirelore.compare.features import CASE, PRESENT, TEXT, TYPE, VALUE, Case, Spot, Trait, Traits
from wirelore.compare.noise import ALWAYS, NEVER, Pair, Weight

_SHOWN, _TEXTS = 6, 2
_FEW = 10
"""Observations below which what is sometimes missing may be missing by chance."""
_PLACES = 2
_SETS = (TYPE, TEXT, VALUE)
"""Aspects of which a place has several; a place that has another type has other values, which are not told then."""

NOWHERE = Spot("", Case(""), "")
"""The place of a difference that is about no analyzer's observations."""


def fingerprint(*parts: str) -> str:
    """16 hexadecimal digits over what makes a difference the same again."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def readable(place: str) -> str:
    """A place in an observation as people write it: `tools[Bash].input_schema`."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]
    text = "".join("[]" if step == "*" else step if step.startswith("[") else f".{step}" for step in steps)
    return text.removeprefix(".").removeprefix("body.").removeprefix("data.") or "it"


def name_of(place: str) -> str:
    """The last step of a place that is a name."""
    steps = [step for step in place.split("/") if step and step != "*"]
    last = steps[-1] if steps else ""
    return last.replace("~1", "/").replace("~0", "~").removeprefix("[").removesuffix("]")


def _rate(sight: Sight) -> str:
    return f"{sight.count:,} of {sight.of:,}"


def difference(
    rule: Rule,
    spot: Spot,
    sights: tuple[Sight, Sight],
    scenarios: Sequence[str],
    of_scenarios: int,
    told: Tables,
    *,
    same: Sequence[str] = (),
    name: str = "",
) -> Difference:
    """The difference that a rule names at a place; `same` is what tells it from another one of the rule and place."""
    before, after = sights
    words = {
        "name": name or name_of(spot.place),
        "place": readable(spot.place),
        "operation": str(spot.case),
        "detail": spot.case.detail,
        "before": before.shown or "nothing",
        "after": after.shown or "nothing",
        "before_rate": _rate(before),
        "after_rate": _rate(after),
    }
    direction = rule.direction or told.readings.get(spot.analyzer, Reading()).direction
    return Difference(
        rule.id,
        rule.kind,
        direction,
        str(spot.case),
        f"{spot.analyzer}#{spot.place}" if spot.analyzer else "",
        before,
        after,
        rule.message.format(**words).removesuffix(": nothing"),
        rule.advice.format(**words),
        tuple(scenario for scenario in scenarios if scenario),
        of_scenarios,
        fingerprint(rule.id, *spot.case, spot.analyzer, spot.place, *same),
    )


def _unjudged(one: Difference) -> Difference:
    return replace(one, kind=UNJUDGED, message=f"{one.message}; too few to judge")


class Differences:
    """Makes differences of traits that differ: what a place has several of is told together."""

    def __init__(self, groups: Mapping[str, Pair], told: Tables, *, content: bool = False) -> None:
        self._groups, self._told, self._content = groups, told, content
        self._values: dict[tuple[str, Spot], list[Trait]] = {}
        for scenario, pair in groups.items():
            known = {trait for side in pair for traits in side for trait in traits.counts if trait.aspect in _SETS}
            for trait in sorted(known):
                self._values.setdefault((scenario, trait.spot), []).append(trait)

    def of(self, real: Iterable[Weight]) -> Iterable[Difference]:
        """The differences."""
        for spot, at_spot in groupby(sorted(real, key=lambda one: one.trait), lambda one: one.trait.spot):
            weights = list(at_spot)
            for weight in weights:
                if weight.trait.aspect not in _SETS:
                    yield from self._came_or_went(weight)
            for aspect in _SETS:
                if changed := [one for one in weights if one.trait.aspect == aspect]:
                    yield self._changed(spot, aspect, changed)
                    break

    def _came_or_went(self, weight: Weight) -> Iterable[Difference]:
        """The difference of what is there or not; a case without a rule of its own is told by what it consists of."""
        spot, (was, now) = weight.trait.spot, weight.change
        scenarios = sorted({*weight.steady, *weight.unsteady})
        sights = (self._sight(weight.trait, 0, scenarios), self._sight(weight.trait, 1, scenarios))
        if weight.one_sided:
            change = "disappeared" if weight.shown[1] == 0 else "appeared"
        elif weight.trait.aspect != CASE:
            rates = [sight.count / (sight.of or 1) for sight in sights]
            change = "less-often" if rates[1] < rates[0] else "more-often"
        else:
            change = "disappeared" if now == NEVER else "appeared"
        rule = self._told.rule(spot.analyzer, spot.place, change, was if was in (ALWAYS, NEVER) else "sometimes")
        if weight.trait.aspect != CASE or rule.of:
            made = difference(rule, spot, sights, scenarios, len(self._groups), self._told)
            partial = change == "less-often" or (change == "disappeared" and was != ALWAYS)
            yield _unjudged(made) if partial and made.kind == BREAKING and self._is_thin(scenarios, sights) else made

    def _is_thin(self, scenarios: Iterable[str], sights: Iterable[Sight]) -> bool:
        """Whether few observations of recordings that were never repeated are all there is."""
        repeated = any(len(side) > 1 for scenario in scenarios for side in self._groups[scenario])
        return not repeated and min(sight.of for sight in sights) < _FEW

    def _changed(self, spot: Spot, aspect: str, weights: Sequence[Weight]) -> Difference:
        """The difference of a place's types, texts or values."""
        scenarios = sorted({scenario for one in weights for scenario in (*one.steady, *one.unsteady)})
        gone = [one for one in weights if one.shown[0] > one.shown[1]]
        new = [one for one in weights if one.shown[0] <= one.shown[1]]
        change = {
            TYPE: "type-added" if new else "type-removed",
            TEXT: "text-changed",
            VALUE: "value-changed" if gone and new else "value-added" if new else "value-removed",
        }[aspect]
        rule = self._told.rule(spot.analyzer, spot.place, change)
        told = frozenset(one.trait for one in weights) if aspect == TEXT else None
        sights = (self._set(spot, aspect, 0, scenarios, told), self._set(spot, aspect, 1, scenarios, told))
        same = [change, *sorted(one.trait.value for one in weights)]
        return difference(rule, spot, sights, scenarios, len(self._groups), self._told, same=same)

    def _sight(self, trait: Trait, side: int, scenarios: Iterable[str]) -> Sight:
        """How often one side shows a trait, and what is there."""
        captures = [traits for scenario in scenarios for traits in self._groups[scenario][side]]
        count, of = sum(each.counts.get(trait, 0) for each in captures), sum(each.of(trait) for each in captures)
        spot = trait.spot
        shown = "" if trait.aspect != PRESENT else self._shown(spot, side, scenarios)
        return Sight(count, of, shown, _places(captures, [trait]))

    def _shown(self, spot: Spot, side: int, scenarios: Iterable[str]) -> str:
        """What is at a place: its values, or of what type it is."""
        below = spot._replace(place=spot.place + "/*")
        chosen = list(scenarios)
        for aspect, at in ((VALUE, spot), (VALUE, below), (TEXT, spot), (TYPE, spot)):
            if shown := self._set(at, aspect, side, chosen).shown:
                return shown
        return ""

    def _set(
        self, spot: Spot, aspect: str, side: int, scenarios: Iterable[str], told: frozenset[Trait] | None = None
    ) -> Sight:
        """Which types, texts or values one side has at a place; of many texts only those that are told."""
        chosen = list(scenarios)
        captures = [traits for scenario in chosen for traits in self._groups[scenario][side]]
        at_spot = (trait for scenario in chosen for trait in self._values.get((scenario, spot), ()))
        known = {trait for trait in at_spot if trait.aspect == aspect and (told is None or trait in told)}
        counts = Counter[Trait]()
        for traits in captures:
            counts.update({trait: traits.counts[trait] for trait in known & traits.counts.keys()})
        ranked = sorted(counts, key=lambda trait: (-counts[trait], trait.value))
        most = _SHOWN if aspect != TEXT or self._content else _TEXTS
        words = [self._word(trait, captures) for trait in ranked[:most]]
        more = f" and {len(ranked) - most} more" if len(ranked) > most else ""
        of = sum(traits.room[spot] for traits in captures)
        return Sight(counts.total(), of, ", ".join(words) + more, _places(captures, ranked))

    def _word(self, trait: Trait, captures: Iterable[Traits]) -> str:
        if not self._content or trait.aspect != TEXT:
            return trait.value
        return next((each.texts[trait.value] for each in captures if trait.value in each.texts), trait.value)


def _places(captures: Iterable[Traits], traits: Iterable[Trait]) -> tuple[str, ...]:
    every = {each.first[trait] for each in captures for trait in traits if trait in each.first}
    return tuple(sorted(every)[:_PLACES])
