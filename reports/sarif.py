"""Findings as SARIF 2.1.0, for code hosts and editors."""

from collections.abc import Sequence
from typing import Any

from analyzers._check import SEVERITIES
from captures import codec
from reports.findings import Group, Outcome, Place
from schemas.library import Rule

_LEVELS: dict[str, str] = dict(zip(SEVERITIES, ("note", "warning", "error"), strict=True))


def write(outcome: Outcome, rules: dict[str, Rule], version: str) -> str:
    """The outcome as one SARIF run; `rules` by id are those that the results name."""
    named = sorted({group.first.rule for group in outcome.groups})
    results = [_result(group, named.index(group.first.rule)) for group in outcome.groups]
    return log(version, [_rule(rules[name]) for name in named], results, outcome.problems)


def log(version: str, rules: list[dict[str, Any]], results: list[dict[str, Any]], problems: Sequence[str] = ()) -> str:
    """A SARIF log of one run: the rules that the results name, and a notification for what could not be read."""
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


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.id},
        "fullDescription": {"text": rule.means},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


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
    event = f"observation {place.item} " if place.item else ""
    return {
        "physicalLocation": {"artifactLocation": {"uri": f"{place.capture}/{place.exchange}/exchange.json"}},
        "logicalLocations": [{"fullyQualifiedName": f"{event}{place.pointer or '/'}", "kind": "member"}],
    }
