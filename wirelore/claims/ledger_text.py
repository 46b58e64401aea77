"""The ledger as text: a line for each claim, then completeness, disputes and the next recordings."""

from collections.abc import Iterator, Sequence

from wirelore.claims import ledger_words as words
from wirelore.claims.ledger import Completeness, Ledger
from wirelore.claims.rulings import Row
from wirelore.model.terminal import printable
from wirelore.model.wording import quantity

_WIDTH = 76


def write(ledger: Ledger) -> str:
    """The whole text, ending in one line end."""
    blocks = [_head(ledger), *_claims(ledger), _completeness(ledger.areas), _disputes(ledger), _next(ledger)]
    lines = (printable(line, line=True) for block in blocks if block for line in (*block, ""))
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(ledger: Ledger) -> list[str]:
    return [words.headline(ledger), words.material(ledger.weighed)]


def _claims(ledger: Ledger) -> Iterator[list[str]]:
    for one in ledger.areas:
        lines = [one.area.title]
        for row in ledger.of(one.area.name):
            told = _evidence(row) if ledger.weighed.captures else _stated(row)
            brackets = f"  [{', '.join(told)}]" if told else ""
            lines.append(f"  {row.claim.id:<5} {row.verdict:<16}  {_short(row.claim.claim)}{brackets}")
            if reason := words.reason(row):
                lines.append(f"{'':26}{reason}")
        yield lines


def _evidence(row: Row) -> list[str]:
    return [text for text in (words.figures(row), words.clients(words.programs(row), 3)) if text]


def _stated(row: Row) -> list[str]:
    checks = [quantity(len(row.rulings), "check")] if row.rulings else []
    return [" ".join(row.claim.sources), row.claim.firmness, *checks]


def _completeness(areas: Sequence[Completeness]) -> list[str]:
    heads = ("observed", "contradicted", "claimed only", "not observable", "unknown")
    lines = ["Completeness", f"  {'':28}" + "".join(f"{head:>16}" for head in heads)]
    for one in areas:
        numbers = (one.observed, one.contradicted, one.claimed, one.unobservable, one.unknown)
        lines.append(f"  {one.area.title:<28}" + "".join(f"{number:>16,}" for number in numbers))
    for one in areas:
        lines += [
            f"  seen, and claimed by nobody: {part.title}: {words.listed(names, 8)}"
            for part, names in one.unclaimed.items()
            if names
        ]
    return lines


def _disputes(ledger: Ledger) -> list[str]:
    lines = ["Claims that contradict each other"] if ledger.disputes else []
    for one in ledger.disputes:
        sides = ", ".join(f"{row.claim.id} {row.verdict}" for row in (one.first, one.second))
        lines.append(f"  {sides}: {one.outcome}")
    return lines


def _next(ledger: Ledger) -> list[str]:
    lines = ["Next recordings, those that would decide most first"] if ledger.next else []
    for one in ledger.next:
        lines.append(f"  {len(one.claims):>3}  {one.recording or 'nobody has said how'}  ({', '.join(one.claims)})")
    return lines


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
