"""The ledger as text for a terminal."""

from tests.exchanges import exchange
from tests.weighing import AREAS, CLI, OTHER, check, claim, ledger, status
from wirelore.claims.ledger import build
from wirelore.claims.ledger_text import write
from wirelore.claims.weighing import Scales

SHOWN = """\
4 claims: 1 supported, 1 mixed, 1 not observed, 1 not observable
2 exchanges in 1 capture (2 answered by a real service), 2026-01-01

Endpoints
  E01   supported         Claim E01 is so.  [2 of 2, claude-cli 2.0.56, 2.1.112]
  E02   mixed             Claim E02 is so.  [1 of 2, claude-cli 2.0.56, 2.1.112]
                          true for claude-cli 2.0.56; false for claude-cli 2.1.112
  E03   not observed      Claim E03 is so.

Streams
  M01   not observable    Claim M01 is so.

Completeness
                                      observed    contradicted    claimed only  not observable         unknown
  Endpoints                                  1               1               1               0               1
  Streams                                    0               0               0               1               0
  observed, but in no claim: operations: POST /v1/messages

Claims that contradict each other
  E02 mixed, E03 not observed: undecided

Next recordings, the most decisive first
    1  A list of models.  (E03)
"""


def test_the_text_has_a_line_for_each_claim_then_completeness_disputes_and_recordings() -> None:
    models = {"properties": {"operation": {"const": "GET /v1/models"}}}
    result = ledger(
        [
            claim("E01", check()),
            claim("E02", check(status(200)), contradicts=("E03",)),
            claim("E03", check(when=models, next="A list of models."), contradicts=("E02",)),
            claim("M01", area="streams", unobservable="It does not travel."),
        ],
        exchange(headers=CLI),
        exchange(headers=OTHER, status=400),
    )
    assert write(result) == SHOWN


def test_control_characters_are_escaped() -> None:
    result = ledger([], exchange(operation="GET /\x1b[2J\n"))
    assert "\\x1b[2J" in write(result)
    assert "\x1b" not in write(result)


def test_without_captures_a_line_has_sources_and_checks() -> None:
    stated = [claim("E01", check(), check(), sources=("S0", "S1")), claim("E02", firmness="reported")]
    scales = Scales(stated, AREAS.values())
    text = write(build(stated, AREAS, {}, scales.weighed))
    assert "  E01   not observed      Claim E01 is so.  [S0 S1, captured, 2 checks]\n" in text
    assert "  E02   not observed      Claim E02 is so.  [S0, reported]\n" in text


def test_a_long_claim_is_cut() -> None:
    text = write(ledger([claim("E01", claim=f"{'long ' * 30}.")]))
    assert f"  {('long ' * 30)[:75]}…\n" in text


def test_checks_on_the_service_are_counted_by_status_instead_of_client() -> None:
    carries = {"properties": {"seen": {"properties": {"response-headers": {"properties": {"headers": {
        "required": ["request-id"]
    }}}}}}}  # fmt: skip
    responses = [exchange(headers=who, answer_headers=[("request-id", "r")]) for who in (CLI, OTHER)]
    text = write(
        ledger([claim("E01", check(carries, speaker="service"))], *responses, exchange(headers=CLI, status=401))
    )
    assert "[2 of 3, status 200, 401]" in text
    assert "true for status 200; false for status 401" in text
