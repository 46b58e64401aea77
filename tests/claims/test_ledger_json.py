"""The ledger as JSON: everything, for programs."""

import json
from typing import Any

from tests.exchanges import exchange
from tests.weighing import CLI, check, claim, ledger, status
from wirelore.claims.ledger_json import FORMAT, write
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import Claim

PLACE = "made/messages/20260101_000000_000001_post-v1-messages"


def document(*claims: Claim, exchanges: tuple[Exchange, ...]) -> Any:
    return json.loads(write(ledger(claims, *exchanges)))


def test_a_claim_has_its_checks_with_counts_places_and_dates() -> None:
    one = claim("E01", check(status(200), part="the status", next="Another."))
    (found,) = document(one, exchanges=(exchange(headers=CLI), exchange(status=400)))["claims"]
    assert found == {
        "id": "E01",
        "area": "transport",
        "claim": "Claim E01 is so.",
        "sources": ["S0"],
        "firmness": "captured",
        "contradicts": [],
        "verdict": "mixed",
        "checks": [
            {
                "part": "the status",
                "next": "Another.",
                "speaker": "client",
                "holds": "always",
                "verdict": "mixed",
                "for": 1,
                "against": 1,
                "set_aside": 0,
                "kinds": {"service": [1, 1], "stand-in": [0, 0], "imported": [0, 0]},
                "programs": {"": [0, 1], "claude-cli/2.0.56": [1, 0]},
                "first": "2026-01-01T00:00:00Z",
                "last": "2026-01-01T00:00:00Z",
                "places_for": [{"exchange": PLACE, "program": "claude-cli/2.0.56", "kind": "service"}],
                "places_against": [
                    {"exchange": PLACE, "program": "", "kind": "service", "why": "status is 400, expected 200"}
                ],
            }
        ],
    }


def test_an_existence_claim_has_other_exchanges_instead_of_exchanges_against_it() -> None:
    one = claim("E01", check(status(400), holds="once", speaker="service"))
    (found,) = document(one, exchanges=(exchange(), exchange(origin="stand-in")))["claims"]
    (ruling,) = found["checks"]
    assert (ruling["others"], ruling["set_aside"], ruling["places_against"]) == (1, 1, [])
    assert "against" not in ruling


def test_the_document_has_counts_areas_disputes_and_recordings() -> None:
    claims = (
        claim("E01", check(status(200)), contradicts=("E02",)),
        claim("E02", check(status(400), next="Another."), contradicts=("E01",)),
        claim("E03", check(when=False, next="Another.")),
        claim("M01", area="streams", unobservable="It does not travel."),
    )
    found = document(*claims, exchanges=(exchange(headers=CLI),))
    rest = {name: value for name, value in found.items() if name != "claims"}
    assert rest == {
        "format": FORMAT,
        "captures": 1,
        "exchanges": {"service": 1, "stand-in": 0, "imported": 0},
        "programs": {"claude-cli/2.0.56": 1},
        "first": "2026-01-01T00:00:00Z",
        "last": "2026-01-01T00:00:00Z",
        "verdicts": {
            "supported": 1,
            "partly supported": 0,
            "mixed": 0,
            "contradicted": 1,
            "not observed": 1,
            "not observable": 1,
        },
        "areas": [
            {
                "area": "transport",
                "title": "Endpoints",
                "observed": 1,
                "contradicted": 1,
                "claimed_only": 1,
                "not_observable": 0,
                "parts_decided": 2,
                "parts": 3,
                "seen": {"operations": 1},
                "claimed_by_nobody": {"operations": {"POST /v1/messages": 1}},
            },
            {
                "area": "streams",
                "title": "Streams",
                "observed": 0,
                "contradicted": 0,
                "claimed_only": 0,
                "not_observable": 1,
                "parts_decided": 0,
                "parts": 0,
                "seen": {"event types": 0},
                "claimed_by_nobody": {},
            },
        ],
        "disputes": [{"claims": {"E01": "supported", "E02": "contradicted"}, "outcome": "decided for E01", "next": []}],
        "next": [{"recording": "Another.", "claims": ["E03"], "disputed": []}],
        "sources": {"S0": "A source"},
        "events_left_out": 0,
        "problems": [],
    }


def test_without_captures_there_are_no_dates() -> None:
    assert document(exchanges=()).keys().isdisjoint({"first", "last"})
