"""Claims weighed: how many exchanges speak for each check of a ledger and how many against, of which kind and client.

What a stand-in answered is no evidence of what the service does: such exchanges are counted apart and decide nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wirelore.analysis.registry import registry
from wirelore.analysis.witness import STAND_IN, answered_by
from wirelore.claims.checks import Checks, Named, Steps, reads
from wirelore.claims.departures import departed
from wirelore.claims.envelope import MEMBERS, Envelope, Envelopes, analyzers_in, is_unknown
from wirelore.claims.parts import PartsSeen
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import Area, Check, Claim, ClaimsError

_SHOWN = 3
"""How many places a check shows for each side."""
_GROUPS = 64


class Example(NamedTuple):
    """An exchange that speaks for a check or against it."""

    capture: str
    exchange: str
    program: str
    """`name/version`, empty if it does not say; of a check on the service the answer's `status/200`."""
    kind: str
    """One of KINDS."""
    why: str = ""
    """What it lacks, of one that speaks against."""

    def __str__(self) -> str:
        return f"{self.capture}/{self.exchange}"


@dataclass
class Span:
    """From when to when exchanges were recorded, Unix microseconds; None if no source tells it."""

    first_us: int | None = None
    last_us: int | None = None

    def take(self, started_us: int | None) -> None:
        """Counts a moment, None for one that is not known."""
        times = [us for us in (self.first_us, self.last_us, started_us) if us is not None]
        self.first_us, self.last_us = min(times, default=None), max(times, default=None)


@dataclass
class Weight:
    """What captures say of one check."""

    counts: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    """Exchanges by kind, program (of a check on the service: status) and whether they satisfy it."""
    stand_ins: int = 0
    """Exchanges that it is about and that decide nothing, as a stand-in answered what it is about."""
    span: Span = field(default_factory=Span)
    """Of the exchanges that count."""
    _spots: dict[tuple[bool, str], list[Example]] = field(default_factory=dict)

    def number(self, *, holds: bool, kind: str | None = None, program: str | None = None) -> int:
        """How many exchanges satisfy it, or do not; of one kind or program if one is given."""
        return sum(
            count
            for (own_kind, own, own_holds), count in self.counts.items()
            if own_holds == holds and kind in (None, own_kind) and program in (None, own)
        )

    def programs(self, *, holds: bool) -> list[str]:
        """The programs of which some exchange satisfies it, or does not, sorted."""
        return sorted({program for _, program, own in self.counts if own == holds})

    def spots(self, *, holds: bool) -> list[Example]:
        """Up to three exchanges, of different programs and captures if there are."""
        kept = [_captures_apart(spots) for (own, _), spots in sorted(self._spots.items()) if own == holds]
        turns = [spots[turn] for turn in range(_SHOWN) for spots in kept if turn < len(spots)]
        return turns[:_SHOWN]

    def room(self, program: str, capture: str, *, holds: bool) -> list[Example] | None:
        """The list that a place of this program and capture is kept in; None if there are enough."""
        if (holds, program) not in self._spots and len(self._spots) >= _GROUPS:
            return None
        spots = self._spots.setdefault((holds, program), [])
        others = {spot.capture for spot in spots}
        return spots if len(spots) < _SHOWN or (capture not in others and len(others) < _SHOWN) else None

    def count(self, kind: str, program: str, started_us: int | None, *, holds: bool) -> None:
        """Counts an exchange."""
        self.counts[kind, program, holds] += 1
        self.span.take(started_us)


@dataclass
class Weighed:
    """What captures say of a ledger."""

    weights: dict[str, list[Weight]]
    """By the claim's id, one for each of its checks, in their order."""
    parts: PartsSeen
    captures: int = 0
    exchanges: Counter[str] = field(default_factory=Counter)
    """By kind."""
    programs: Counter[str] = field(default_factory=Counter)
    """Exchanges by program."""
    span: Span = field(default_factory=Span)
    left_out: int = 0
    """Observations of long streams that were not looked at, as there were so many alike before them."""


class Scales:
    """Weighs the checks of claims, capture by capture."""

    def __init__(
        self,
        ledger: Iterable[Claim],
        areas: Iterable[Area] = (),
        documents: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        """`documents` are schemas by `$id` that checks may refer to. Raises ClaimsError for a check of no use."""
        rows = [(claim.id, check, number) for claim in ledger for number, check in enumerate(claim.checks)]
        self._rows = [(name, check, reads(check.when) | reads(check.must)) for name, check, _ in rows]
        for name, check, places in self._rows:
            _known(name, check, places)
        self._checks = Checks([Named(f"claim {name}", check) for name, check, _ in rows], documents)
        listed = list(areas)
        self.weighed = Weighed({claim.id: [Weight() for _ in claim.checks] for claim in ledger}, PartsSeen(listed))
        self._weights = [self.weighed.weights[name][number] for name, _, number in rows]
        self._analyzers = analyzers_in(place for _, _, places in self._rows for place in places)
        self._analyzers |= {part.analyzer for area in listed for part in area.parts}
        self._unknown: dict[frozenset[Steps], frozenset[int]] = {}

    def take(self, capture: str, manifest: Mapping[str, Any], exchanges: Iterable[Exchange]) -> None:
        """Weighs one capture's exchanges, which come in order."""
        envelopes = Envelopes(self._analyzers, manifest)
        self.weighed.captures += 1
        for exchange in exchanges:
            self._weigh(capture, exchange, envelopes.of(exchange))

    def _weigh(self, capture: str, exchange: Exchange, envelope: Envelope) -> None:
        kind = answered_by(exchange)
        program = str(envelope.program)
        self.weighed.exchanges[kind] += 1
        self.weighed.programs[program] += 1
        self.weighed.left_out += envelope.left_out
        self.weighed.parts.take(exchange, envelope.document["seen"], by_service=kind != STAND_IN)
        started = None if "start" in exchange.absent else exchange.started_us
        self.weighed.span.take(started)
        barred = self._barred(envelope.unknown)
        for number, holds in self._checks.verdicts(envelope.document):
            weight = self._weights[number]
            if number in barred:
                continue
            if kind == STAND_IN and self._rows[number][1].speaker == "service":
                weight.stand_ins += 1
                continue
            witness = program if self._rows[number][1].speaker == "client" else _answer(exchange)
            weight.count(kind, witness, started, holds=holds)
            if (room := weight.room(witness, capture, holds=holds)) is not None:
                why = "" if holds else departed(self._checks.departures(number, envelope.document))
                room.append(Example(capture, exchange.id, witness, kind, why))

    def _barred(self, unknown: frozenset[Steps]) -> frozenset[int]:
        """The checks that read what the source does not tell."""
        if unknown not in self._unknown:
            self._unknown[unknown] = frozenset(
                number
                for number, (_, _, places) in enumerate(self._rows)
                if any(is_unknown(place, unknown) for place in places)
            )
        return self._unknown[unknown]


def _captures_apart(spots: list[Example]) -> list[Example]:
    """The first of each capture, then the others."""
    firsts = {spot.capture: spot for spot in reversed(spots)}
    first = [spot for spot in spots if firsts[spot.capture] is spot]
    return [*first, *(spot for spot in spots if spot not in first)]


def _known(claim: str, check: Check, places: Iterable[Steps]) -> None:
    """Raises ClaimsError if a check speaks of a member that no envelope has: it would never select an exchange."""
    for place in sorted(places):
        if place[0] not in MEMBERS and place[0] != "*":
            raise ClaimsError(f"claim {claim}: {place[0]!r} is no member of an envelope; there are {_listed(MEMBERS)}")
        if place[0] == "seen" and len(place) > 1 and place[1] not in registry():
            raise ClaimsError(f"claim {claim}: seen/{place[1]}: no such analyzer; there are {_listed(registry())}")
    if any(place == ("seen",) for place in places) and not analyzers_in(places):
        raise ClaimsError(f"claim {claim}: speaks of `seen` and of no analyzer in it; name one: {_listed(registry())}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _answer(exchange: Exchange) -> str:
    """What tells answers of a service apart, as programs and versions tell requests apart: the status."""
    if exchange.response is None:
        return "no answer"
    return "status not told" if "status" in exchange.absent else f"status/{exchange.response.status}"
