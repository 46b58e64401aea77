"""The ledger in words: figures, reasons, evidence and programs."""

from tests.claims.test_ledger import ELSEWHERE, NEW_400, OLD
from tests.exchanges import START, exchange
from tests.weighing import check, claim, ledger, status
from wirelore.claims.ledger_words import (
    clients,
    figures,
    headline,
    listed,
    material,
    reason,
    span,
)


def test_figures_and_reasons_are_by_check_or_by_part() -> None:
    result = ledger(
        [
            claim("E01", check(status(200))),
            claim("E02", check(status(200), part="the first"), check(status(400), part="the second")),
            claim("E03"),
            claim("E04", ELSEWHERE, ELSEWHERE),
        ],
        OLD,
        NEW_400,
    )
    assert [figures(row) for row in result.rows] == ["1 of 2", "0 of 2 parts", "", ""]
    assert reason(result.rows[1]) == (
        "the first: true for claude-cli 2.0.56; false for claude-cli 2.1.112; "
        "the second: true for claude-cli 2.1.112; false for claude-cli 2.0.56"
    )
    assert headline(result) == "4 claims: 2 mixed, 2 not observed"


def test_the_evidence_is_described_with_kinds_and_dates() -> None:
    result = ledger([], OLD, exchange(origin="stand-in", started_us=START + 86_400_000_000))
    assert material(result.weighed) == (
        "2 exchanges in 1 capture (1 answered by a real service, 1 answered by a stand-in), 2026-01-01 to 2026-01-02"
    )
    assert (material(ledger([]).weighed), span(result.weighed.span)) == (
        "0 exchanges in 1 capture",
        "2026-01-01 to 2026-01-02",
    )


def test_programs_are_listed_with_sorted_versions_up_to_a_limit() -> None:
    names = ["b", "cli/2.10.0", "cli/2.9.0", "a/b/1.0", "", "cli/2.1.0"]
    assert clients(names) == "a/b 1.0; b; cli 2.1.0, 2.9.0, 2.10.0; unknown programs"
    assert clients(["cli/2.1.0", "b", ""], 4, {"cli/2.1.0": 1000, "b": 2, "": 3}) == (
        "b (2); cli 2.1.0 (1,000); unknown programs (3)"
    )
    assert clients(names, 2) == "a/b 1.0; b and 2 more"
    assert (listed(["a"]), listed([])) == ("a", "")
