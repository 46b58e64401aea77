"""The ledger as a markdown page: completeness by area, disputes, recordings to make next, and every claim."""

from collections.abc import Iterable, Iterator

from wirelore.analysis.markdown import anchor, cell, code, codes, table
from wirelore.claims import ledger_words as words
from wirelore.claims.ledger import Completeness, Dispute, Ledger, Next
from wirelore.claims.ledger_guide import GUIDE
from wirelore.claims.rulings import CONTRADICTED, MIXED, NOT_OBSERVED, Row, Ruling
from wirelore.claims.weighing import Example
from wirelore.model.wording import quantity

_NAMES = 24
"""The maximum number of listed names that are in no claim."""


def write(ledger: Ledger) -> str:
    """Return the page, which ends with one line end."""
    lines = [
        *_head(ledger),
        *_completeness(ledger),
        *_contradicted(ledger),
        *_disputes(ledger),
        *_next(ledger.next),
        *[line for area in ledger.areas for line in _area(ledger, area)],
        *_sources(ledger),
        *_unread(ledger),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(ledger: Ledger) -> list[str]:
    weighed = ledger.weighed
    clients = [f"{cell(name) or 'unknown'} ({count:,})" for name, count in weighed.programs.most_common(12)]
    more = f" and {len(weighed.programs) - 12} more" if len(weighed.programs) > 12 else ""
    omitted = [f"Not checked: {weighed.left_out:,} events of long streams, after thousands of the same shape.", ""]
    return [
        "# Claims",
        "",
        f"{words.headline(ledger)}.",
        "",
        f"Evidence: {words.material(weighed)}." + (f" Clients: {', '.join(clients)}{more}." if clients else ""),
        "",
        *(omitted if weighed.left_out else []),
        *GUIDE,
        "",
    ]


def _completeness(ledger: Ledger) -> list[str]:
    heads = ["area", "claims", "observed", "contradicted", "claimed only", "not observable", "unknown", "parts decided"]
    rows: list[list[str | int]] = [
        [
            _to(completeness.area.title),
            sum(completeness.verdicts.values()),
            completeness.observed,
            completeness.contradicted,
            completeness.claimed,
            completeness.unobservable,
            completeness.unknown,
            f"{completeness.decided} of {completeness.parts}",
        ]
        for completeness in ledger.areas
    ]
    return ["## Completeness", "", *table(heads, rows)]


def _contradicted(ledger: Ledger) -> list[str]:
    rows = [
        [_link(row), row.verdict, cell(row.claim.claim), cell(words.reason(row))]
        for row in ledger.rows
        if row.verdict in (CONTRADICTED, MIXED)
    ]
    heads = ["claim", "verdict", "statement", "clients"]
    return ["## Contradicted and mixed claims", "", *table(heads, rows, "No recording contradicts a claim.")]


def _disputes(ledger: Ledger) -> list[str]:
    if not ledger.disputes:
        return []
    rows = [
        [_side(dispute.first), _side(dispute.second), _outcome(dispute), _decider(dispute)]
        for dispute in ledger.disputes
    ]
    heads = ["claim", "contradicting claim", "outcome", "deciding recording"]
    return ["## Disputes", "", *table(heads, rows)]


def _side(row: Row) -> str:
    return f"{_link(row)} {cell(row.claim.claim)} ({row.verdict})"


def _outcome(dispute: Dispute) -> str:
    mixed = [f"{row.claim.id}: {words.reason(row)}" for row in (dispute.first, dispute.second) if row.verdict == MIXED]
    return cell("; ".join([dispute.outcome, *mixed]))


def _decider(dispute: Dispute) -> str:
    if dispute.is_decided:
        return "Decided; see the recordings below each claim."
    return cell(" Or: ".join(dispute.next)) or "Unknown."


def _next(items: Iterable[Next]) -> list[str]:
    rows: list[list[str | int]] = []
    for number, item in enumerate(items, 1):
        names = ", ".join(f"{name} (disputed)" if name in item.disputed else name for name in item.claims)
        rows.append([number, cell(item.recording) or "unknown", len(item.claims), names])
    empty = "Nothing: all decidable claims are decided."
    return ["## What to record next", "", *table(["", "recording", "decides", "claims"], rows, empty)]


def _area(ledger: Ledger, completeness: Completeness) -> Iterator[str]:
    area_rows = ledger.in_area(completeness.area.name)
    yield from (f"## {completeness.area.title}", "")
    rows = [[_link(row), row.verdict, words.figures(row) or "-", cell(row.claim.claim)] for row in area_rows]
    yield from table(["claim", "verdict", "evidence", "statement"], rows)
    yield from _unclaimed(completeness)
    for row in area_rows:
        yield from _claim(row)


def _unclaimed(completeness: Completeness) -> list[str]:
    lines = [
        f"- {part.title}, {len(names)} of {completeness.seen[part]}: {codes(names, _NAMES)}"
        for part, names in completeness.unclaimed.items()
        if names
    ]
    return ["Observed, but in no claim:", "", *lines, ""] if lines else []


def _claim(row: Row) -> Iterator[str]:
    claim = row.claim
    parts = "".join(f"; {cell(part)}: {firmness}" for part, firmness in claim.exceptions)
    yield from (f"### {claim.id}", "", cell(claim.claim), "")
    yield f"**{row.verdict.capitalize()}.** Source: {', '.join(claim.sources)} ({claim.firmness}{parts})." + (
        f" Contradicts {', '.join(claim.contradicts)}." if claim.contradicts else ""
    )
    yield ""
    if claim.unobservable:
        yield from (cell(claim.unobservable), "")
    elif not row.rulings:
        yield from ("No check yet.", "")
    for ruling in row.rulings:
        yield from _ruling(ruling)
    if row.rulings:
        yield ""


def _ruling(ruling: Ruling) -> Iterator[str]:
    check, weight = ruling.check, ruling.weight
    name = f"{cell(check.part)} ({check.speaker})" if check.part else f"Behaviour of the {check.speaker}"
    yield f"- {name}: **{ruling.verdict}**{_evidence(ruling)}"
    if ruling.verdict == MIXED:
        yield f"  - {cell(words.split(ruling, 12))}"
    if weight.spots(holds=True):
        yield f"  - for: {_places(weight.spots(holds=True))}"
    if check.holds == "always":
        for example in weight.spots(holds=False):
            yield f"  - against: {_places([example])}: {cell(example.why)}"
    if weight.stand_ins:
        yield f"  - {quantity(weight.stand_ins, 'exchange')} ignored: a stand-in answered."
    if ruling.verdict == NOT_OBSERVED and check.next:
        yield f"  - deciding recording: {cell(check.next)}"


def _evidence(ruling: Ruling) -> str:
    weight, total = ruling.weight, ruling.holds + ruling.fails
    if not total:
        return "; no such exchange recorded"
    dates = words.span(weight.span)
    details = f" ({words.kinds(weight)}{dates and '; ' + dates})"
    if ruling.check.holds == "once" and not ruling.holds:
        return f"; {quantity(total, 'exchange')} checked{details}"
    true, false, both = ruling.split
    once = ruling.check.holds == "once"
    clients = {*true, *both} if once else {*true, *false, *both}
    sides = (True,) if once else (True, False)
    counts = {name: sum(weight.number(holds=holds, program=name) for holds in sides) for name in clients}
    return f", {words.share(ruling)} exchanges{details}: {cell(words.clients(clients, 12, counts))}"


def _places(examples: Iterable[Example]) -> str:
    return ", ".join(
        code(str(example)) + (f" ({cell(example.program)})" if example.program else "") for example in examples
    )


def _sources(ledger: Ledger) -> list[str]:
    return ["## Sources", "", *(f"- {name}: {cell(title)}" for name, title in ledger.sources.items()), ""]


def _unread(ledger: Ledger) -> list[str]:
    return ["## Unreadable", "", *(f"- {cell(problem)}" for problem in ledger.problems), ""] if ledger.problems else []


def _link(row: Row) -> str:
    return f"[{row.claim.id}](#{anchor(row.claim.id)})"


def _to(heading: str) -> str:
    return f"[{cell(heading)}](#{anchor(heading)})"
