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
_TITLES = {"breaking": "Breaking", "additive": "Additive", "cosmetic": "Cosmetic", "unjudged": "Could not be judged"}


def write(changes: Changes) -> str:
    """The changes as a markdown page."""
    before, after = changes.comparison.before.name, changes.comparison.after.name
    return "\n".join([f"# {cell(before)} → {cell(after)}", "", *body(changes)]).rstrip("\n") + "\n"


def body(changes: Changes) -> list[str]:
    """The lines of the page below its title."""
    lines = [*_sides(changes), "## Differences", "", *counts(changes)]
    if changes.counted and not changes.comparison.noise_known:
        lines += [UNREPEATED, ""]
    for kind in KINDS:
        lines += _class(changes, kind)
    return [*lines, *_accepted(changes), *_noise(changes.comparison.set_aside), *_unread(changes)]


def counts(changes: Changes) -> list[str]:
    """The lines of the table of counts; the classes lead to their sections."""
    heads = ["class", *DIRECTIONS.values(), "both"]
    rows: list[list[str | int]] = []
    for kind, ways in changes.counts.items():
        total = sum(ways.values())
        name = link(KIND_WORDS[kind], "", _TITLES[kind]) if total else KIND_WORDS[kind]
        rows.append([name, *ways.values(), total])
    return table(heads, rows)


def told(one: Difference) -> list[str]:
    """The lines of one difference as an item of a list."""
    seen = ", ".join(filter(None, (change_words(one, "→"), scenario_words(one, _SCENARIOS))))
    lines = [f"- **{cell(one.message)}**", *([f"  {cell(seen)}"] if seen else [])]
    if one.advice:
        lines.append(f"  {cell(one.advice)}")
    look = codes(side.places[0] for side in (one.before, one.after) if side.places)
    lines.append(f"  {code(one.rule)} {code(one.fingerprint)}" + (f", look at {look}" if look else ""))
    return [f"{line}  " if number < len(lines) else line for number, line in enumerate(lines, 1)]


def _sides(changes: Changes) -> list[str]:
    before, after = changes.comparison.before, changes.comparison.after
    rows = [
        (name, cell(was), cell(now))
        for (name, was), (_, now) in zip(side_facts(before), side_facts(after), strict=True)
        if was or now
    ]
    return table(["", cell(before.name), cell(after.name)], rows) if rows else []


def _class(changes: Changes, kind: str) -> list[str]:
    found = of_kind(changes.counted, kind)
    if not found:
        return []
    lines, last = [f"## {_TITLES[kind]}", ""], ""
    for way, operation, run in gathered(found):
        if way != last:
            lines += [f"### {DIRECTIONS[way].capitalize()}", ""]
            last = way
        lines += [f"#### {cell(operation_words(operation))}", ""]
        for one in run:
            lines += told(one)
        lines.append("")
    return lines


def _accepted(changes: Changes) -> list[str]:
    lines = []
    if changes.accepted:
        rows = [
            (one.entry, cell(one.difference.message), code(one.difference.rule), cell(one.reason))
            for one in changes.accepted
        ]
        lines += ["## Accepted", "", *table(["entry", "what", "rule", "reason"], rows)]
    if changes.stale:
        stale = [(one.entry, cell(one.wanted), cell(one.why)) for one in changes.stale]
        lines += ["## Stale entries of the accept file", "", *table(["entry", "for", "why"], stale)]
    return lines


def _noise(found: Sequence[Ignored]) -> list[str]:
    if not found:
        return []
    said = "What differs between recordings of one and the same side is no change."
    return ["## Set aside as noise", "", said, "", *noise_table(found)]


def noise_table(found: Iterable[Ignored]) -> list[str]:
    """The lines of a table of what was noise."""
    rows = [(code(one.operation), code(one.place), cell(one.why), one.count) for one in found]
    return table(["operation", "place", "why", "scenarios"], rows)


def _unread(changes: Changes) -> list[str]:
    found = changes.comparison.problems
    return ["## Not read", "", *(f"- {cell(problem)}" for problem in found), ""] if found else []
