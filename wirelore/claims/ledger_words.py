"""Wording of the ledger: figures, programs, dates and kinds of evidence, shared by text and markdown."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from wirelore.analysis.witness import IMPORTED, KINDS, SERVICE, STAND_IN
from wirelore.claims.ledger import Ledger
from wirelore.claims.rulings import CONTRADICTED, MIXED, SUPPORTED, VERDICTS, Row, Ruling
from wirelore.claims.weighing import Span, Weighed, Weight
from wirelore.model.wording import quantity

KIND_WORDS = {
    SERVICE: "answered by a real service",
    STAND_IN: "answered by a stand-in",
    IMPORTED: "from imported recordings",
}
"""The wording of each kind of evidence after a number of exchanges."""


def clients(programs: Iterable[str], most: int = 4, counts: Mapping[str, int] | None = None) -> str:
    """Return programs with versions: `claude-cli 2.0.56, 2.1.112`, with `; ` separator programs.

    At most `most` programs are listed, and at most `most` versions of each. With `counts`, the number of exchanges is
    added: `claude-cli 2.0.56 (12), 2.1.112 (7)`.
    """
    versions: dict[str, list[str]] = {}
    for program in sorted(programs, key=_natural):
        name, _, version = program.rpartition("/")
        if not version[:1].isdigit():
            name, version = program, ""
        number = f"({counts[program]:,})" if counts else ""
        versions.setdefault(name, []).append(f"{version} {number}".strip())
    texts = [
        f"{name or 'unknown programs'} {listed(own_versions, most)}".rstrip()
        for name, own_versions in sorted(versions.items(), key=lambda pair: (not pair[0], pair[0]))
    ]
    return listed(texts, most, "; ")


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", text)]


def listed(names: Iterable[str], most: int = 4, separator: str = ", ") -> str:
    """Return `a`, `a, b` or `a, b and 3 more`."""
    items = list(names)
    if len(items) > most:
        return f"{separator.join(items[:most])} and {len(items) - most} more"
    return separator.join(items)


def headline(ledger: Ledger) -> str:
    """Return the number of claims by verdict."""
    counts = ledger.verdicts
    parts = [f"{counts[verdict]} {verdict}" for verdict in dict.fromkeys(row.verdict for row in _by_rank(ledger))]
    return f"{quantity(len(ledger.rows), 'claim')}: {', '.join(parts)}"


def material(weighed: Weighed) -> str:
    """Return a description of the evidence: exchanges by kind, captures, dates."""
    total = sum(weighed.exchanges.values())
    kinds = ", ".join(f"{weighed.exchanges[kind]:,} {KIND_WORDS[kind]}" for kind in KINDS if weighed.exchanges[kind])
    details = f" ({kinds})" if kinds else ""
    dates = span(weighed.span)
    return f"{quantity(total, 'exchange')} in {quantity(weighed.captures, 'capture')}{details}{dates and ', ' + dates}"


def span(recorded_span: Span) -> str:
    """Return `2026-11-20` or `2026-11-20 to 2026-11-21`; empty if unknown."""
    days = [
        datetime.fromtimestamp(us / 1e6, UTC).date().isoformat()
        for us in (recorded_span.first_us, recorded_span.last_us)
        if us
    ]
    return " to ".join(dict.fromkeys(days))


def kinds(weight: Weight) -> str:
    """Return the numbers of exchanges by the source of the response: `12 answered by a stand-in`."""
    numbers = {kind: sum(weight.number(holds=holds, kind=kind) for holds in (True, False)) for kind in KINDS}
    return ", ".join(f"{number:,} {KIND_WORDS[kind]}" for kind, number in numbers.items() if number)


def figures(row: Row) -> str:
    """Return the amount of evidence for a verdict in a few words; empty if there is none."""
    if len(row.rulings) == 1:
        (ruling,) = row.rulings
        return share(ruling) if ruling.holds or ruling.fails else ""
    decided = sum(ruling.verdict == SUPPORTED for ruling in row.rulings)
    return (
        f"{decided} of {len(row.rulings)} parts" if any(ruling.holds or ruling.fails for ruling in row.rulings) else ""
    )


def share(ruling: Ruling) -> str:
    """Return `12 of 12`: how many of the exchanges that a check selects satisfy it."""
    return f"{ruling.holds:,} of {ruling.holds + ruling.fails:,}"


def programs(row: Row) -> list[str]:
    """Return the programs with evidence for or against a claim, sorted."""
    return sorted(
        {name for ruling in row.rulings for holds in (True, False) for name in _deciding_programs(ruling, holds=holds)}
    )


def split(ruling: Ruling, most: int = 4) -> str:
    """Return the programs for which a mixed check is true, and those for which it is false."""
    true, false, mixed = ruling.split
    texts = [f"{word} {clients(names, most)}" for word, names in (("true for", true), ("false for", false)) if names]
    for name in mixed:
        true_for, false_for = (ruling.weight.number(holds=holds, program=name) for holds in (True, False))
        texts.append(f"true in {true_for:,} and false in {false_for:,} of {clients([name])}")
    return "; ".join(texts)


def reason(row: Row) -> str:
    """Return the reason for a contradicted or mixed verdict: the parts and programs; otherwise an empty string."""
    notable = [ruling for ruling in row.rulings if ruling.verdict in (CONTRADICTED, MIXED)]
    return "; ".join(
        f"{ruling.check.part}: {split(ruling)}" if ruling.check.part and len(row.rulings) > 1 else split(ruling)
        for ruling in notable
    )


def _deciding_programs(ruling: Ruling, *, holds: bool) -> list[str]:
    return [] if ruling.check.holds == "once" and not holds else ruling.weight.programs(holds=holds)


def _by_rank(ledger: Ledger) -> list[Row]:
    return sorted(ledger.rows, key=lambda row: VERDICTS.index(row.verdict))
