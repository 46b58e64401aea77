"""The claims ledger: a verdict on every claim, what stands between those that disagree, and what to record next.

Unlike the other reports it keeps apart what a stand-in answered: that is no evidence of what the service does.
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
"""What `--fail-on` may name: nothing fails, a contradicted claim does, a mixed one does as well."""

_FAILING = {"none": set[str](), "contradicted": {CONTRADICTED}, "mixed": {CONTRADICTED, MIXED}}
_FOR = frozenset({SUPPORTED, PARTLY})


@dataclass(frozen=True)
class Dispute:
    """Two claims that contradict each other."""

    first: Row
    second: Row

    @property
    def for_(self) -> tuple[Row, Row] | None:
        """The claim that the recordings speak for and the other one; None if they do not tell."""
        weaker, stronger = sorted((self.first, self.second), key=_standing)
        return None if _standing(weaker) == _standing(stronger) else (stronger, weaker)

    @property
    def is_decided(self) -> bool:
        """Whether no further recording is needed between them."""
        verdicts = {self.first.verdict, self.second.verdict}
        return CONTRADICTED in verdicts and bool(verdicts & {*_FOR, MIXED})

    @property
    def outcome(self) -> str:
        """What the recordings say, in a few words."""
        if self.first.verdict in _FOR and self.second.verdict in _FOR:
            return "both are supported: each for what was recorded, so one does not exclude the other"
        if self.first.verdict == self.second.verdict == CONTRADICTED:
            return "both are contradicted"
        if self.for_ is None:
            return "undecided"
        stronger, weaker = self.for_
        if self.is_decided and stronger.verdict in _FOR:
            return f"decided for {stronger.claim.id}"
        if stronger.verdict in _FOR:
            return f"evidence for {stronger.claim.id}; {weaker.claim.id} is {weaker.verdict}"
        return f"evidence against {weaker.claim.id}; {stronger.claim.id} is {stronger.verdict}"

    @property
    def next(self) -> list[str]:
        """The recordings that would decide between them; none if that is done."""
        if self.is_decided:
            return []
        found = [ruling.check.next for row in (self.first, self.second) for ruling in row.open if ruling.check.next]
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Next:
    """A recording that would decide claims."""

    recording: str
    """What to record, as a sentence; empty for what nobody has said how to decide."""
    claims: tuple[str, ...]
    disputed: tuple[str, ...]
    """Those of the claims that another one contradicts; they count twice."""

    @property
    def rank(self) -> int:
        """How much it would decide."""
        return len(self.claims) + len(self.disputed)


@dataclass(frozen=True)
class Completeness:
    """How much of an area is known."""

    area: Area
    verdicts: Counter[str]
    decided: int
    """Parts of claims that recordings speak for or against."""
    parts: int
    """Parts of claims that a recording could speak for or against."""
    seen: Mapping[Part, int]
    """How many different names of each part were seen."""
    unclaimed: Mapping[Part, Mapping[str, int]]
    """Those of the names that no claim has, with the number of exchanges."""

    @property
    def observed(self) -> int:
        """Claims that recordings speak for."""
        return self.verdicts[SUPPORTED] + self.verdicts[PARTLY]

    @property
    def contradicted(self) -> int:
        """Claims that recordings speak against, at least for some programs."""
        return self.verdicts[CONTRADICTED] + self.verdicts[MIXED]

    @property
    def claimed(self) -> int:
        """Claims that no recording has shown anything of."""
        return self.verdicts[NOT_OBSERVED]

    @property
    def unobservable(self) -> int:
        """Claims that no recording can decide."""
        return self.verdicts[NOT_OBSERVABLE]

    @property
    def unknown(self) -> int:
        """What was seen and no claim speaks of."""
        return sum(map(len, self.unclaimed.values()))


@dataclass(frozen=True)
class Ledger:
    """All claims with their evidence."""

    rows: tuple[Row, ...]
    """Area by area, by id within."""
    areas: tuple[Completeness, ...]
    disputes: tuple[Dispute, ...]
    next: tuple[Next, ...]
    """What would decide most comes first."""
    sources: Mapping[str, str]
    weighed: Weighed
    problems: tuple[str, ...] = ()
    """What could not be read, a message each."""

    @property
    def verdicts(self) -> Counter[str]:
        """Claims by verdict."""
        return Counter(row.verdict for row in self.rows)

    def of(self, area: str) -> list[Row]:
        """The claims of an area."""
        return [row for row in self.rows if row.claim.area == area]

    def fails(self, level: str) -> bool:
        """Whether a claim has a verdict that the level, one of LEVELS, names."""
        return bool(_FAILING[level] & self.verdicts.keys())


def ledger(captures: Iterable[Capture], library: Library) -> Ledger:
    """The claims beside the schemas, weighed by captures. Raises ClaimsError."""
    folder = library.folder / "claims"
    every, listed = claims(folder), areas(folder)
    scales = Scales(every, listed.values(), _referred_to(every, library))
    problems: list[str] = []
    for capture in captures:
        exchanges = capture.exchanges(lambda fault: problems.append(str(fault)))
        scales.take(capture.name, capture.manifest, exchanges)
    return made(every, listed, sources(folder), scales.weighed, problems)


def made(
    every: Iterable[Claim],
    listed: Mapping[str, Area],
    titles: Mapping[str, str],
    weighed: Weighed,
    problems: Iterable[str] = (),
) -> Ledger:
    """The ledger of claims that have been weighed."""
    order = list(listed)
    found = rows(sorted(every, key=lambda claim: (order.index(claim.area), claim.id)), weighed.weights)
    known = _words(row.claim for row in found)
    disputes = _disputes(found)
    return Ledger(
        tuple(found),
        tuple(_completeness(area, found, weighed, known) for area in listed.values()),
        disputes,
        _next(found, disputes),
        titles,
        weighed,
        tuple(problems),
    )


def _standing(row: Row) -> int:
    return 2 if row.verdict in _FOR else 0 if row.verdict == CONTRADICTED else 1


def _disputes(found: Iterable[Row]) -> tuple[Dispute, ...]:
    by_id = {row.claim.id: row for row in found}
    pairs = {tuple(sorted((name, other))) for name, row in by_id.items() for other in row.claim.contradicts}
    return tuple(Dispute(by_id[first], by_id[second]) for first, second in sorted(pairs))


def _next(found: Iterable[Row], disputes: Iterable[Dispute]) -> tuple[Next, ...]:
    disputed = {row.claim.id for one in disputes if not one.is_decided for row in (one.first, one.second)}
    deciding: dict[str, list[str]] = {}
    for row in found:
        recordings = {ruling.check.next for ruling in row.open}
        for recording in sorted(recordings or ({""} if row.verdict == NOT_OBSERVED else set())):
            deciding.setdefault(recording, []).append(row.claim.id)
    every = [
        Next(recording, tuple(sorted(names)), tuple(sorted(disputed & set(names))))
        for recording, names in deciding.items()
    ]
    return tuple(sorted(every, key=lambda one: (not one.recording, -one.rank, one.recording)))


def _completeness(area: Area, found: Iterable[Row], weighed: Weighed, known: set[str]) -> Completeness:
    own = [row for row in found if row.claim.area == area.name]
    rulings = [ruling for row in own for ruling in row.rulings]
    seen = {part: weighed.parts.counts[area.name, part] for part in area.parts}
    return Completeness(
        area,
        Counter(row.verdict for row in own),
        sum(ruling.verdict != NOT_OBSERVED for ruling in rulings),
        len(rulings),
        {part: len(names) for part, names in seen.items()},
        {part: _unclaimed(names, known) for part, names in seen.items()},
    )


def _unclaimed(names: Mapping[str, int], known: set[str]) -> dict[str, int]:
    """The names that no claim has, those first that most exchanges have."""
    starts = tuple(word[:-1] for word in known if len(word) > 1 and word.endswith("*"))
    new = [name for name in names if name.lower() not in known and not (starts and name.lower().startswith(starts))]
    return {name: names[name] for name in sorted(new, key=lambda name: (-names[name], name))}


def _words(every: Iterable[Claim]) -> set[str]:
    """What claims name: operations, terms and fields, each whole and in its words."""
    texts = [text.lower() for claim in every for text in (*claim.operations, *claim.terms, *claim.fields)]
    return {*texts, *(word for text in texts for word in re.split(r"[\s:=,/.]+", text)), *_hosts(texts)}


def _hosts(texts: Iterable[str]) -> Iterable[str]:
    return (match for text in texts for match in re.findall(r"[^\s:/]+\.[^\s:/]+", text))


def _referred_to(every: Iterable[Claim], library: Library) -> dict[str, dict[str, Any]]:
    """The library's schemas by `$id`, if a check refers to one of them."""
    checks = [schema for claim in every for check in claim.checks for schema in (check.when, check.must)]
    if BASE not in json.dumps(checks):
        return {}
    return {document["$id"]: document for document in library.documents.values()}
