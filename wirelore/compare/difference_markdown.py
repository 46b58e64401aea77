"""Differences as markdown, for a page or a comment on a code host."""

from collections.abc import Iterable, Sequence

from wirelore.analysis.markdown import cell, code, codes, link, table
from wirelore.compare.change import KINDS, Difference, Ignored
from wirelore.compare.presentation import (
    DIRECTIONS,
    KIND_WORDS,
    UNREPEATED,
    Changes,
    change_words,
    gathered,
    of_kind,
    operation_words,
    scenario_words,
    side_facts,
)

_SCENARIOS = 8
_TITLES = {"breaking": "Breaking", "additive": "Additive", "cosmetic": "Cosmetic", "unjudged": "Inconclusive"}


def write(changes: Changes) -> str:
    """Return the changes as a markdown page."""
    before, after = changes.comparison.before.name, changes.comparison.after.name
    return "\n".join([f"# {cell(before)} → {cell(after)}", "", *body(changes)]).rstrip("\n") + "\n"


def body(changes: Changes) -> list[str]:
    """Return the lines of the page below its title."""
    lines = [*_sides(changes), "## Differences", "", *counts(changes)]
    if changes.counted and not changes.comparison.noise_known:
        lines += [UNREPEATED, ""]
    for kind in KINDS:
        lines += _class(changes, kind)
    return [*lines, *_accepted(changes), *_noise(changes.comparison.set_aside), *_unread(changes)]


def counts(changes: Changes) -> list[str]:
    """Return the lines of the table of counts, in which the classes link to their sections."""
    heads = ["class", *DIRECTIONS.values(), "both"]
    rows: list[list[str | int]] = []
    for kind, ways in changes.counts.items():
        total = sum(ways.values())
        name = link(KIND_WORDS[kind], "", _TITLES[kind]) if total else KIND_WORDS[kind]
        rows.append([name, *ways.values(), total])
    return table(heads, rows)


def told(difference: Difference) -> list[str]:
    """Return the lines of one difference as a list item."""
    evidence = ", ".join(filter(None, (change_words(difference, "→"), scenario_words(difference, _SCENARIOS))))
    lines = [f"- **{cell(difference.message)}**", *([f"  {cell(evidence)}"] if evidence else [])]
    if difference.advice:
        lines.append(f"  {cell(difference.advice)}")
    examples = codes(side.places[0] for side in (difference.before, difference.after) if side.places)
    lines.append(
        f"  {code(difference.rule)} {code(difference.fingerprint)}" + (f", see {examples}" if examples else "")
    )
    return [f"{line}  " if number < len(lines) else line for number, line in enumerate(lines, 1)]


def _sides(changes: Changes) -> list[str]:
    before, after = changes.comparison.before, changes.comparison.after
    rows = [
        (name, cell(old), cell(new))
        for (name, old), (_, new) in zip(side_facts(before), side_facts(after), strict=True)
        if old or new
    ]
    return table(["", cell(before.name), cell(after.name)], rows) if rows else []


def _class(changes: Changes, kind: str) -> list[str]:
    differences = of_kind(changes.counted, kind)
    if not differences:
        return []
    lines, last = [f"## {_TITLES[kind]}", ""], ""
    for way, operation, run in gathered(differences):
        if way != last:
            lines += [f"### {DIRECTIONS[way].capitalize()}", ""]
            last = way
        lines += [f"#### {cell(operation_words(operation))}", ""]
        for difference in run:
            lines += told(difference)
        lines.append("")
    return lines


def _accepted(changes: Changes) -> list[str]:
    lines = []
    if changes.accepted:
        rows = [
            (entry.entry, cell(entry.difference.message), code(entry.difference.rule), cell(entry.reason))
            for entry in changes.accepted
        ]
        lines += ["## Accepted", "", *table(["entry", "difference", "rule", "reason"], rows)]
    if changes.stale:
        stale = [(entry.entry, cell(entry.wanted), cell(entry.why)) for entry in changes.stale]
        lines += ["## Stale entries of the accept file", "", *table(["entry", "selection", "reason"], stale)]
    return lines


def _noise(noise: Sequence[Ignored]) -> list[str]:
    if not noise:
        return []
    explanation = "Differences that also occur between recordings of one side are ignored."
    return ["## Ignored as noise", "", explanation, "", *noise_table(noise)]


def noise_table(noise: Iterable[Ignored]) -> list[str]:
    """Return the lines of a table of ignored places."""
    rows = [(code(place.operation), code(place.place), cell(place.why), place.count) for place in noise]
    return table(["operation", "place", "reason", "scenarios"], rows)


def _unread(changes: Changes) -> list[str]:
    problems = changes.comparison.problems
    return ["## Unreadable", "", *(f"- {cell(problem)}" for problem in problems), ""] if problems else []
