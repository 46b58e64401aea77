"""The ledger as a page: what is known of each area, what stands between sources, what to record next, every claim."""

from collections.abc import Iterable, Iterator

from wirelore.analysis.markdown import anchor, cell, code, codes, table
from wirelore.claims import ledger_words as words
from wirelore.claims.ledger import Completeness, Dispute, Ledger, Next
from wirelore.claims.ledger_guide import GUIDE
from wirelore.claims.rulings import CONTRADICTED, MIXED, NOT_OBSERVED, Row, Ruling
from wirelore.claims.weighing import Example
from wirelore.model.wording import quantity

_NAMES = 24
"""How many names that nobody claims are shown of a part."""


def write(ledger: Ledger) -> str:
    """The whole page, ending in one line end."""
    lines = [
        *_head(ledger),
        *_completeness(ledger),
        *_not_so(ledger),
        *_disputes(ledger),
        *_next(ledger.next),
        *[line for one in ledger.areas for line in _area(ledger, one)],
        *_sources(ledger),
        *_unread(ledger),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(ledger: Ledger) -> list[str]:
    weighed = ledger.weighed
    clients = [f"{cell(name) or 'not told'} ({count:,})" for name, count in weighed.programs.most_common(12)]
    more = f" and {len(weighed.programs) - 12} more" if len(weighed.programs) > 12 else ""
    left = [f"Of long streams {weighed.left_out:,} events were not looked at: thousands alike stand before them.", ""]
    return [
        "# Claims",
        "",
        f"{words.headline(ledger)}.",
        "",
        f"Weighed: {words.material(weighed)}." + (f" Clients: {', '.join(clients)}{more}." if clients else ""),
        "",
        *(left if weighed.left_out else []),
        *GUIDE,
        "",
    ]


def _completeness(ledger: Ledger) -> list[str]:
    heads = ["area", "claims", "observed", "contradicted", "claimed only", "not observable", "unknown", "parts decided"]
    rows: list[list[str | int]] = [
        [
            _to(one.area.title),
            sum(one.verdicts.values()),
            one.observed,
            one.contradicted,
            one.claimed,
            one.unobservable,
            one.unknown,
            f"{one.decided} of {one.parts}",
        ]
        for one in ledger.areas
    ]
    return ["## How complete it is", "", *table(heads, rows)]


def _not_so(ledger: Ledger) -> list[str]:
    rows = [
        [_link(row), row.verdict, cell(row.claim.claim), cell(words.reason(row))]
        for row in ledger.rows
        if row.verdict in (CONTRADICTED, MIXED)
    ]
    heads = ["claim", "verdict", "what it says", "for whom"]
    return ["## What does not hold", "", *table(heads, rows, "No recording speaks against a claim.")]


def _disputes(ledger: Ledger) -> list[str]:
    if not ledger.disputes:
        return []
    rows = [[_side(one.first), _side(one.second), _so_far(one), _decider(one)] for one in ledger.disputes]
    heads = ["one says", "the other says", "so far", "what decides it"]
    return ["## Where the sources disagree", "", *table(heads, rows)]


def _side(row: Row) -> str:
    return f"{_link(row)} {cell(row.claim.claim)} ({row.verdict})"


def _so_far(one: Dispute) -> str:
    mixed = [f"{row.claim.id}: {words.reason(row)}" for row in (one.first, one.second) if row.verdict == MIXED]
    return cell("; ".join([one.outcome, *mixed]))


def _decider(one: Dispute) -> str:
    if one.is_decided:
        return "The recordings that are named below each claim."
    return cell(" Or: ".join(one.next)) or "Nobody has said how."


def _next(every: Iterable[Next]) -> list[str]:
    rows: list[list[str | int]] = []
    for number, one in enumerate(every, 1):
        names = ", ".join(f"{name} (disputed)" if name in one.disputed else name for name in one.claims)
        rows.append([number, cell(one.recording) or "nobody has said how", len(one.claims), names])
    empty = "Nothing: every claim that can be decided is."
    return ["## What to record next", "", *table(["", "recording", "decides", "claims"], rows, empty)]


def _area(ledger: Ledger, one: Completeness) -> Iterator[str]:
    found = ledger.of(one.area.name)
    yield from (f"## {one.area.title}", "")
    rows = [[_link(row), row.verdict, words.figures(row) or "-", cell(row.claim.claim)] for row in found]
    yield from table(["claim", "verdict", "evidence", "what it says"], rows)
    yield from _unclaimed(one)
    for row in found:
        yield from _claim(row)


def _unclaimed(one: Completeness) -> list[str]:
    lines = [
        f"- {part.title}, {len(names)} of {one.seen[part]}: {codes(names, _NAMES)}"
        for part, names in one.unclaimed.items()
        if names
    ]
    return ["Seen, and claimed by nobody:", "", *lines, ""] if lines else []


def _claim(row: Row) -> Iterator[str]:
    claim = row.claim
    parts = "".join(f"; {cell(part)}: {firmness}" for part, firmness in claim.exceptions)
    yield from (f"### {claim.id}", "", cell(claim.claim), "")
    yield f"**{row.verdict.capitalize()}.** Said by {', '.join(claim.sources)} ({claim.firmness}{parts})." + (
        f" Contradicts {', '.join(claim.contradicts)}." if claim.contradicts else ""
    )
    yield ""
    if claim.unobservable:
        yield from (cell(claim.unobservable), "")
    elif not row.rulings:
        yield from ("Nobody has written a check for it yet.", "")
    for ruling in row.rulings:
        yield from _ruling(ruling)
    if row.rulings:
        yield ""


def _ruling(ruling: Ruling) -> Iterator[str]:
    check, weight = ruling.check, ruling.weight
    name = f"{cell(check.part)} (what the {check.speaker} does)" if check.part else f"What the {check.speaker} does"
    yield f"- {name}: **{ruling.verdict}**{_evidence(ruling)}"
    if ruling.verdict == MIXED:
        yield f"  - {cell(words.split(ruling, 12))}"
    if weight.spots(holds=True):
        yield f"  - for it: {_places(weight.spots(holds=True))}"
    if check.holds == "always":
        for spot in weight.spots(holds=False):
            yield f"  - against it: {_places([spot])}: {cell(spot.why)}"
    if weight.stand_ins:
        yield f"  - {quantity(weight.stand_ins, 'exchange')} not counted: a stand-in answered."
    if ruling.verdict == NOT_OBSERVED and check.next:
        yield f"  - to decide it: {cell(check.next)}"


def _evidence(ruling: Ruling) -> str:
    weight, looked = ruling.weight, ruling.holds + ruling.fails
    if not looked:
        return "; no recording shows such an exchange"
    dates = words.span(weight.span)
    told = f" ({words.kinds(weight)}{dates and '; ' + dates})"
    if ruling.check.holds == "once" and not ruling.holds:
        return f"; {quantity(looked, 'exchange')} looked at{told}"
    true, false, both = ruling.split
    once = ruling.check.holds == "once"
    clients = {*true, *both} if once else {*true, *false, *both}
    sides = (True,) if once else (True, False)
    counts = {name: sum(weight.number(holds=holds, program=name) for holds in sides) for name in clients}
    return f", {words.share(ruling)} exchanges{told}: {cell(words.clients(clients, 12, counts))}"


def _places(spots: Iterable[Example]) -> str:
    return ", ".join(code(str(spot)) + (f" ({cell(spot.program)})" if spot.program else "") for spot in spots)


def _sources(ledger: Ledger) -> list[str]:
    return ["## Sources", "", *(f"- {name}: {cell(title)}" for name, title in ledger.sources.items()), ""]


def _unread(ledger: Ledger) -> list[str]:
    return ["## Not read", "", *(f"- {cell(problem)}" for problem in ledger.problems), ""] if ledger.problems else []


def _link(row: Row) -> str:
    return f"[{row.claim.id}](#{anchor(row.claim.id)})"


def _to(heading: str) -> str:
    return f"[{cell(heading)}](#{anchor(heading)})"
