"""Rulings: what the weights of a claim's checks make of the claim."""

from collections.abc import Sequence
from dataclasses import dataclass

from wirelore.claims.weighing import Weight
from wirelore.schema.claims import Check, Claim

SUPPORTED, PARTLY, MIXED, CONTRADICTED = "supported", "partly supported", "mixed", "contradicted"
NOT_OBSERVED, NOT_OBSERVABLE = "not observed", "not observable"
VERDICTS = (SUPPORTED, PARTLY, MIXED, CONTRADICTED, NOT_OBSERVED, NOT_OBSERVABLE)
"""Every verdict on a claim."""

DECIDED = frozenset({SUPPORTED, MIXED, CONTRADICTED})
"""The verdicts that no further recording is needed for."""


@dataclass(frozen=True)
class Ruling:
    """One check with what captures say of it."""

    check: Check
    weight: Weight

    @property
    def holds(self) -> int:
        """Exchanges that speak for it."""
        return self.weight.number(holds=True)

    @property
    def fails(self) -> int:
        """Exchanges that it selects and that do not satisfy it; against it only if it holds always."""
        return self.weight.number(holds=False)

    @property
    def verdict(self) -> str:
        """One of VERDICTS."""
        if self.check.holds == "once":
            return SUPPORTED if self.holds else NOT_OBSERVED
        if self.holds and self.fails:
            return MIXED
        return SUPPORTED if self.holds else CONTRADICTED if self.fails else NOT_OBSERVED

    @property
    def split(self) -> tuple[list[str], list[str], list[str]]:
        """The programs it is true for, those it is false for, and those of which some exchanges are, others not."""
        true, false = (set(self.weight.programs(holds=side)) for side in (True, False))
        return sorted(true - false), sorted(false - true), sorted(true & false)


@dataclass(frozen=True)
class Row:
    """One claim with its verdict."""

    claim: Claim
    rulings: tuple[Ruling, ...]

    @property
    def verdict(self) -> str:
        """One of VERDICTS.

        A claim is contradicted if one of its parts is, mixed if one is, supported if all are, partly supported if
        some are and no recording shows the others.
        """
        verdicts = [ruling.verdict for ruling in self.rulings]
        if self.claim.unobservable:
            return NOT_OBSERVABLE
        for gravest in (CONTRADICTED, MIXED):
            if gravest in verdicts:
                return gravest
        if SUPPORTED not in verdicts:
            return NOT_OBSERVED
        return PARTLY if NOT_OBSERVED in verdicts else SUPPORTED

    @property
    def open(self) -> list[Ruling]:
        """The checks that a recording could still decide so that the verdict changes."""
        if self.verdict in DECIDED or self.claim.unobservable:
            return []
        return [ruling for ruling in self.rulings if ruling.verdict == NOT_OBSERVED]


def rows(claims: Sequence[Claim], weights: dict[str, list[Weight]]) -> list[Row]:
    """The claims with their verdicts, in their order."""
    return [Row(claim, tuple(map(Ruling, claim.checks, weights[claim.id]))) for claim in claims]
