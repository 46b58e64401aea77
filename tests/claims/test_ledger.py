"""The ledger: verdicts, disputes, completeness, and the next recordings."""

from pathlib import Path

import pytest

from tests.exchanges import START, exchange
from tests.weighing import CLI, OTHER, check, claim, ledger, status
from wirelore.claims.ledger import Ledger, _referred_to, _unclaimed, _words
from wirelore.claims.ledger import ledger as weigh
from wirelore.claims.ledger_words import (
    clients,
    figures,
    headline,
    listed,
    material,
    reason,
    share,
    span,
    split,
)
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import Check, ClaimsError
from wirelore.schema.library import PACKAGED, Library
from wirelore.store.writer import find

OLD, NEW = exchange(headers=CLI), exchange(headers=OTHER)
OLD_400, NEW_400 = exchange(headers=CLI, status=400), exchange(headers=OTHER, status=400)
MIXED = check({"properties": {"client": {"const": "claude-cli/2.0.56"}}, "required": ["client"]})
ELSEWHERE = check(when={"properties": {"operation": {"const": "GET /v1/models"}}}, next="A list of models.")


def verdict(exchanges: list[Exchange], *checks: Check) -> str:
    (row,) = ledger([claim("E01", *checks)], *exchanges).rows
    return row.verdict


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


def test_a_mixed_check_names_the_programs_for_which_it_is_true() -> None:
    result = ledger(
        [claim("E01", check(status(200)))], OLD, OLD, NEW_400, exchange(headers=[]), exchange(headers=[], status=1)
    )
    ((ruling,),) = [row.rulings for row in result.rows]
    assert ruling.split == (["claude-cli/2.0.56"], ["claude-cli/2.1.112"], [""])
    assert split(ruling) == (
        "true for claude-cli 2.0.56; false for claude-cli 2.1.112; 1 for and 1 against of unknown programs"
    )
    assert share(ruling) == "3 of 5"


def dispute(first: list[Check], second: list[Check], *exchanges: Exchange) -> Ledger:
    return ledger([claim("E01", *first, contradicts=("E02",)), claim("E02", *second, contradicts=("E01",))], *exchanges)


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


def test_the_next_recordings_are_ranked_by_claims_and_disputed_ones_count_twice() -> None:
    def never(following: str) -> Check:
        return check(when=False, next=following)

    result = ledger(
        [
            claim("E01", never("One."), contradicts=("E02",)),
            claim("E02", never("One."), contradicts=("E01",)),
            claim("E03", never("Three."), never("Three.")),
            claim("E04", never("Three.")),
            claim("E05", never("Three."), check(status(200))),
            claim("E06", check(status(200)), never("None: it is contradicted."), check(status(500))),
            claim("E07", never("")),
            claim("E08"),
            claim("E09", check(status(200), next="None: it is seen.")),
        ],
        OLD,
    )
    assert [(one.recording, one.claims, one.disputed, one.rank) for one in result.next] == [
        ("One.", ("E01", "E02"), ("E01", "E02"), 4),
        ("Three.", ("E03", "E04", "E05"), (), 3),
        ("", ("E07", "E08"), (), 2),
    ]


def test_completeness_counts_claims_by_verdict_and_unclaimed_names() -> None:
    events = [("message_start", {"type": "message_start"}), ("ping", {"type": "ping"})]
    claims = [
        claim("E01", check(status(200)), operations=("POST /v1/messages",)),
        claim("E02", check(status(500))),
        claim("E03", check(status(200)), ELSEWHERE),
        claim("E04"),
        claim("E05", unobservable="It does not travel."),
        claim("M01", area="streams", terms=("message_start: first",)),
    ]
    transport, streams = ledger(claims, OLD, exchange(events=events, operation="GET /v1/other")).areas
    counts = (transport.observed, transport.contradicted, transport.claimed, transport.unobservable, transport.unknown)
    assert counts == (2, 1, 1, 1, 1)
    assert (transport.decided, transport.parts) == (3, 4)
    assert [(dict(names), one.seen[part]) for one in (transport, streams) for part, names in one.unclaimed.items()] == [
        ({"GET /v1/other": 1}, 2),
        ({"ping": 1}, 2),
    ]


def test_a_name_is_claimed_completely_as_a_word_or_by_prefix() -> None:
    terms = ("x-stainless-*", "anthropic-beta: oauth-2025", "https://claude.ai/oauth/authorize", "User-Agent: x")
    known = _words([claim("E01", terms=terms, fields={"account.uuid": "string"}, operations=("GET /v1/models",))])
    claimed = ["x-stainless-os", "oauth-2025", "claude.ai", "user-agent", "uuid", "GET /v1/models"]
    assert _unclaimed(dict.fromkeys([*claimed, "x-stainles", "oauth-20"], 1) | {"often": 2}, known) == {
        "often": 2,
        "oauth-20": 1,
        "x-stainles": 1,
    }


@pytest.mark.parametrize(
    ("exchanges", "failing"),
    [([OLD], []), ([OLD, OLD_400], ["mixed"]), ([OLD_400], ["contradicted", "mixed"])],
    ids=["supported", "mixed", "contradicted"],
)
def test_a_level_fails_for_its_verdict_and_more_severe_ones(exchanges: list[Exchange], failing: list[str]) -> None:
    result = ledger([claim("E01", check(status(200)))], *exchanges)
    assert [level for level in ("none", "contradicted", "mixed") if result.fails(level)] == failing


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


def test_our_own_samples_decide_no_claim() -> None:
    result = weigh(find("captures/samples", Path("captures/samples")), Library())
    assert (len(result.rows), result.problems, result.weighed.captures) == (72, (), 6)
    assert set(result.verdicts) == {"not observed", "not observable"}
    assert result.weighed.exchanges.keys() == {"stand-in"}


def test_a_folder_of_schemas_without_claims_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match="no claims; expected one JSON file per area"):
        weigh([], Library(tmp_path))


def test_a_check_may_refer_to_a_schema_of_the_folder() -> None:
    plain, referring = (
        claim("E01", check(must)) for must in (True, {"$ref": "https://wirelore.example/schemas/operations.json"})
    )
    library = Library(PACKAGED)
    assert _referred_to([plain], library) == {}
    assert "https://wirelore.example/schemas/operations.json" in _referred_to([referring], library)
