"""Hand-written findings and outcomes, for the tests of output formats."""

from collections.abc import Iterable
from dataclasses import replace

from wirelore.analysis.check import Finding
from wirelore.analysis.finding_groups import Outcome, grouped

NOTE = Finding(
    "retries/retried",
    "note",
    "POST /v1/messages",
    "/attempt",
    "attempt 2 of the same request",
    "a" * 16,
    "made",
    "m/1",
    None,
)
ERROR = replace(
    NOTE,
    rule="event-payloads/wrong-type",
    severity="error",
    pointer="/data/index",
    message='index is string "<|0|>\x07", expected integer',
    fingerprint="b" * 16,
    item=3,
)


def outcome(
    findings: Iterable[Finding] = (NOTE, ERROR, replace(ERROR, item=7, exchange="m/2")), problems: tuple[str, ...] = ()
) -> Outcome:
    """Return an outcome of two exchanges of one capture."""
    return Outcome(grouped(findings), ["made"], 2, list(problems))
