"""Checks observations against the schemas and yields findings."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wirelore.analysis.contract import Analyzer
from wirelore.analysis.one_pass import Observed, observed
from wirelore.analysis.registry import registry
from wirelore.analysis.witness import product
from wirelore.model.exchange import Exchange
from wirelore.model.json_pointer import pointer
from wirelore.schema.library import Departure, Library, Rule

SEVERITIES = ("note", "warning", "error")
"""The severities, from the lowest to the highest."""

_MAX_LENGTH = 100
_BY_VALUE = frozenset({"enum", "const", "pattern"})
"""Keywords whose findings are told apart by the value; findings of other keywords, by the type of the value."""
_BY_NAME = frozenset({"required", "additionalProperties"})
"""Keywords whose findings are told apart by the name of the member alone, which the pointer contains."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One departure of an exchange from a schema."""

    rule: str
    """`<analyzer>/<rule>`."""
    severity: str
    operation: str
    pointer: str
    """JSON pointer (RFC 6901) into the analyzer's observation."""
    message: str
    fingerprint: str
    """16 hex digits, equal for the same departure in any exchange, capture or list element."""
    capture: str
    exchange: str
    item: int | None
    """The number of the observation, from 1; None if the analyzer makes only one observation of each exchange."""


class Checker:
    """Checks observed exchanges against a library of schemas."""

    def __init__(self, library: Library, only: Iterable[Analyzer] = ()) -> None:
        """Use the analyzers in `only`, or all analyzers if it is empty. Raises BadSchema."""
        self.analyzers = tuple(only) or tuple(registry().values())
        self._judges = [
            (analyzer.id, library.judge(analyzer.id), library.rules(analyzer.id)) for analyzer in self.analyzers
        ]

    def findings(self, observed: Observed) -> Iterator[Finding]:
        """Yield the findings of one exchange."""
        exchange = observed.exchange
        client = product(exchange)
        for analyzer, judge, rules in self._judges:
            for item, observation in observed.numbered(analyzer):
                for departure in judge.departures(observation, client):
                    yield _finding(exchange, analyzer, rules, departure, item)


def check(exchanges: Iterable[Exchange], library: Library, only: Iterable[Analyzer] = ()) -> Iterator[Finding]:
    """Yield the findings of one capture's exchanges, in order; memory use does not grow with their number."""
    checker = Checker(library, only)
    for observed_exchange in observed(exchanges, checker.analyzers):
        yield from checker.findings(observed_exchange)


def _finding(
    exchange: Exchange, analyzer: str, rules: dict[str, Rule], departure: Departure, item: int | None
) -> Finding:
    rule = rules.get(departure.rule) or rules["departs"]
    name = next((step for step in reversed(departure.pointer) if isinstance(step, str)), "")
    message = rule.message.format(
        name=name,
        found=abbreviated_json(departure.found),
        type=json_type(departure.found),
        expected=_expected(departure.expected),
    )
    generalized = pointer("*" if isinstance(step, int) else step for step in departure.pointer)
    detail = abbreviated_json(departure.found) if departure.keyword in _BY_VALUE else json_type(departure.found)
    if departure.keyword in _BY_NAME:
        detail = ""
    digest = hashlib.sha256(json.dumps([rule.id, exchange.operation, generalized, detail]).encode()).hexdigest()
    return Finding(
        rule.id,
        rule.severity,
        exchange.operation,
        pointer(departure.pointer),
        message,
        digest[:16],
        exchange.capture,
        exchange.id,
        item,
    )


def json_type(value: Any) -> str:
    """Return the name of a value's JSON type."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), type(value).__name__)


def abbreviated_json(value: Any) -> str:
    """Return a value as JSON for a message; JSON of more than 100 characters is cut, and its length is appended."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(text) <= _MAX_LENGTH:
        return text
    return f"{text[: _MAX_LENGTH - 20]}… ({len(text)} characters)"


def _expected(value: Any) -> str:
    if isinstance(value, list):
        names = [str(entry) for entry in value[:8]]
        return ", ".join(names) + (f" and {len(value) - 8} more" if len(value) > 8 else "")
    return value if isinstance(value, str) else abbreviated_json(value)
