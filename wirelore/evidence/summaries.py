"""Summaries of the evidence, in the order of the pages."""

from collections import Counter
from typing import NamedTuple

from wirelore.evidence.collector import Evidence


class HeaderPresence(NamedTuple):
    """The presence of a header in the messages of one side."""

    header: str
    """The name in lower case."""
    operations: int
    """Operations with the header."""
    messages: int
    """Messages with the header."""
    of: int
    """Messages with recorded headers."""


class Transition(NamedTuple):
    """One step between two events of a stream."""

    before: str
    after: str
    times: int
    share: float
    """The share of all steps from `before`, from 0 to 1."""


class ErrorCount(NamedTuple):
    """The number of an operation's exchanges that have a certain error."""

    where: str
    """`http`, `stream` or `page`, see `Evidence.errors`."""
    error: str
    operation: str
    exchanges: int


def header_presence(evidence: Evidence, side: str) -> list[HeaderPresence]:
    """Return the headers of a side (`request` or `response`) over all operations, the most frequent first."""
    if side == "request":
        heads = [(name, head) for name, head in evidence.request_heads.items()]
    else:
        heads = [(name, head) for (name, _), head in evidence.response_heads.items()]
    total = sum(head.count for _, head in heads)
    operations: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for operation, head in heads:
        for header, seen in head.headers.items():
            operations.setdefault(header, set()).add(operation)
            counts[header] = counts.get(header, 0) + seen.count
    rows = [HeaderPresence(header, len(operations[header]), count, total) for header, count in counts.items()]
    return sorted(rows, key=lambda row: (-row.messages, row.header))


def transitions(evidence: Evidence, operation: str) -> list[Transition]:
    """Return the steps between the events of an operation's streams, sorted by name."""
    steps = evidence.transitions.get(operation, Counter())
    steps_from: dict[str, int] = {}
    for (before, _), count in steps.items():
        steps_from[before] = steps_from.get(before, 0) + count
    return [
        Transition(before, after, count, count / steps_from[before]) for (before, after), count in sorted(steps.items())
    ]


def errors(evidence: Evidence) -> list[ErrorCount]:
    """Return the errors of each operation, the most frequent first."""
    rows = [ErrorCount(*key, count) for key, count in evidence.error_operations.items()]
    return sorted(rows, key=lambda row: (-row.exchanges, row))
