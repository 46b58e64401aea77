"""Findings as markdown, for a page or a comment on a code host."""

import re

from wirelore.analysis.finding_groups import Group, Outcome
from wirelore.analysis.findings_text import summary
from wirelore.model.terminal import printable


def write(outcome: Outcome) -> str:
    """The outcome as a markdown page: the summary, then a table for each severity that occurs."""
    parts = ["# Findings", "", summary(outcome) + ".", ""]
    for severity in outcome.counts:
        groups = [group for group in outcome.groups if group.first.severity == severity]
        if groups:
            parts += [
                f"## {severity.capitalize()}s",
                "",
                "| rule | where | what | times | first in |",
                "| --- | --- | --- | ---: | --- |",
            ]
            parts += [_row(group) for group in groups]
            parts.append("")
    if outcome.problems:
        parts += ["## Not read", "", *(f"- {cell(problem)}" for problem in outcome.problems), ""]
    return "\n".join(parts)


def cell(text: str) -> str:
    """The text as it may stand in a table's cell: on one line, pipes and what markdown or HTML would read escaped."""
    flat = printable(" ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~])", r"\\\1", flat)


def code(text: str) -> str:
    """The text as code in a table's cell."""
    flat = printable(" ".join(text.split()))
    if "``" in flat or "\\|" in flat:  # no fence of ours is safe, or no cell's end
        return f"<code>{cell(flat)}</code>"
    flat = flat.replace("|", "\\|")
    fence = "``" if "`" in flat else "`"
    pad = " " if fence == "``" else ""
    return f"{fence}{pad}{flat}{pad}{fence}" if flat else ""


def _row(group: Group) -> str:
    first, place = group.first, group.places[0]
    event = f" observation {place.item}" if place.item else ""
    where = f"{code(first.operation)} {code(first.pointer)}"
    seen = f"{code(place.capture + '/' + place.exchange)}{event}"
    return f"| {code(first.rule)} | {where} | {cell(first.message)} | {group.count} | {seen} |"
