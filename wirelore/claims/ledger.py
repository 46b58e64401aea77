"""The claims ledger: the verdicts on claims, the disputes between them, and the recordings to make next.

Unlike other reports, it separates the responses of a stand-in, which show nothing about the service.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wirelore.claims.rulings import CONTRADICTED, MIXED, NOT_OBSERVABLE, NOT_OBSERVED, PARTLY, SUPPORTED, Row, rows
from wirelore.claims.weighing import Scales, Weighed
from wirelore.schema.claims import Area, Claim, Part, areas, claims, sources
from wirelore.schema.library import BASE, Library
from wirelore.store.writer import Capture

LEVELS = ("none", "contradicted", "mixed")
"""The values of `--fail-on`: nothing fails, contradicted claims fail, mixed claims fail too."""

_FAILING = {"none": set[str](), "contradicted": {CONTRADICTED}, "mixed": {CONTRADICTED, MIXED}}
_FOR = frozenset({SUPPORTED, PARTLY})


@dataclass(frozen=True)
class Dispute:
    """Two claims that contradict each other."""

    first: Row
    second: Row

    @property
    def stronger_and_weaker(self) -> tuple[Row, Row] | None:
        """The claim that the recordings support, then the other one; None if neither is preferred."""
        weaker, stronger = sorted((self.first, self.second), key=_standing)
        return None if _standing(weaker) == _standing(stronger) else (stronger, weaker)

    @property
    def is_decided(self) -> bool:
        """True if no further recording is needed to decide between them."""
        verdicts = {self.first.verdict, self.second.verdict}
        return CONTRADICTED in verdicts and bool(verdicts & {*_FOR, MIXED})

    @property
    def outcome(self) -> str:
        """The outcome in a few words."""
        if self.first.verdict in _FOR and self.second.verdict in _FOR:
            return "the recordings support both, so they do not exclude each other"
        if self.first.verdict == self.second.verdict == CONTRADICTED:
            return "both are contradicted"
        if self.stronger_and_weaker is None:
            return "undecided"
        stronger, weaker = self.stronger_and_weaker
        if self.is_decided and stronger.verdict in _FOR:
            return f"decided for {stronger.claim.id}"
        if stronger.verdict in _FOR:
            return f"evidence for {stronger.claim.id}; {weaker.claim.id} is {weaker.verdict}"
        return f"evidence against {weaker.claim.id}; {stronger.claim.id} is {stronger.verdict}"

    @property
    def next(self) -> list[str]:
        """The recordings that would decide between them; empty if decided."""
        if self.is_decided:
            return []
        recordings = [
            ruling.check.next for row in (self.first, self.second) for ruling in row.open if ruling.check.next
        ]
        return list(dict.fromkeys(recordings))


@dataclass(frozen=True)
class Next:
    """A recording that would decide claims."""

    recording: str
    """A sentence about the recording; empty if unknown."""
    claims: tuple[str, ...]
    disputed: tuple[str, ...]
    """The claims among them that another claim contradicts; they count twice."""

    @property
    def rank(self) -> int:
        """The number of claims that it would decide, disputed ones counted twice."""
        return len(self.claims) + len(self.disputed)


@dataclass(frozen=True)
class Completeness:
    """The state of knowledge of an area."""

    area: Area
    verdicts: Counter[str]
    decided: int
    """The number of parts of claims with evidence for or against them."""
    parts: int
    """The number of parts of claims that a recording can decide."""
    seen: Mapping[Part, int]
    """The number of observed names of each kind."""
    unclaimed: Mapping[Part, Mapping[str, int]]
    """The observed names that are in no claim, each with its number of exchanges."""

    @property
    def observed(self) -> int:
        """The number of supported and partly supported claims."""
        return self.verdicts[SUPPORTED] + self.verdicts[PARTLY]

    @property
    def contradicted(self) -> int:
        """The number of contradicted and mixed claims."""
        return self.verdicts[CONTRADICTED] + self.verdicts[MIXED]

    @property
    def claimed(self) -> int:
        """The number of claims without evidence."""
        return self.verdicts[NOT_OBSERVED]

    @property
    def unobservable(self) -> int:
        """The number of claims that no recording can decide."""
        return self.verdicts[NOT_OBSERVABLE]

    @property
    def unknown(self) -> int:
        """The number of observed names that are in no claim."""
        return sum(map(len, self.unclaimed.values()))


@dataclass(frozen=True)
class Ledger:
    """All claims with their evidence."""

    rows: tuple[Row, ...]
    """The claims sorted by area and id."""
    areas: tuple[Completeness, ...]
    disputes: tuple[Dispute, ...]
    next: tuple[Next, ...]
    """The recordings to make next, those that would decide the most claims first."""
    sources: Mapping[str, str]
    weighed: Weighed
    problems: tuple[str, ...] = ()
    """Messages about unreadable parts."""

    @property
    def verdicts(self) -> Counter[str]:
        """The number of claims by verdict."""
        return Counter(row.verdict for row in self.rows)

    def in_area(self, area: str) -> list[Row]:
        """Return the claims of an area."""
        return [row for row in self.rows if row.claim.area == area]

    def fails(self, level: str) -> bool:
        """Return True if a claim fails at a level of LEVELS."""
        return bool(_FAILING[level] & self.verdicts.keys())


def ledger(captures: Iterable[Capture], library: Library) -> Ledger:
    """Weigh the claims in a schemas folder against captures. Raises ClaimsError."""
    folder = library.folder / "claims"
    all_claims, areas_by_name = claims(folder), areas(folder)
    scales = Scales(all_claims, areas_by_name.values(), _referred_to(all_claims, library))
    problems: list[str] = []
    for capture in captures:
        exchanges = capture.exchanges(lambda fault: problems.append(str(fault)))
        scales.add(capture.name, capture.manifest, exchanges)
    return build(all_claims, areas_by_name, sources(folder), scales.weighed, problems)


def build(
    all_claims: Iterable[Claim],
    areas_by_name: Mapping[str, Area],
    titles: Mapping[str, str],
    weighed: Weighed,
    problems: Iterable[str] = (),
) -> Ledger:
    """Return the ledger of weighed claims."""
    order = list(areas_by_name)
    ledger_rows = rows(sorted(all_claims, key=lambda claim: (order.index(claim.area), claim.id)), weighed.weights)
    claimed_words = _words(row.claim for row in ledger_rows)
    disputes = _disputes(ledger_rows)
    return Ledger(
        tuple(ledger_rows),
        tuple(_completeness(area, ledger_rows, weighed, claimed_words) for area in areas_by_name.values()),
        disputes,
        _next(ledger_rows, disputes),
        titles,
        weighed,
        tuple(problems),
    )


def _standing(row: Row) -> int:
    return 2 if row.verdict in _FOR else 0 if row.verdict == CONTRADICTED else 1


def _disputes(ledger_rows: Iterable[Row]) -> tuple[Dispute, ...]:
    by_id = {row.claim.id: row for row in ledger_rows}
    pairs = {
        tuple(sorted((name, contradicting))) for name, row in by_id.items() for contradicting in row.claim.contradicts
    }
    return tuple(Dispute(by_id[first], by_id[second]) for first, second in sorted(pairs))


def _next(ledger_rows: Iterable[Row], disputes: Iterable[Dispute]) -> tuple[Next, ...]:
    undecided = [dispute for dispute in disputes if not dispute.is_decided]
    disputed = {row.claim.id for dispute in undecided for row in (dispute.first, dispute.second)}
    deciding: dict[str, list[str]] = {}
    for row in ledger_rows:
        recordings = {ruling.check.next for ruling in row.open}
        for recording in sorted(recordings or ({""} if row.verdict == NOT_OBSERVED else set())):
            deciding.setdefault(recording, []).append(row.claim.id)
    candidates = [
        Next(recording, tuple(sorted(names)), tuple(sorted(disputed & set(names))))
        for recording, names in deciding.items()
    ]
    return tuple(sorted(candidates, key=lambda item: (not item.recording, -item.rank, item.recording)))


def _completeness(area: Area, ledger_rows: Iterable[Row], weighed: Weighed, claimed_words: set[str]) -> Completeness:
    own = [row for row in ledger_rows if row.claim.area == area.name]
    rulings = [ruling for row in own for ruling in row.rulings]
    names_by_part = {part: weighed.parts.counts[area.name, part] for part in area.parts}
    return Completeness(
        area,
        Counter(row.verdict for row in own),
        sum(ruling.verdict != NOT_OBSERVED for ruling in rulings),
        len(rulings),
        {part: len(names) for part, names in names_by_part.items()},
        {part: _unclaimed(names, claimed_words) for part, names in names_by_part.items()},
    )


def _unclaimed(names: Mapping[str, int], claimed_words: set[str]) -> dict[str, int]:
    """Return the names that are in no claim, those of most exchanges first."""
    prefixes = tuple(word[:-1] for word in claimed_words if len(word) > 1 and word.endswith("*"))
    lowered = {name: name.lower() for name in names}
    new = [
        name
        for name, lower in lowered.items()
        if lower not in claimed_words and not (prefixes and lower.startswith(prefixes))
    ]
    return {name: names[name] for name in sorted(new, key=lambda name: (-names[name], name))}


def _words(all_claims: Iterable[Claim]) -> set[str]:
    """Return the operations, terms and fields of claims in lower case, complete and split into words."""
    texts = [text.lower() for claim in all_claims for text in (*claim.operations, *claim.terms, *claim.fields)]
    return {*texts, *(word for text in texts for word in re.split(r"[\s:=,/.]+", text)), *_hosts(texts)}


def _hosts(texts: Iterable[str]) -> Iterable[str]:
    return (match for text in texts for match in re.findall(r"[^\s:/]+\.[^\s:/]+", text))


def _referred_to(all_claims: Iterable[Claim], library: Library) -> dict[str, dict[str, Any]]:
    """Return the library's schemas by `$id` if a check refers to one of them, else nothing."""
    checks = [schema for claim in all_claims for check in claim.checks for schema in (check.when, check.must)]
    if BASE not in json.dumps(checks):
        return {}
    return {document["$id"]: document for document in library.documents.values()}
