"""Words for the ledger: figures, programs, dates and kinds of evidence, as text and markdown say them."""

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
"""What a kind of evidence is called, after a number of exchanges."""


def clients(programs: Iterable[str], most: int = 4, counts: Mapping[str, int] | None = None) -> str:
    """`claude-cli 2.0.56, 2.1.112`, with `; ` between programs; at most so many programs and versions of each.

    With `counts` each has its number behind it: `claude-cli 2.0.56 (12), 2.1.112 (7)`.
    """
    versions: dict[str, list[str]] = {}
    for one in sorted(programs, key=_natural):
        name, _, version = one.rpartition("/")
        if not version[:1].isdigit():
            name, version = one, ""
        number = f"({counts[one]:,})" if counts else ""
        versions.setdefault(name, []).append(f"{version} {number}".strip())
    told = [
        f"{name or 'programs that are not named'} {listed(own, most)}".rstrip()
        for name, own in sorted(versions.items(), key=lambda pair: (not pair[0], pair[0]))
    ]
    return listed(told, most, "; ")


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", text)]


def listed(names: Iterable[str], most: int = 4, between: str = ", ") -> str:
    """`a`, `a, b`, `a, b and 3 more`."""
    every = list(names)
    if len(every) > most:
        return f"{between.join(every[:most])} and {len(every) - most} more"
    return between.join(every)


def headline(ledger: Ledger) -> str:
    """How many claims have which verdict."""
    found = ledger.verdicts
    parts = [f"{found[verdict]} {verdict}" for verdict in dict.fromkeys(row.verdict for row in _by_rank(ledger))]
    return f"{quantity(len(ledger.rows), 'claim')}: {', '.join(parts)}"


def material(weighed: Weighed) -> str:
    """What was weighed: exchanges by kind, captures, dates."""
    total = sum(weighed.exchanges.values())
    kinds = ", ".join(f"{weighed.exchanges[kind]:,} {KIND_WORDS[kind]}" for kind in KINDS if weighed.exchanges[kind])
    told = f" ({kinds})" if kinds else ""
    dates = span(weighed.span)
    return f"{quantity(total, 'exchange')} of {quantity(weighed.captures, 'capture')}{told}{dates and ', ' + dates}"


def span(one: Span) -> str:
    """`2026-11-20`, or `2026-11-20 to 2026-11-21`; empty if not known."""
    days = [datetime.fromtimestamp(us / 1e6, UTC).date().isoformat() for us in (one.first_us, one.last_us) if us]
    return " to ".join(dict.fromkeys(days))


def kinds(weight: Weight) -> str:
    """The exchanges that count by who answered: `12 answered by a stand-in`."""
    numbers = {kind: sum(weight.number(holds=holds, kind=kind) for holds in (True, False)) for kind in KINDS}
    return ", ".join(f"{number:,} {KIND_WORDS[kind]}" for kind, number in numbers.items() if number)


def figures(row: Row) -> str:
    """How much evidence a verdict rests on, in a few words; empty if there is none."""
    if len(row.rulings) == 1:
        (ruling,) = row.rulings
        return share(ruling) if ruling.holds or ruling.fails else ""
    decided = sum(ruling.verdict == SUPPORTED for ruling in row.rulings)
    return (
        f"{decided} of {len(row.rulings)} parts" if any(ruling.holds or ruling.fails for ruling in row.rulings) else ""
    )


def share(ruling: Ruling) -> str:
    """`12 of 12`: exchanges that satisfy a check, of those it is about."""
    return f"{ruling.holds:,} of {ruling.holds + ruling.fails:,}"


def programs(row: Row) -> list[str]:
    """The programs that a verdict rests on, sorted."""
    return sorted({name for ruling in row.rulings for holds in (True, False) for name in _named(ruling, holds=holds)})


def split(ruling: Ruling, most: int = 4) -> str:
    """Of a mixed check: whom it is true for, and whom not."""
    true, false, both = ruling.split
    told = [f"{word} {clients(names, most)}" for word, names in (("true for", true), ("false for", false)) if names]
    for name in both:
        true_for, false_for = (ruling.weight.number(holds=holds, program=name) for holds in (True, False))
        told.append(f"{true_for:,} for and {false_for:,} against of {clients([name])}")
    return "; ".join(told)


def reason(row: Row) -> str:
    """Why the verdict is what it is, where it is not plain: the part contradicted, who it is mixed for."""
    of_note = [ruling for ruling in row.rulings if ruling.verdict in (CONTRADICTED, MIXED)]
    return "; ".join(
        f"{ruling.check.part}: {split(ruling)}" if ruling.check.part and len(row.rulings) > 1 else split(ruling)
        for ruling in of_note
    )


def _named(ruling: Ruling, *, holds: bool) -> list[str]:
    return [] if ruling.check.holds == "once" and not holds else ruling.weight.programs(holds=holds)


def _by_rank(ledger: Ledger) -> list[Row]:
    return sorted(ledger.rows, key=lambda row: VERDICTS.index(row.verdict))
