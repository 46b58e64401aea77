"""Rulings: the verdict on a claim from the weights of its checks."""

from collections.abc import Sequence
from dataclasses import dataclass

from wirelore.claims.weighing import Weight
from wirelore.schema.claims import Check, Claim

SUPPORTED, PARTLY, MIXED, CONTRADICTED = "supported", "partly supported", "mixed", "contradicted"
NOT_OBSERVED, NOT_OBSERVABLE = "not observed", "not observable"
VERDICTS = (SUPPORTED, PARTLY, MIXED, CONTRADICTED, NOT_OBSERVED, NOT_OBSERVABLE)
"""Every verdict on a claim."""

DECIDED = frozenset({SUPPORTED, MIXED, CONTRADICTED})
"""The verdicts that need no further recording."""


@dataclass(frozen=True)
class Ruling:
    """One check with its evidence."""

    check: Check
    weight: Weight

    @property
    def holds(self) -> int:
        """The number of exchanges that satisfy the check."""
        return self.weight.number(holds=True)

    @property
    def fails(self) -> int:
        """The number of selected exchanges that do not satisfy it; evidence against it only if it holds `always`."""
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
        """The programs for which it is true, false, and sometimes true."""
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

        A claim is contradicted if one of its parts is, else mixed if one is, supported if all are, and partly supported
        if some are and the others are not observed.
        """
        verdicts = [ruling.verdict for ruling in self.rulings]
        if self.claim.unobservable:
            return NOT_OBSERVABLE
        for decisive in (CONTRADICTED, MIXED):
            if decisive in verdicts:
                return decisive
        if SUPPORTED not in verdicts:
            return NOT_OBSERVED
        return PARTLY if NOT_OBSERVED in verdicts else SUPPORTED

    @property
    def open(self) -> list[Ruling]:
        """The checks whose decision by a further recording could change the verdict."""
        if self.verdict in DECIDED or self.claim.unobservable:
            return []
        return [ruling for ruling in self.rulings if ruling.verdict == NOT_OBSERVED]


def rows(claims: Sequence[Claim], weights: dict[str, list[Weight]]) -> list[Row]:
    """Return the claims with their verdicts, in the same order."""
    return [Row(claim, tuple(map(Ruling, claim.checks, weights[claim.id]))) for claim in claims]
