"""Findings as a short text: one line for each rule, with a count and an example."""

from wirelore.analysis.finding_groups import Outcome
from wirelore.analysis.findings_text import summary

_EXAMPLE = 90


def write(outcome: Outcome) -> str:
    """Return a line for each rule with findings, the most severe first, then the summary and a line end."""
    lines: dict[str, tuple[int, str]] = {}
    for group in outcome.groups:
        first = group.first
        head = f"{first.severity:<8} {first.rule:<34}"
        count, example = lines.get(head, (0, _shortened(f"{first.operation}: {first.message}")))
        lines[head] = (count + group.count, example)
    rows = [f"{head} {count:>4}  {example}" for head, (count, example) in lines.items()]
    return "\n".join([*rows, summary(outcome)]) + "\n"


def _shortened(text: str) -> str:
    return text if len(text) <= _EXAMPLE else f"{text[: _EXAMPLE - 1]}…"
