"""Findings as SARIF 2.1.0, for code hosts and editors."""

from collections.abc import Sequence
from typing import Any

from wirelore.analysis.analyzer_reference import rule_text
from wirelore.analysis.check import SEVERITIES
from wirelore.analysis.finding_groups import Group, Outcome, Place
from wirelore.analysis.registry import registry
from wirelore.model import codec
from wirelore.schema.library import Rule

_LEVELS: dict[str, str] = dict(zip(SEVERITIES, ("note", "warning", "error"), strict=True))


def write(outcome: Outcome, rules: dict[str, Rule], version: str) -> str:
    """Return one SARIF run; `rules` maps the ids of the reported rules to the rules."""
    rule_ids = sorted({group.first.rule for group in outcome.groups})
    results = [_result(group, rule_ids.index(group.first.rule)) for group in outcome.groups]
    return log(version, [_rule(rules[name]) for name in rule_ids], results, outcome.problems)


def log(version: str, rules: list[dict[str, Any]], results: list[dict[str, Any]], problems: Sequence[str] = ()) -> str:
    """Return a SARIF log of one run with its rules, its results and a notification for each problem."""
    run = {
        "tool": {"driver": {"name": "wirelore", "version": version, "rules": rules}},
        "invocations": [
            {
                "executionSuccessful": not problems,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": problem}} for problem in problems
                ],
            }
        ],
        "results": results,
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return codec.pretty(document).decode()


def described(rule: str, means: str, explained: str, level: str) -> dict[str, Any]:
    """Return the descriptor of a rule; `explained` is the help text that code hosts show beside a result."""
    return {
        "id": rule,
        "shortDescription": {"text": rule},
        "fullDescription": {"text": means},
        "help": {"text": explained},
        "defaultConfiguration": {"level": level},
    }


def located(exchange: str, name: str) -> dict[str, Any]:
    """Return a location: a name and, unless `exchange` is empty, the file of that exchange."""
    logical = {"logicalLocations": [{"fullyQualifiedName": name, "kind": "member"}]}
    if not exchange:
        return logical
    physical = {"artifactLocation": {"uri": f"{exchange}/exchange.json"}, "region": {"startLine": 1}}
    return {"physicalLocation": physical, **logical}


def _rule(rule: Rule) -> dict[str, Any]:
    doc = registry()[rule.id.partition("/")[0]].doc
    return described(rule.id, rule.means, rule_text(rule, doc), _LEVELS[rule.severity])


def _result(group: Group, index: int) -> dict[str, Any]:
    first = group.first
    return {
        "ruleId": first.rule,
        "ruleIndex": index,
        "level": _LEVELS[first.severity],
        "message": {"text": f"{first.operation}: {first.message}"},
        "locations": [_location(group.places[0])],
        "relatedLocations": [{"id": number, **_location(place)} for number, place in enumerate(group.places[1:], 1)],
        "partialFingerprints": {"wirelore/v1": first.fingerprint},
        "occurrenceCount": group.count,
    }


def _location(place: Place) -> dict[str, Any]:
    observation = f"observation {place.item} " if place.item else ""
    return located(f"{place.capture}/{place.exchange}", f"{observation}{place.pointer or '/'}")
