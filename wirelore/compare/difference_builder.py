"""Building differences from features: rule, message, advice and example exchanges."""

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
"""Number of observations below which a missing member may be missing by chance."""
_PLACES = 2
_SETS = (TYPE, TEXT, VALUE)
"""Aspects with several values at a place. A place whose types differ is not also reported for its values."""

NOWHERE = FeaturePath("", Case(""), "")
"""The place of a difference that does not concern the observations of an analyzer."""


def fingerprint(*parts: str) -> str:
    """Return 16 hexadecimal digits of a hash over the parts that identify a difference."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def readable(place: str) -> str:
    """Return a place in an observation in readable form: `tools[Bash].input_schema`."""
    steps = json_pointer.parse(place)
    text = "".join("[]" if step == "*" else step if step.startswith("[") else f".{step}" for step in steps)
    return text.removeprefix(".").removeprefix("body.").removeprefix("data.") or "it"


def name_of(place: str) -> str:
    """Return the last step of a place that is a name."""
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
    rules: Tables,
    *,
    same: Sequence[str] = (),
    name: str = "",
) -> Difference:
    """Return the difference of a rule at a place; `same` distinguishes it from others of the rule and place."""
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
    direction = rule.direction or rules.readings.get(path.analyzer, Reading()).direction
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


def _unjudged(item: Difference) -> Difference:
    return replace(item, kind=UNJUDGED, message=f"{item.message}; too few recordings for a conclusion")


class Differences:
    """Builds differences from differing features; all types, texts or values of a place form one difference."""

    def __init__(self, groups: Mapping[str, Pair], rules: Tables, *, content: bool = False) -> None:
        self._groups, self._rules, self._content = groups, rules, content
        self._values: dict[tuple[str, FeaturePath], list[Feature]] = {}
        for scenario, pair in groups.items():
            features_of_sets = {
                feature for side in pair for features in side for feature in features.counts if feature.aspect in _SETS
            }
            for feature in sorted(features_of_sets):
                self._values.setdefault((scenario, feature.path), []).append(feature)

    def of(self, real: Iterable[Share]) -> Iterable[Difference]:
        """Yield the differences of the features that differ."""
        for path, at_path in groupby(sorted(real, key=lambda share: share.feature), lambda share: share.feature.path):
            shares = list(at_path)
            for share in shares:
                if share.feature.aspect not in _SETS:
                    yield from self._presence_changed(share)
            for aspect in _SETS:
                if changed := [share for share in shares if share.feature.aspect == aspect]:
                    yield self._content_changed(path, aspect, changed)
                    break

    def _presence_changed(self, share: Share) -> Iterable[Difference]:
        """Yield the difference of a feature that appeared, disappeared or changed its frequency.

        A case without a rule of its own is reported by its features instead.
        """
        path, (was, now) = share.feature.path, share.change
        scenarios = sorted({*share.steady, *share.unsteady})
        occurrences = (self._occurrence(share.feature, 0, scenarios), self._occurrence(share.feature, 1, scenarios))
        if share.one_sided:
            change = "disappeared" if share.shown[1] == 0 else "appeared"
        elif share.feature.aspect != CASE:
            rates = [occurrence.count / (occurrence.of or 1) for occurrence in occurrences]
            change = "less-often" if rates[1] < rates[0] else "more-often"
        else:
            change = "disappeared" if now == NEVER else "appeared"
        rule = self._rules.rule(path.analyzer, path.place, change, was if was in (ALWAYS, NEVER) else "sometimes")
        if share.feature.aspect != CASE or rule.of:
            built = difference(rule, path, occurrences, scenarios, len(self._groups), self._rules)
            partial = change == "less-often" or (change == "disappeared" and was != ALWAYS)
            yield (
                _unjudged(built)
                if partial and built.kind == BREAKING and self._is_thin(scenarios, occurrences)
                else built
            )

    def _is_thin(self, scenarios: Iterable[str], occurrences: Iterable[Occurrence]) -> bool:
        """Return True if there are few observations and no repeated recordings."""
        repeated = any(len(side) > 1 for scenario in scenarios for side in self._groups[scenario])
        return not repeated and min(occurrence.of for occurrence in occurrences) < _FEW

    def _content_changed(self, path: FeaturePath, aspect: str, shares: Sequence[Share]) -> Difference:
        """Return the difference of the types, texts or values of a place."""
        scenarios = sorted({scenario for share in shares for scenario in (*share.steady, *share.unsteady)})
        removed = [share for share in shares if share.shown[0] > share.shown[1]]
        added = [share for share in shares if share.shown[0] <= share.shown[1]]
        change = {
            TYPE: "type-added" if added else "type-removed",
            TEXT: "text-changed",
            VALUE: "value-changed" if removed and added else "value-added" if added else "value-removed",
        }[aspect]
        rule = self._rules.rule(path.analyzer, path.place, change)
        only = frozenset(share.feature for share in shares) if aspect == TEXT else None
        occurrences = (self._set(path, aspect, 0, scenarios, only), self._set(path, aspect, 1, scenarios, only))
        same = [change, *sorted(share.feature.value for share in shares)]
        return difference(rule, path, occurrences, scenarios, len(self._groups), self._rules, same=same)

    def _occurrence(self, feature: Feature, side: int, scenarios: Iterable[str]) -> Occurrence:
        """Return the frequency of a feature on one side, with the content of its place."""
        captures = [features for scenario in scenarios for features in self._groups[scenario][side]]
        count = sum(features.counts.get(feature, 0) for features in captures)
        possible = sum(features.of(feature) for features in captures)
        path = feature.path
        shown = "" if feature.aspect != PRESENT else self._shown(path, side, scenarios)
        return Occurrence(count, possible, shown, _places(captures, [feature]))

    def _shown(self, path: FeaturePath, side: int, scenarios: Iterable[str]) -> str:
        """Return the values of a place, or else its types."""
        below = path._replace(place=path.place + "/*")
        chosen = list(scenarios)
        for aspect, place in ((VALUE, path), (VALUE, below), (TEXT, path), (TYPE, path)):
            if shown := self._set(place, aspect, side, chosen).shown:
                return shown
        return ""

    def _set(
        self,
        path: FeaturePath,
        aspect: str,
        side: int,
        scenarios: Iterable[str],
        only: frozenset[Feature] | None = None,
    ) -> Occurrence:
        """Return the types, texts or values of one side at a place, restricted to `only` if it is given."""
        chosen = list(scenarios)
        captures = [features for scenario in chosen for features in self._groups[scenario][side]]
        at_path = (feature for scenario in chosen for feature in self._values.get((scenario, path), ()))
        wanted = {feature for feature in at_path if feature.aspect == aspect and (only is None or feature in only)}
        counts = Counter[Feature]()
        for features in captures:
            counts.update({feature: features.counts[feature] for feature in wanted & features.counts.keys()})
        ranked = sorted(counts, key=lambda feature: (-counts[feature], feature.value))
        most = _SHOWN if aspect != TEXT or self._content else _TEXTS
        words = [self._word(feature, captures) for feature in ranked[:most]]
        more = f" and {len(ranked) - most} more" if len(ranked) > most else ""
        possible = sum(features.room[path] for features in captures)
        return Occurrence(counts.total(), possible, ", ".join(words) + more, _places(captures, ranked))

    def _word(self, feature: Feature, captures: Iterable[Features]) -> str:
        if not self._content or feature.aspect != TEXT:
            return feature.value
        return next(
            (features.texts[feature.value] for features in captures if feature.value in features.texts), feature.value
        )


def _places(captures: Iterable[Features], features: Iterable[Feature]) -> tuple[str, ...]:
    exchanges = {capture.first[feature] for capture in captures for feature in features if feature in capture.first}
    return tuple(sorted(exchanges)[:_PLACES])
