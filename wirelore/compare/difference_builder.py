"""Differences, made of what differs: named by a rule, told in words, with the exchanges to look at."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from wirelore.compare.change import BREAKING, UNJUDGED, Difference, Occurrence
from wirelore.compare.change_tables import Reading, Rule, Tables
from wirelore.compare.features import CASE, PRESENT, TEXT, TYPE, VALUE, Case, Feature, FeaturePath, Features
from wirelore.compare.noise import ALWAYS, NEVER, Pair, Share
from wirelore.model import json_pointer

_SHOWN, _TEXTS = 6, 2
_FEW = 10
"""Observations below which what is sometimes missing may be missing by chance."""
_PLACES = 2
_SETS = (TYPE, TEXT, VALUE)
"""Aspects of which a place has several; a place that has another type has other values, which are not told then."""

NOWHERE = FeaturePath("", Case(""), "")
"""The place of a difference that is about no analyzer's observations."""


def fingerprint(*parts: str) -> str:
    """16 hexadecimal digits over what makes a difference the same again."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def readable(place: str) -> str:
    """A place in an observation as people write it: `tools[Bash].input_schema`."""
    steps = json_pointer.parse(place)
    text = "".join("[]" if step == "*" else step if step.startswith("[") else f".{step}" for step in steps)
    return text.removeprefix(".").removeprefix("body.").removeprefix("data.") or "it"


def name_of(place: str) -> str:
    """The last step of a place that is a name."""
    steps = [step for step in json_pointer.parse(place) if step and step != "*"]
    last = steps[-1] if steps else ""
    return last.removeprefix("[").removesuffix("]")


def _rate(occurrence: Occurrence) -> str:
    return f"{occurrence.count:,} of {occurrence.of:,}"


def difference(
    rule: Rule,
    path: FeaturePath,
    occurrences: tuple[Occurrence, Occurrence],
    scenarios: Sequence[str],
    of_scenarios: int,
    told: Tables,
    *,
    same: Sequence[str] = (),
    name: str = "",
) -> Difference:
    """The difference that a rule names at a place; `same` is what tells it from another one of the rule and place."""
    before, after = occurrences
    words = {
        "name": name or name_of(path.place),
        "place": readable(path.place),
        "operation": str(path.case),
        "detail": path.case.detail,
        "before": before.shown or "nothing",
        "after": after.shown or "nothing",
        "before_rate": _rate(before),
        "after_rate": _rate(after),
    }
    direction = rule.direction or told.readings.get(path.analyzer, Reading()).direction
    return Difference(
        rule.id,
        rule.kind,
        direction,
        str(path.case),
        f"{path.analyzer}#{path.place}" if path.analyzer else "",
        before,
        after,
        rule.message.format(**words).removesuffix(": nothing"),
        rule.advice.format(**words),
        tuple(scenario for scenario in scenarios if scenario),
        of_scenarios,
        fingerprint(rule.id, *path.case, path.analyzer, path.place, *same),
    )


def _unjudged(one: Difference) -> Difference:
    return replace(one, kind=UNJUDGED, message=f"{one.message}; too few to judge")


class Differences:
    """Makes differences of features that differ: what a place has several of is told together."""

    def __init__(self, groups: Mapping[str, Pair], told: Tables, *, content: bool = False) -> None:
        self._groups, self._told, self._content = groups, told, content
        self._values: dict[tuple[str, FeaturePath], list[Feature]] = {}
        for scenario, pair in groups.items():
            known = {
                feature for side in pair for features in side for feature in features.counts if feature.aspect in _SETS
            }
            for feature in sorted(known):
                self._values.setdefault((scenario, feature.path), []).append(feature)

    def of(self, real: Iterable[Share]) -> Iterable[Difference]:
        """The differences."""
        for path, at_spot in groupby(sorted(real, key=lambda one: one.feature), lambda one: one.feature.path):
            weights = list(at_spot)
            for weight in weights:
                if weight.feature.aspect not in _SETS:
                    yield from self._came_or_went(weight)
            for aspect in _SETS:
                if changed := [one for one in weights if one.feature.aspect == aspect]:
                    yield self._changed(path, aspect, changed)
                    break

    def _came_or_went(self, weight: Share) -> Iterable[Difference]:
        """The difference of what is there or not; a case without a rule of its own is told by what it consists of."""
        path, (was, now) = weight.feature.path, weight.change
        scenarios = sorted({*weight.steady, *weight.unsteady})
        occurrences = (self._occurrence(weight.feature, 0, scenarios), self._occurrence(weight.feature, 1, scenarios))
        if weight.one_sided:
            change = "disappeared" if weight.shown[1] == 0 else "appeared"
        elif weight.feature.aspect != CASE:
            rates = [occurrence.count / (occurrence.of or 1) for occurrence in occurrences]
            change = "less-often" if rates[1] < rates[0] else "more-often"
        else:
            change = "disappeared" if now == NEVER else "appeared"
        rule = self._told.rule(path.analyzer, path.place, change, was if was in (ALWAYS, NEVER) else "sometimes")
        if weight.feature.aspect != CASE or rule.of:
            made = difference(rule, path, occurrences, scenarios, len(self._groups), self._told)
            partial = change == "less-often" or (change == "disappeared" and was != ALWAYS)
            yield (
                _unjudged(made) if partial and made.kind == BREAKING and self._is_thin(scenarios, occurrences) else made
            )

    def _is_thin(self, scenarios: Iterable[str], occurrences: Iterable[Occurrence]) -> bool:
        """Whether few observations of recordings that were never repeated are all there is."""
        repeated = any(len(side) > 1 for scenario in scenarios for side in self._groups[scenario])
        return not repeated and min(occurrence.of for occurrence in occurrences) < _FEW

    def _changed(self, path: FeaturePath, aspect: str, weights: Sequence[Share]) -> Difference:
        """The difference of a place's types, texts or values."""
        scenarios = sorted({scenario for one in weights for scenario in (*one.steady, *one.unsteady)})
        gone = [one for one in weights if one.shown[0] > one.shown[1]]
        new = [one for one in weights if one.shown[0] <= one.shown[1]]
        change = {
            TYPE: "type-added" if new else "type-removed",
            TEXT: "text-changed",
            VALUE: "value-changed" if gone and new else "value-added" if new else "value-removed",
        }[aspect]
        rule = self._told.rule(path.analyzer, path.place, change)
        told = frozenset(one.feature for one in weights) if aspect == TEXT else None
        occurrences = (self._set(path, aspect, 0, scenarios, told), self._set(path, aspect, 1, scenarios, told))
        same = [change, *sorted(one.feature.value for one in weights)]
        return difference(rule, path, occurrences, scenarios, len(self._groups), self._told, same=same)

    def _occurrence(self, feature: Feature, side: int, scenarios: Iterable[str]) -> Occurrence:
        """How often one side shows a feature, and what is there."""
        captures = [features for scenario in scenarios for features in self._groups[scenario][side]]
        count, of = sum(each.counts.get(feature, 0) for each in captures), sum(each.of(feature) for each in captures)
        path = feature.path
        shown = "" if feature.aspect != PRESENT else self._shown(path, side, scenarios)
        return Occurrence(count, of, shown, _places(captures, [feature]))

    def _shown(self, path: FeaturePath, side: int, scenarios: Iterable[str]) -> str:
        """What is at a place: its values, or of what type it is."""
        below = path._replace(place=path.place + "/*")
        chosen = list(scenarios)
        for aspect, at in ((VALUE, path), (VALUE, below), (TEXT, path), (TYPE, path)):
            if shown := self._set(at, aspect, side, chosen).shown:
                return shown
        return ""

    def _set(
        self,
        path: FeaturePath,
        aspect: str,
        side: int,
        scenarios: Iterable[str],
        told: frozenset[Feature] | None = None,
    ) -> Occurrence:
        """Which types, texts or values one side has at a place; of many texts only those that are told."""
        chosen = list(scenarios)
        captures = [features for scenario in chosen for features in self._groups[scenario][side]]
        at_spot = (feature for scenario in chosen for feature in self._values.get((scenario, path), ()))
        known = {feature for feature in at_spot if feature.aspect == aspect and (told is None or feature in told)}
        counts = Counter[Feature]()
        for features in captures:
            counts.update({feature: features.counts[feature] for feature in known & features.counts.keys()})
        ranked = sorted(counts, key=lambda feature: (-counts[feature], feature.value))
        most = _SHOWN if aspect != TEXT or self._content else _TEXTS
        words = [self._word(feature, captures) for feature in ranked[:most]]
        more = f" and {len(ranked) - most} more" if len(ranked) > most else ""
        of = sum(features.room[path] for features in captures)
        return Occurrence(counts.total(), of, ", ".join(words) + more, _places(captures, ranked))

    def _word(self, feature: Feature, captures: Iterable[Features]) -> str:
        if not self._content or feature.aspect != TEXT:
            return feature.value
        return next((each.texts[feature.value] for each in captures if feature.value in each.texts), feature.value)


def _places(captures: Iterable[Features], features: Iterable[Feature]) -> tuple[str, ...]:
    every = {each.first[feature] for each in captures for feature in features if feature in each.first}
    return tuple(sorted(every)[:_PLACES])
