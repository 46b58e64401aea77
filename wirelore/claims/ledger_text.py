"""The ledger as text: a line for each claim, then completeness, disputes and the next recordings."""

from collections.abc import Iterator, Sequence

from wirelore.claims import ledger_words as words
from wirelore.claims.ledger import Completeness, Ledger
from wirelore.claims.rulings import Row
from wirelore.model.terminal import printable
from wirelore.model.wording import quantity

_WIDTH = 76


def write(ledger: Ledger) -> str:
    """Return the text, which ends with one line end."""
    blocks = [_head(ledger), *_claims(ledger), _completeness(ledger.areas), _disputes(ledger), _next(ledger)]
    lines = (printable(line, line=True) for block in blocks if block for line in (*block, ""))
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(ledger: Ledger) -> list[str]:
    return [words.headline(ledger), words.material(ledger.weighed)]


def _claims(ledger: Ledger) -> Iterator[list[str]]:
    for area in ledger.areas:
        lines = [area.area.title]
        for row in ledger.in_area(area.area.name):
            details = _evidence(row) if ledger.weighed.captures else _source(row)
            brackets = f"  [{', '.join(details)}]" if details else ""
            lines.append(f"  {row.claim.id:<5} {row.verdict:<16}  {_short(row.claim.claim)}{brackets}")
            if reason := words.reason(row):
                lines.append(f"{'':26}{reason}")
        yield lines


def _evidence(row: Row) -> list[str]:
    return [text for text in (words.figures(row), words.clients(words.programs(row), 3)) if text]


def _source(row: Row) -> list[str]:
    checks = [quantity(len(row.rulings), "check")] if row.rulings else []
    return [" ".join(row.claim.sources), row.claim.firmness, *checks]


def _completeness(areas: Sequence[Completeness]) -> list[str]:
    heads = ("observed", "contradicted", "claimed only", "not observable", "unknown")
    lines = ["Completeness", f"  {'':28}" + "".join(f"{head:>16}" for head in heads)]
    for area in areas:
        numbers = (area.observed, area.contradicted, area.claimed, area.unobservable, area.unknown)
        lines.append(f"  {area.area.title:<28}" + "".join(f"{number:>16,}" for number in numbers))
    for area in areas:
        lines += [
            f"  observed, but in no claim: {part.title}: {words.listed(names, 8)}"
            for part, names in area.unclaimed.items()
            if names
        ]
    return lines


def _disputes(ledger: Ledger) -> list[str]:
    lines = ["Claims that contradict each other"] if ledger.disputes else []
    for dispute in ledger.disputes:
        sides = ", ".join(f"{row.claim.id} {row.verdict}" for row in (dispute.first, dispute.second))
        lines.append(f"  {sides}: {dispute.outcome}")
    return lines


def _next(ledger: Ledger) -> list[str]:
    lines = ["Next recordings, the most decisive first"] if ledger.next else []
    for item in ledger.next:
        lines.append(f"  {len(item.claims):>3}  {item.recording or 'unknown'}  ({', '.join(item.claims)})")
    return lines


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
