"""Differences as SARIF 2.1.0, for code hosts and editors; an accepted one is a suppressed result."""

from collections.abc import Mapping
from typing import Any

from wirelore.analysis import findings_sarif
from wirelore.compare.change import Difference
from wirelore.compare.change_rules import rule_text
from wirelore.compare.change_tables import Rule
from wirelore.compare.presentation import DIRECTIONS, Changes, change_words, operation_words, scenario_words

_LEVELS = {"breaking": "error", "additive": "warning", "cosmetic": "note", "unjudged": "note"}


def write(changes: Changes, rules: Mapping[str, Rule], version: str) -> str:
    """The changes as one SARIF run; `rules` by id are those that the results name."""
    every = [*changes.counted, *(one.difference for one in changes.accepted)]
    named = sorted({one.rule for one in every})
    results = [_result(one, named.index(one.rule)) for one in changes.counted]
    for one in changes.accepted:
        suppressed = {"suppressions": [{"kind": "external", "justification": one.reason}]}
        results.append({**_result(one.difference, named.index(one.difference.rule)), **suppressed})
    return findings_sarif.log(version, [_rule(rules[name]) for name in named], results, changes.comparison.problems)


def _rule(rule: Rule) -> dict[str, Any]:
    return findings_sarif.described(rule.id, rule.means, rule_text(rule), _LEVELS[rule.kind])


def _result(one: Difference, index: int) -> dict[str, Any]:
    seen = change_words(one)
    told = [f"{operation_words(one.operation)}: {one.message}", seen, scenario_words(one), one.advice]
    places = [*one.after.places, *one.before.places]
    result = {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": _LEVELS[one.kind],
        "message": {"text": "; ".join(filter(None, told))},
        "locations": [findings_sarif.located(places[0] if places else "", one.place)],
        "partialFingerprints": {"wirelore/v1": one.fingerprint},
        "properties": {"class": one.kind, "direction": DIRECTIONS[one.direction], "scenarios": list(one.groups)},
    }
    if places[1:]:
        related = [
            {"id": number, **findings_sarif.located(place, one.place)} for number, place in enumerate(places[1:], 1)
        ]
        result["relatedLocations"] = related
    return result
