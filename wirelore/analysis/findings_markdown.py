"""Findings as markdown, for a page or a comment on a code host."""

import re

from wirelore.analysis.finding_groups import Group, Outcome
from wirelore.analysis.findings_text import summary
from wirelore.model.terminal import printable


def write(outcome: Outcome) -> str:
    """Return a markdown page: the summary, then a table for each severity with findings."""
    parts = ["# Findings", "", summary(outcome) + ".", ""]
    for severity in outcome.counts:
        groups = [group for group in outcome.groups if group.first.severity == severity]
        if groups:
            parts += [
                f"## {severity.capitalize()}s",
                "",
                "| rule | location | message | count | first exchange |",
                "| --- | --- | --- | ---: | --- |",
            ]
            parts += [_row(group) for group in groups]
            parts.append("")
    if outcome.problems:
        parts += ["## Unreadable", "", *(f"- {cell(problem)}" for problem in outcome.problems), ""]
    return "\n".join(parts)


def cell(text: str) -> str:
    """Return the text for a table cell: on one line, with pipes and markdown and HTML syntax escaped."""
    flat = printable(" ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~])", r"\\\1", flat)


def code(text: str) -> str:
    """Return the text as a code span for a table cell."""
    flat = printable(" ".join(text.split()))
    if "``" in flat or "\\|" in flat:  # a backtick fence would end too early, or \| would end the cell
        return f"<code>{cell(flat)}</code>"
    flat = flat.replace("|", "\\|")
    fence = "``" if "`" in flat else "`"
    pad = " " if fence == "``" else ""
    return f"{fence}{pad}{flat}{pad}{fence}" if flat else ""


def _row(group: Group) -> str:
    first, place = group.first, group.places[0]
    observation = f" observation {place.item}" if place.item else ""
    location = f"{code(first.operation)} {code(first.pointer)}"
    exchange = f"{code(place.capture + '/' + place.exchange)}{observation}"
    return f"| {code(first.rule)} | {location} | {cell(first.message)} | {group.count} | {exchange} |"
