"""The weighing of claims: exchanges for and against a check, and those that decide nothing."""

from typing import Any

import pytest

from tests.exchanges import START, exchange
from tests.weighing import CLI, MESSAGES, OTHER, check, claim, status, weighed
from wirelore.claims.envelope import Envelopes
from wirelore.claims.weighing import Example, Scales, Weight
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import Area, ClaimsError, Part


def weight(must: Any, *exchanges: Exchange, manifest: dict[str, Any] | None = None, **more: Any) -> Weight:
    """Weigh one check with exchanges."""
    ((result,),) = weighed([claim("E01", check(must, **more))], exchanges, manifest).weights.values()
    return result


def envelope(one: Exchange, *analyzers: str, **manifest: Any) -> dict[str, Any]:
    """Return the document that checks are evaluated against."""
    return Envelopes(analyzers, manifest).of(one).document


def test_exchanges_that_are_not_selected_do_not_count() -> None:
    result = weight(status(200), exchange(), exchange(status=400), exchange(operation="GET /v1/models", status=500))
    assert (result.number(holds=True), result.number(holds=False)) == (1, 1)


def test_exchanges_are_counted_by_kind_and_program() -> None:
    result = weight(
        status(200),
        exchange(headers=CLI),
        exchange(headers=OTHER, status=400),
        exchange(headers=OTHER, origin="stand-in"),
        exchange(headers=(), origin="har"),
    )
    assert result.counts == {
        ("service", "claude-cli/2.0.56", True): 1,
        ("service", "claude-cli/2.1.112", False): 1,
        ("stand-in", "claude-cli/2.1.112", True): 1,
        ("imported", "", True): 1,
    }
    assert (result.programs(holds=True), result.programs(holds=False)) == (
        ["", "claude-cli/2.0.56", "claude-cli/2.1.112"],
        ["claude-cli/2.1.112"],
    )


@pytest.mark.parametrize(("speaker", "counts"), [("client", (2, 0)), ("service", (1, 1))])
def test_responses_of_a_stand_in_decide_nothing_about_the_service(speaker: str, counts: tuple[int, int]) -> None:
    result = weight(status(200), exchange(), exchange(origin="stand-in"), speaker=speaker)
    assert (result.number(holds=True), result.stand_ins) == counts
    assert result.number(holds=False) == 0


def test_the_span_covers_the_counted_exchanges_with_a_time() -> None:
    result = weight(
        status(200),
        exchange(started_us=START + 5),
        exchange(started_us=START + 1),
        exchange(started_us=0, absent=("start",), origin="vcr"),
        exchange(operation="GET /v1/models", started_us=START + 9),
    )
    assert (result.span.first_us, result.span.last_us) == (START + 1, START + 5)


def test_examples_are_of_different_programs_and_captures_and_three_at_most() -> None:
    scales = Scales([claim("E01", check(status(200)))])
    for capture in ("one", "two"):
        scales.add(capture, {}, [exchange(headers=CLI, id=f"messages/{number}") for number in range(4)])
    scales.add("three", {}, [exchange(headers=OTHER)])
    ((result,),) = scales.weighed.weights.values()
    assert [(spot.capture, spot.exchange[-1], spot.program) for spot in result.spots(holds=True)] == [
        ("one", "0", "claude-cli/2.0.56"),
        ("three", "s", "claude-cli/2.1.112"),
        ("two", "0", "claude-cli/2.0.56"),
    ]
    assert result.spots(holds=False) == []


def test_an_example_against_a_check_has_its_departure() -> None:
    must = {
        "properties": {
            "seen": {"properties": {"request-headers": {"properties": {"headers": {"required": ["x-app"]}}}}}
        }
    }
    result = weight(must, exchange(headers=CLI))
    assert result.spots(holds=False) == [
        Example(
            "made",
            "messages/20260101_000000_000001_post-v1-messages",
            "claude-cli/2.0.56",
            "service",
            "request-headers#/headers/x-app is missing",
        )
    ]


def test_labels_name_the_program_even_without_headers() -> None:
    one = exchange(headers=(), absent=("request-headers",), origin="har")
    manifest = {"options": {"labels": {"client": "claude", "version": "2.0.56"}}}
    assert weight({"required": ["product"]}, one, manifest=manifest).programs(holds=True) == ["claude-cli/2.0.56"]


def test_requests_of_a_library_belong_to_the_recorded_program_but_not_in_imports() -> None:
    axios = (("user-agent", "axios/1.8.4"),)
    clients = ["axios/1.8.4", "claude-cli/2.0.56"]
    recorded, imported = (
        envelope(exchange(headers=axios, origin=origin), clients=clients) for origin in ("recorded", "mitmproxy")
    )
    assert [(one["client"], one["product"], one["version"]) for one in (recorded, imported)] == [
        ("axios/1.8.4", "claude-cli", "2.0.56"),
        ("axios/1.8.4", "axios", "1.8.4"),
    ]


@pytest.mark.parametrize(
    "manifest",
    [{"options": None, "clients": None}, {"options": {"labels": ["a"]}}, {"options": {"labels": {"client": None}}}],
    ids=["nothing", "no labels", "no text"],
)
def test_a_manifest_without_usable_labels_is_accepted(manifest: dict[str, Any]) -> None:
    result = envelope(exchange(headers=CLI), **manifest)
    assert (result["labels"], result["version"]) == ({}, "2.0.56")


def test_a_version_separated_from_the_name_is_recognized() -> None:
    result = envelope(exchange(headers=[("user-agent", "Anthropic/Python 0.40.0")]))
    assert (result["client"], result["product"], result["version"]) == (
        "Anthropic/Python",
        "Anthropic/Python",
        "0.40.0",
    )


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (
            {"required": ["hosts"]},
            "claim E01: 'hosts' is not a member of an envelope; expected one of absent, category",
        ),
        (
            {"properties": {"seen": {"required": ["headers"]}}},
            "claim E01: seen/headers: unknown analyzer; expected one of beta",
        ),
        ({"required": ["seen"]}, "claim E01: names `seen` without an analyzer; add one of beta-flags"),
    ],
    ids=["member", "analyzer", "no analyzer"],
)
def test_a_check_that_can_never_select_an_exchange_is_an_error(when: dict[str, Any], message: str) -> None:
    with pytest.raises(ClaimsError, match=message):
        Scales([claim("E01", check(when=when))])


def test_names_are_counted_by_exchange_without_responses_of_a_stand_in_and_foreign_hosts() -> None:
    parts = (
        Part("members", "request-bodies", ("body",), ("POST /v1/messages",)),
        Part("kinds", "request-bodies", ("body", "list", "*", "type")),
        Part("statuses", "error-bodies", ("case",)),
    )
    body = {"list": [{"type": "text"}, {"type": "text"}, {"type": "image"}, {}], "model": "m"}
    answer = {"type": "error", "error": {"type": "api_error"}}
    result = weighed(
        [],
        [
            exchange(body, answer, status=500),
            exchange({"other": 1}, operation="GET /v1/models"),
            exchange({"model": 1}, answer, status=529, origin="stand-in"),
            exchange({"foreign": 1}, host="elsewhere.example", origin="vcr"),
            exchange({"new": 1}, host="elsewhere.example"),
        ],
        areas=[Area("bodies", "Bodies", 1, parts)],
    ).parts.counts
    assert [result["bodies", part] for part in parts] == [
        {"list": 1, "model": 2, "new": 1},
        {"text": 1, "image": 1},
        {"500 api_error": 1},
    ]


def test_weighed_exchanges_are_counted() -> None:
    result = weighed([], [exchange(headers=CLI), exchange(headers=CLI, origin="stand-in", started_us=START + 1)])
    assert (result.captures, result.exchanges, result.programs) == (
        1,
        {"service": 1, "stand-in": 1},
        {"claude-cli/2.0.56": 2},
    )
    assert (result.span.first_us, result.span.last_us) == (START, START + 1)


def test_selecting_is_by_everything_in_when() -> None:
    when = {"allOf": [MESSAGES, status(400)]}
    assert weight(True, exchange(), exchange(status=400), when=when).number(holds=True) == 1
