"""The beta-flag table as data, from the counts and the claims."""

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
    """One model, authentication, operation or scenario, with the number of requests that have the flag."""

    name: str
    """Empty if unknown."""
    count: int
    of: int
    """Its requests in the operations and client versions with the flag."""


class Answer(NamedTuple):
    """The number of requests with a status, by the source of the response."""

    kind: str
    status: int | None
    """None if there was no response."""
    requests: int


class Part(NamedTuple):
    """A number of requests of an operation and version."""

    group: Group
    requests: int


@dataclass(frozen=True, slots=True)
class Flag:
    """One observed flag."""

    name: str
    requests: int
    captures: int
    first: str
    """RFC 3339 in UTC; empty if no source has a time."""
    last: str
    agents: tuple[str, ...]
    """The first products of user agents, without version, sorted."""
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
    """One row of the table by version."""

    client: str
    flag: str
    operation: str
    shares: Mapping[str, tuple[int, int]]
    """Requests with the flag and all requests of the operation, by version; only versions with the operation."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Responses with status 400 and equal messages to requests with equal flags."""

    kind: str
    operation: str
    message: str
    named: tuple[str, ...]
    """The known flags that the message names."""
    carried: tuple[str, ...]
    """The flags of the requests."""
    count: int
    place: str
    """The first exchange, `capture/id`."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A flag that claims enumerate, but no request has."""

    flag: str
    claims: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FlagTable:
    """The beta flags of captures and claims."""

    captures: int
    requests: int
    """Requests with recorded headers."""
    carrying: int
    """Requests with at least one flag."""
    kinds: Mapping[str, int]
    """Requests by kind of evidence."""
    versions: Mapping[str, tuple[str, ...]]
    """All versions of each client that sent a flag, in order."""
    flags: tuple[Flag, ...]
    uses: tuple[Use, ...]
    arrivals: tuple[Arrivals, ...]
    refused: tuple[Refused, ...]
    refused_all: bool
    """True if `refused` is complete."""
    claimed: tuple[Claimed, ...]
    unseen: tuple[str, ...]
    """Flags that are in the schemas, but in no request."""
    sampled: tuple[Part, ...]
    """Groups with more than SAMPLE requests; only a sample was searched for co-occurrences."""
    unwalked: tuple[Part, ...]
    """Groups with requests that were not searched because the body was lost or is too large."""
    problems: tuple[str, ...] = ()
    """Messages about unreadable parts."""


def build_table(tally: FlagTally, claims: Iterable[Claim], library: Library, problems: Iterable[str] = ()) -> FlagTable:
    """Return the table of a tally."""
    ledger = list(claims)
    claimed = _claimed(ledger)
    samples = {group: tally.sample(group) for group in sorted(tally.rows)}
    company = co_occurrences(samples)
    all_requests = tally.requests
    flags = tuple(
        _flag(name, flag_seen, all_requests, company.get(name, ()), claimed.get(name, ()))
        for name, flag_seen in sorted(tally.flags.items())
    )
    clients = {cell.client for flag_seen in tally.flags.values() for cell in flag_seen.cells}
    learned = _learned(library)
    names = {*tally.flags, *claimed, *learned}
    return FlagTable(
        captures=tally.captures,
        requests=sum(all_requests.values()),
        carrying=tally.carrying,
        kinds=_by_kind(all_requests),
        versions={client: _versions(client, all_requests) for client in sorted(clients)},
        flags=flags,
        uses=tuple(
            use for name, flag_seen in sorted(tally.flags.items()) for use in _uses(name, flag_seen.cells, all_requests)
        ),
        arrivals=tuple(item for item in arrivals(samples) if _is_first(item, tally.flags[item.flag].cells)),
        refused=tuple(_refused(refusal, *counted, names) for refusal, counted in sorted(tally.refusals.items())),
        refused_all=not tally.refusals_dropped,
        claimed=tuple(_only_claimed(name, claimed[name], ledger) for name in sorted(set(claimed) - set(tally.flags))),
        unseen=tuple(sorted(set(learned) - set(tally.flags))),
        sampled=tuple(
            Part(group, _requests(group, all_requests)) for group, rows in samples.items() if len(rows) == SAMPLE
        ),
        unwalked=tuple(Part(*item) for item in sorted(tally.unwalked.items())),
        problems=tuple(problems),
    )


def _flag(
    name: str,
    flag_seen: FlagSeen,
    all_requests: Counter[Cell],
    company: tuple[CoOccurrence, ...],
    claims: tuple[str, ...],
) -> Flag:
    seen = flag_seen.seen
    times = [] if seen.first_us is None or seen.last_us is None else [moment(seen.first_us), moment(seen.last_us)]
    first, last = times or ("", "")
    answers = sorted(flag_seen.statuses.items(), key=lambda item: (KINDS.index(item[0][0]), item[0][1] or 0))
    return Flag(
        name=name,
        requests=seen.count,
        captures=len(flag_seen.captures),
        first=first,
        last=last,
        agents=tuple(sorted(flag_seen.agents)),
        spans=spans(flag_seen.cells, all_requests),
        models=_facets(flag_seen.cells, all_requests, lambda cell: cell.model),
        authentication=_facets(flag_seen.cells, all_requests, lambda cell: cell.authentication),
        operations=_facets(flag_seen.cells, all_requests, lambda cell: cell.operation),
        scenarios=_facets(flag_seen.cells, all_requests, lambda cell: cell.scenario),
        answers=tuple(Answer(kind, status, count) for (kind, status), count in answers),
        company=company,
        claims=claims,
    )


def _facets(cells: Counter[Cell], all_requests: Counter[Cell], name: Callable[[Cell], str]) -> tuple[Facet, ...]:
    groups = {cell.group for cell in cells}
    counts, total = Counter[str](), Counter[str]()
    for cell, count in all_requests.items():
        if cell.group in groups:
            total[name(cell)] += count
            counts[name(cell)] += cells.get(cell, 0)
    return tuple(
        Facet(value, counts[value], total[value]) for value in sorted(total, key=lambda value: (-counts[value], value))
    )


def _uses(flag: str, cells: Counter[Cell], all_requests: Counter[Cell]) -> list[Use]:
    uses = []
    for client, operation in sorted({(cell.client, cell.operation) for cell in cells}):
        shares: dict[str, tuple[int, int]] = {}
        for cell, count in all_requests.items():
            if (cell.client, cell.operation) == (client, operation):
                with_flag, total = shares.get(cell.version, (0, 0))
                shares[cell.version] = with_flag + cells.get(cell, 0), total + count
        uses.append(Use(client, flag, operation, dict(sorted(shares.items(), key=lambda item: version_key(item[0])))))
    return uses


def _is_first(item: Arrivals, cells: Counter[Cell]) -> bool:
    """Return True if no earlier request had the flag, including requests that are not in the sample."""
    sent = [cell.version for cell in cells if (cell.client, cell.operation) == (item.client, item.operation)]
    return min(map(version_key, sent)) == version_key(item.version)


def _versions(client: str, all_requests: Counter[Cell]) -> tuple[str, ...]:
    return tuple(sorted({cell.version for cell in all_requests if cell.client == client}, key=version_key))


def _requests(group: Group, all_requests: Counter[Cell]) -> int:
    return sum(count for cell, count in all_requests.items() if cell.group == group)


def _by_kind(all_requests: Counter[Cell]) -> dict[str, int]:
    counts = Counter[str]()
    for cell, count in all_requests.items():
        counts[cell.kind] += count
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


def _refused(refusal: Refusal, count: int, place: str, names: set[str]) -> Refused:
    named = tuple(word for word in refusal.named if word in names)
    return Refused(KINDS[refusal.rank], refusal.operation, refusal.message, named, refusal.carried, count, place)


def _learned(library: Library) -> list[str]:
    """Return the flags in the schemas."""
    return list(library.root("beta-flags").get("properties", {}).get("flags", {}).get("items", {}).get("enum", ()))


def _only_claimed(flag: str, ids: tuple[str, ...], ledger: Iterable[Claim]) -> Claimed:
    sources = {source for claim in ledger if claim.id in ids for source in claim.sources}
    return Claimed(flag, ids, tuple(sorted(sources)))


def _claimed(ledger: Iterable[Claim]) -> dict[str, tuple[str, ...]]:
    """Return the flags that claims on request headers enumerate, with all claims that mention them."""
    claims, line = list(ledger), f"{protocol().flags_header}: "
    flags = {
        term for claim in claims if claim.area == "request-headers" for term in claim.terms if _FLAG.fullmatch(term)
    }
    ids_by_flag: dict[str, list[str]] = {}
    for claim in claims:
        for flag in {term.removeprefix(line) for term in claim.terms}:
            if flag in flags or line + flag in claim.terms:
                ids_by_flag.setdefault(flag, []).append(claim.id)
    return {flag: tuple(ids) for flag, ids in sorted(ids_by_flag.items())}
