"""Verdicts: they follow from the checks, and disputes are decided by both."""

import pytest

from tests.claims.test_ledger import ELSEWHERE, MIXED, NEW, NEW_400, OLD, OLD_400, dispute, verdict
from tests.weighing import check, claim, ledger, status
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import Check


@pytest.mark.parametrize(
    ("exchanges", "checks", "expected"),
    [
        ([OLD, NEW], [check(status(200))], "supported"),
        ([OLD_400], [check(status(200))], "contradicted"),
        ([OLD, NEW_400], [check(status(200))], "mixed"),
        ([OLD, OLD_400], [check(status(200))], "mixed"),
        ([], [check(status(200))], "not observed"),
        ([OLD], [], "not observed"),
        ([OLD], [check(status(200)), ELSEWHERE], "partly supported"),
        ([OLD], [check(status(200)), check(status(400))], "contradicted"),
        ([OLD, NEW_400], [check(status(200)), ELSEWHERE], "mixed"),
        ([OLD, NEW_400], [check(status(200)), check(status(500))], "contradicted"),
        ([OLD, OLD_400], [check(status(400), holds="once")], "supported"),
        ([OLD, OLD], [check(status(400), holds="once")], "not observed"),
        ([OLD], [check(status(200)), check(status(400), holds="once")], "partly supported"),
    ],
    ids=[
        "all hold",
        "none holds",
        "by version",
        "within a version",
        "nothing seen",
        "no check",
        "a part not seen",
        "a part contradicted",
        "a part mixed",
        "contradicted outweighs mixed",
        "once is enough",
        "once is never contradicted",
        "a part that would be seen once",
    ],
)
def test_a_verdict_follows_from_the_checks(exchanges: list[Exchange], checks: list[Check], expected: str) -> None:
    assert verdict(exchanges, *checks) == expected


def test_an_unobservable_claim_is_not_observable() -> None:
    (row,) = ledger([claim(unobservable="It does not travel.")], OLD).rows
    assert (row.verdict, row.open) == ("not observable", [])


@pytest.mark.parametrize(
    ("first", "second", "outcome", "following"),
    [
        ([check(status(200))], [check(status(400))], "decided for E01", []),
        ([check(status(400))], [check(status(200))], "decided for E02", []),
        ([check(status(200))], [ELSEWHERE], "evidence for E01; E02 is not observed", ["A list of models."]),
        ([ELSEWHERE], [check(status(400))], "evidence against E02; E01 is not observed", ["A list of models."]),
        ([ELSEWHERE], [ELSEWHERE], "undecided", ["A list of models."]),
        ([check(status(400))], [check(status(500))], "both are contradicted", []),
        ([MIXED], [check(status(500))], "evidence against E02; E01 is mixed", []),
        ([MIXED], [ELSEWHERE], "undecided", ["A list of models."]),
        (
            [check(status(200))],
            [check(status(200))],
            "the recordings support both, so they do not exclude each other",
            [],
        ),
    ],
    ids=["first", "second", "for", "against", "nothing", "against both", "mixed", "mixed and nothing", "for both"],
)
def test_disputes_are_decided_by_both_verdicts(
    first: list[Check], second: list[Check], outcome: str, following: list[str]
) -> None:
    (one,) = dispute(first, second, OLD, NEW).disputes
    assert (one.first.claim.id, one.second.claim.id) == ("E01", "E02")
    assert (one.outcome, one.next) == (outcome, following)
