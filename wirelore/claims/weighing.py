"""Weighing of claims: the exchanges for and against each check of a ledger, by kind and client.

The responses of a stand-in show nothing about the service: such exchanges are counted separately and decide nothing.
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
"""The maximum number of examples for and against a check."""
_GROUPS = 64


class Example(NamedTuple):
    """An exchange that is evidence for or against a check."""

    capture: str
    exchange: str
    program: str
    """`name/version`, empty if unknown; for a check on the service, the status of the response (`status/200`)."""
    kind: str
    """One of KINDS."""
    why: str = ""
    """The departure from the check, if the exchange is evidence against it."""

    def __str__(self) -> str:
        return f"{self.capture}/{self.exchange}"


@dataclass
class Span:
    """The first and last start of exchanges in Unix microseconds; None if unknown."""

    first_us: int | None = None
    last_us: int | None = None

    def add(self, started_us: int | None) -> None:
        """Add a start; None if it is unknown."""
        times = [us for us in (self.first_us, self.last_us, started_us) if us is not None]
        self.first_us, self.last_us = min(times, default=None), max(times, default=None)


@dataclass
class Weight:
    """The evidence for and against one check."""

    counts: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    """Exchanges by kind, program (for a check on the service: status) and result of the check."""
    stand_ins: int = 0
    """Selected exchanges that decide nothing, because a stand-in answered and the check is about the service."""
    span: Span = field(default_factory=Span)
    """The time span of the counted exchanges."""
    _examples: dict[tuple[bool, str], list[Example]] = field(default_factory=dict)

    def number(self, *, holds: bool, kind: str | None = None, program: str | None = None) -> int:
        """Return the number of exchanges that satisfy the check, or do not, optionally of one kind or program."""
        return sum(
            count
            for (own_kind, own, own_holds), count in self.counts.items()
            if own_holds == holds and kind in (None, own_kind) and program in (None, own)
        )

    def programs(self, *, holds: bool) -> list[str]:
        """Return the programs with exchanges that satisfy the check, or do not, sorted."""
        return sorted({program for _, program, own in self.counts if own == holds})

    def spots(self, *, holds: bool) -> list[Example]:
        """Return up to three example exchanges, of different programs and captures if possible."""
        by_program = [_diverse(examples) for (own, _), examples in sorted(self._examples.items()) if own == holds]
        examples = [each[index] for index in range(_SHOWN) for each in by_program if index < len(each)]
        return examples[:_SHOWN]

    def list_for(self, program: str, capture: str, *, holds: bool) -> list[Example] | None:
        """Return the list to which an example of this program and capture is added; None if it is not needed."""
        if (holds, program) not in self._examples and len(self._examples) >= _GROUPS:
            return None
        examples = self._examples.setdefault((holds, program), [])
        captures = {example.capture for example in examples}
        is_new_capture = capture not in captures and len(captures) < _SHOWN
        return examples if len(examples) < _SHOWN or is_new_capture else None

    def count(self, kind: str, program: str, started_us: int | None, *, holds: bool) -> None:
        """Count an exchange."""
        self.counts[kind, program, holds] += 1
        self.span.add(started_us)


@dataclass
class Weighed:
    """The evidence for and against all checks of a ledger."""

    weights: dict[str, list[Weight]]
    """The weights of the checks of each claim, by its id."""
    parts: PartsSeen
    captures: int = 0
    exchanges: Counter[str] = field(default_factory=Counter)
    """Exchanges by kind."""
    programs: Counter[str] = field(default_factory=Counter)
    """Exchanges by program."""
    span: Span = field(default_factory=Span)
    left_out: int = 0
    """The number of observations omitted from long streams because many earlier ones have the same shape."""


class Scales:
    """Weighs the checks of claims, capture by capture."""

    def __init__(
        self,
        ledger: Iterable[Claim],
        areas: Iterable[Area] = (),
        documents: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        """Compile the checks, which may refer to `documents` by `$id`. Raises ClaimsError for an invalid check."""
        rows = [(claim.id, check, number) for claim in ledger for number, check in enumerate(claim.checks)]
        self._rows = [(name, check, reads(check.when) | reads(check.must)) for name, check, _ in rows]
        for name, check, places in self._rows:
            _validate(name, check, places)
        self._checks = Checks([Named(f"claim {name}", check) for name, check, _ in rows], documents)
        all_areas = list(areas)
        self.weighed = Weighed({claim.id: [Weight() for _ in claim.checks] for claim in ledger}, PartsSeen(all_areas))
        self._weights = [self.weighed.weights[name][number] for name, _, number in rows]
        self._analyzers = analyzers_in(place for _, _, places in self._rows for place in places)
        self._analyzers |= {part.analyzer for area in all_areas for part in area.parts}
        self._unknown: dict[frozenset[Steps], frozenset[int]] = {}

    def add(self, capture: str, manifest: Mapping[str, Any], exchanges: Iterable[Exchange]) -> None:
        """Weigh the exchanges of one capture, which must be in order."""
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
        self.weighed.parts.add(exchange, envelope.document["seen"], by_service=kind != STAND_IN)
        started = None if "start" in exchange.absent else exchange.started_us
        self.weighed.span.add(started)
        undecidable = self._undecidable(envelope.unknown)
        for number, holds in self._checks.verdicts(envelope.document):
            weight = self._weights[number]
            if number in undecidable:
                continue
            if kind == STAND_IN and self._rows[number][1].speaker == "service":
                weight.stand_ins += 1
                continue
            witness = program if self._rows[number][1].speaker == "client" else _answer(exchange)
            weight.count(kind, witness, started, holds=holds)
            if (examples := weight.list_for(witness, capture, holds=holds)) is not None:
                why = "" if holds else departed(self._checks.departures(number, envelope.document))
                examples.append(Example(capture, exchange.id, witness, kind, why))

    def _undecidable(self, unknown: frozenset[Steps]) -> frozenset[int]:
        """Return the numbers of the checks that read places that the source lacks."""
        if unknown not in self._unknown:
            self._unknown[unknown] = frozenset(
                number
                for number, (_, _, places) in enumerate(self._rows)
                if any(is_unknown(place, unknown) for place in places)
            )
        return self._unknown[unknown]


def _diverse(examples: list[Example]) -> list[Example]:
    """Sort examples so that the first ones of each capture precede the others."""
    firsts = {example.capture: example for example in reversed(examples)}
    first = [example for example in examples if firsts[example.capture] is example]
    return [*first, *(example for example in examples if example not in first)]


def _validate(claim: str, check: Check, places: Iterable[Steps]) -> None:
    """Raise ClaimsError if a check names a member that no envelope has, so that it never selects an exchange."""
    for place in sorted(places):
        if place[0] not in MEMBERS and place[0] != "*":
            raise ClaimsError(
                f"claim {claim}: {place[0]!r} is not a member of an envelope; expected one of {_listed(MEMBERS)}"
            )
        if place[0] == "seen" and len(place) > 1 and place[1] not in registry():
            raise ClaimsError(
                f"claim {claim}: seen/{place[1]}: unknown analyzer; expected one of {_listed(registry())}"
            )
    if any(place == ("seen",) for place in places) and not analyzers_in(places):
        raise ClaimsError(f"claim {claim}: names `seen` without an analyzer; add one of {_listed(registry())}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _answer(exchange: Exchange) -> str:
    """Return the group of a response in checks on the service: its status."""
    if exchange.response is None:
        return "no answer"
    return "status unknown" if "status" in exchange.absent else f"status/{exchange.response.status}"
