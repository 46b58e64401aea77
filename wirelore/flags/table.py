"""The beta-flag table as data, made of the counts and the claims."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wirelore.evidence.counts import moment
from wirelore.flags.co_occurrence import CoOccurrence, co_occurrences
from wirelore.flags.tally import KINDS, SAMPLE, Cell, FlagSeen, FlagTally, Group, Refusal
from wirelore.flags.version_spans import Arrivals, Span, arrivals, spans
from wirelore.model.protocol import protocol
from wirelore.model.versions import version_key
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library

_FLAG = re.compile(r"[a-z][a-z0-9-]*-(?:\d{4}-\d\d-\d\d|\d{8})")


@dataclass(frozen=True, slots=True)
class Facet:
    """One model, way of authentication, operation or scenario: how many of its requests carried the flag."""

    name: str
    """Empty if not told."""
    count: int
    of: int
    """The requests of it in the operations of client versions that the flag was seen with."""


class Answer(NamedTuple):
    """How many requests got a status, and from whom."""

    kind: str
    status: int | None
    """None where no answer came."""
    requests: int


class Part(NamedTuple):
    """Some requests of an operation and version."""

    group: Group
    requests: int


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag that was seen."""

    name: str
    requests: int
    captures: int
    first: str
    """RFC 3339 in UTC; empty if no source tells a time."""
    last: str
    agents: tuple[str, ...]
    """First products of user agents without version, sorted."""
    spans: tuple[Span, ...]
    models: tuple[Facet, ...]
    authentication: tuple[Facet, ...]
    operations: tuple[Facet, ...]
    scenarios: tuple[Facet, ...]
    answers: tuple[Answer, ...]
    """The strongest evidence first."""
    company: tuple[CoOccurrence, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One row of the table over versions."""

    client: str
    flag: str
    operation: str
    shares: Mapping[str, tuple[int, int]]
    """Requests with the flag, and all of the operation, by version; versions that did not record it are left out."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Answers with status 400 that say the same to requests with the same flags."""

    kind: str
    operation: str
    message: str
    named: tuple[str, ...]
    """The known flags that the message names."""
    carried: tuple[str, ...]
    """The flags of the requests."""
    count: int
    place: str
    """The first of them, `capture/id`."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A flag that claims enumerate and no request carried."""

    flag: str
    claims: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FlagTable:
    """What captures and claims say of beta flags."""

    captures: int
    requests: int
    """Those whose headers are known."""
    carrying: int
    """Those with a flag. None is counted twice."""
    kinds: Mapping[str, int]
    """Requests by kind of evidence."""
    versions: Mapping[str, tuple[str, ...]]
    """By client all its versions in order, if one of them sent a flag."""
    flags: tuple[Flag, ...]
    uses: tuple[Use, ...]
    arrivals: tuple[Arrivals, ...]
    refused: tuple[Refused, ...]
    refused_all: bool
    """Whether `refused` holds all kinds of refusals."""
    claimed: tuple[Claimed, ...]
    unseen: tuple[str, ...]
    """Flags that the schemas know and no request carried."""
    sampled: tuple[Part, ...]
    """Groups of so many requests that what goes along was looked for in SAMPLE of them."""
    unwalked: tuple[Part, ...]
    """Groups of which so many requests were left out of that: their bodies were lost, or are too large."""
    problems: tuple[str, ...] = ()
    """What could not be read, a message each."""


def tabled(tally: FlagTally, claims: Iterable[Claim], library: Library, problems: Iterable[str] = ()) -> FlagTable:
    """The table of what was counted."""
    ledger = list(claims)
    stated = _claimed(ledger)
    samples = {group: tally.sample(group) for group in sorted(tally.rows)}
    company = co_occurrences(samples)
    every = tally.requests
    flags = tuple(
        _flag(name, one, every, company.get(name, ()), stated.get(name, ()))
        for name, one in sorted(tally.flags.items())
    )
    clients = {cell.client for one in tally.flags.values() for cell in one.cells}
    known = _learned(library)
    names = {*tally.flags, *stated, *known}
    return FlagTable(
        captures=tally.captures,
        requests=sum(every.values()),
        carrying=tally.carrying,
        kinds=_by_kind(every),
        versions={client: _versions(client, every) for client in sorted(clients)},
        flags=flags,
        uses=tuple(use for name, one in sorted(tally.flags.items()) for use in _uses(name, one.cells, every)),
        arrivals=tuple(one for one in arrivals(samples) if _is_first(one, tally.flags[one.flag].cells)),
        refused=tuple(_refused(one, *seen, names) for one, seen in sorted(tally.refusals.items())),
        refused_all=not tally.refusals_dropped,
        claimed=tuple(_lost(name, stated[name], ledger) for name in sorted(set(stated) - set(tally.flags))),
        unseen=tuple(sorted(set(known) - set(tally.flags))),
        sampled=tuple(Part(group, _requests(group, every)) for group, rows in samples.items() if len(rows) == SAMPLE),
        unwalked=tuple(Part(*one) for one in sorted(tally.unwalked.items())),
        problems=tuple(problems),
    )


def _flag(
    name: str, one: FlagSeen, every: Counter[Cell], company: tuple[CoOccurrence, ...], claims: tuple[str, ...]
) -> Flag:
    seen = one.seen
    times = [] if seen.first_us is None or seen.last_us is None else [moment(seen.first_us), moment(seen.last_us)]
    first, last = times or ("", "")
    answers = sorted(one.statuses.items(), key=lambda item: (KINDS.index(item[0][0]), item[0][1] or 0))
    return Flag(
        name=name,
        requests=seen.count,
        captures=len(one.captures),
        first=first,
        last=last,
        agents=tuple(sorted(one.agents)),
        spans=spans(one.cells, every),
        models=_facets(one.cells, every, lambda cell: cell.model),
        authentication=_facets(one.cells, every, lambda cell: cell.authentication),
        operations=_facets(one.cells, every, lambda cell: cell.operation),
        scenarios=_facets(one.cells, every, lambda cell: cell.scenario),
        answers=tuple(Answer(kind, status, count) for (kind, status), count in answers),
        company=company,
        claims=claims,
    )


def _facets(cells: Counter[Cell], every: Counter[Cell], name: Callable[[Cell], str]) -> tuple[Facet, ...]:
    groups = {cell.group for cell in cells}
    counts, total = Counter[str](), Counter[str]()
    for cell, count in every.items():
        if cell.group in groups:
            total[name(cell)] += count
            counts[name(cell)] += cells.get(cell, 0)
    return tuple(Facet(one, counts[one], total[one]) for one in sorted(total, key=lambda each: (-counts[each], each)))


def _uses(flag: str, cells: Counter[Cell], every: Counter[Cell]) -> list[Use]:
    found = []
    for client, operation in sorted({(cell.client, cell.operation) for cell in cells}):
        shares: dict[str, tuple[int, int]] = {}
        for cell, count in every.items():
            if (cell.client, cell.operation) == (client, operation):
                carried, of = shares.get(cell.version, (0, 0))
                shares[cell.version] = carried + cells.get(cell, 0), of + count
        found.append(Use(client, flag, operation, dict(sorted(shares.items(), key=lambda item: version_key(item[0])))))
    return found


def _is_first(one: Arrivals, cells: Counter[Cell]) -> bool:
    """Whether really no earlier request carried the flag, also none beyond the sample."""
    sent = [cell.version for cell in cells if (cell.client, cell.operation) == (one.client, one.operation)]
    return min(map(version_key, sent)) == version_key(one.version)


def _versions(client: str, every: Counter[Cell]) -> tuple[str, ...]:
    return tuple(sorted({cell.version for cell in every if cell.client == client}, key=version_key))


def _requests(group: Group, every: Counter[Cell]) -> int:
    return sum(count for cell, count in every.items() if cell.group == group)


def _by_kind(every: Counter[Cell]) -> dict[str, int]:
    counts = Counter[str]()
    for cell, count in every.items():
        counts[cell.kind] += count
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


def _refused(one: Refusal, count: int, place: str, names: set[str]) -> Refused:
    named = tuple(word for word in one.named if word in names)
    return Refused(KINDS[one.rank], one.operation, one.message, named, one.carried, count, place)


def _learned(library: Library) -> list[str]:
    """The flags that the schemas know."""
    return list(library.root("beta-flags").get("properties", {}).get("flags", {}).get("items", {}).get("enum", ()))


def _lost(flag: str, stated: tuple[str, ...], ledger: Iterable[Claim]) -> Claimed:
    return Claimed(flag, stated, tuple(sorted({name for one in ledger if one.id in stated for name in one.sources})))


def _claimed(ledger: Iterable[Claim]) -> dict[str, tuple[str, ...]]:
    """The flags that claims on request headers enumerate, with all claims that speak of them."""
    every, line = list(ledger), f"{protocol().flags_header}: "
    flags = {term for one in every if one.area == "request-headers" for term in one.terms if _FLAG.fullmatch(term)}
    found: dict[str, list[str]] = {}
    for claim in every:
        for flag in {term.removeprefix(line) for term in claim.terms}:
            if flag in flags or line + flag in claim.terms:
                found.setdefault(flag, []).append(claim.id)
    return {flag: tuple(ids) for flag, ids in sorted(found.items())}
