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
    """Return one SARIF run; `rules` maps the ids of the reported rules to the rules."""
    differences = [*changes.counted, *(accepted.difference for accepted in changes.accepted)]
    rule_ids = sorted({difference.rule for difference in differences})
    results = [_result(difference, rule_ids.index(difference.rule)) for difference in changes.counted]
    for accepted in changes.accepted:
        suppression = {"suppressions": [{"kind": "external", "justification": accepted.reason}]}
        results.append({**_result(accepted.difference, rule_ids.index(accepted.difference.rule)), **suppression})
    return findings_sarif.log(version, [_rule(rules[name]) for name in rule_ids], results, changes.comparison.problems)


def _rule(rule: Rule) -> dict[str, Any]:
    return findings_sarif.described(rule.id, rule.means, rule_text(rule), _LEVELS[rule.kind])


def _result(difference: Difference, index: int) -> dict[str, Any]:
    evidence = change_words(difference)
    sentences = [
        f"{operation_words(difference.operation)}: {difference.message}",
        evidence,
        scenario_words(difference),
        difference.advice,
    ]
    places = [*difference.after.places, *difference.before.places]
    result = {
        "ruleId": difference.rule,
        "ruleIndex": index,
        "level": _LEVELS[difference.kind],
        "message": {"text": "; ".join(filter(None, sentences))},
        "locations": [findings_sarif.located(places[0] if places else "", difference.place)],
        "partialFingerprints": {"wirelore/v1": difference.fingerprint},
        "properties": {
            "class": difference.kind,
            "direction": DIRECTIONS[difference.direction],
            "scenarios": list(difference.groups),
        },
    }
    if places[1:]:
        related = [
            {"id": number, **findings_sarif.located(place, difference.place)}
            for number, place in enumerate(places[1:], 1)
        ]
        result["relatedLocations"] = related
    return result
