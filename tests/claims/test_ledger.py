"""The ledger: verdicts, disputes, completeness, and the next recordings."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.weighing import CLI, OTHER, check, claim, ledger, status
from wirelore.claims.ledger import Ledger, _referred_to, _unclaimed, _words
from wirelore.claims.ledger import ledger as weigh
from wirelore.claims.ledger_words import (
    share,
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


def test_a_mixed_check_names_the_programs_for_which_it_is_true() -> None:
    result = ledger(
        [claim("E01", check(status(200)))], OLD, OLD, NEW_400, exchange(headers=[]), exchange(headers=[], status=1)
    )
    ((ruling,),) = [row.rulings for row in result.rows]
    assert ruling.split == (["claude-cli/2.0.56"], ["claude-cli/2.1.112"], [""])
    assert split(ruling) == (
        "true for claude-cli 2.0.56; false for claude-cli 2.1.112; true in 1 and false in 1 of unknown programs"
    )
    assert share(ruling) == "3 of 5"


def dispute(first: list[Check], second: list[Check], *exchanges: Exchange) -> Ledger:
    return ledger([claim("E01", *first, contradicts=("E02",)), claim("E02", *second, contradicts=("E01",))], *exchanges)


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
