"""The weighing of claims: exchanges for and against a check, and those that decide nothing."""

from typing import Any

import pytest

from tests.exchanges import START, exchange
from tests.weighing import CLI, MESSAGES, OTHER, check, claim, status, weighed
from wirelore.analysis.registry import registry
from wirelore.analysis.witness import KINDS
from wirelore.claims.departures import departed
from wirelore.claims.envelope import MOST, Envelopes, analyzers_in
from wirelore.claims.weighing import Example, Scales, Weight
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import Area, ClaimsError, Part
from wirelore.schema.library import Departure


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


@pytest.mark.parametrize(
    ("absent", "must"),
    [
        (("status",), status(200)),
        (("request-headers",), {"required": ["product"]}),
        (("request-headers",), {"properties": {"seen": {"properties": {"beta-flags": False}}}}),
        (("connection",), {"properties": {"seen": {"properties": {"connections": {"required": ["alpn"]}}}}}),
        (("header-order",), {"properties": {"seen": {"properties": {"request-headers": {"required": ["order"]}}}}}),
        (("response-body",), {"properties": {"seen": {"required": ["response-bodies"]}}}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_an_import_that_lacks_the_parts_that_a_check_reads_does_not_count(absent: tuple[str, ...], must: Any) -> None:
    one = exchange(headers=CLI, absent=absent, origin="har")
    assert weight(must, one).counts == {}
    assert sum(weight({"required": ["operation"]}, one).counts.values()) == 1


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


def test_an_envelope_has_these_members() -> None:
    one = exchange(headers=CLI, facts={"authorization": {"kind": "oat01"}}, tags=("tools",))
    assert envelope(one, "operations", options={"labels": {"scenario": "plain"}}) == {
        "client": "claude-cli/2.0.56",
        "product": "claude-cli",
        "version": "2.0.56",
        "host": "api.anthropic.com",
        "operation": "POST /v1/messages",
        "method": "POST",
        "path": "/v1/messages",
        "scheme": "https",
        "status": 200,
        "category": "other",
        "tags": ["tools"],
        "end": "complete",
        "origin": "recorded",
        "labels": {"scenario": "plain"},
        "absent": [],
        "facts": {"authorization": {"kind": "oat01"}},
        "seen": {"operations": {"host": "api.anthropic.com", "operation": "POST /v1/messages"}},
    }


def test_members_that_the_source_lacks_are_omitted() -> None:
    absent = ("request", "request-headers", "status")
    result = envelope(exchange(absent=absent, origin="sse"), "operations", "request-headers")
    assert result.keys().isdisjoint({"client", "product", "version", "host", "method", "path", "scheme"})
    assert (result["status"], result["seen"], result["absent"]) == (None, {}, list(absent))


def test_analyzers_with_several_observations_are_lists() -> None:
    events = [
        ("message_start", {"type": "message_start"}),
        ("error", {"type": "error", "error": {"type": "api_error"}}),
    ]
    cases: list[dict[str, Any]] = [{"events": events}, {"status": 400, "answer": {}}, {"answer": {}}]
    seen = [envelope(exchange({"a": 1}, **more), *registry())["seen"] for more in cases]
    assert {name for one in seen for name, value in one.items() if isinstance(value, list)} == {
        "error-bodies",
        "event-payloads",
    }
    assert "error-bodies" not in seen[2]


def test_of_events_with_one_shape_the_first_are_included_and_the_rest_is_counted() -> None:
    delta = ("content_block_delta", {"type": "content_block_delta"})
    one = exchange(events=[*[delta] * (MOST + 7), ("message_stop", {"type": "message_stop"})])
    result = Envelopes(["event-payloads"], {}).of(one)
    assert (len(result.document["seen"]["event-payloads"]), result.left_out) == (MOST + 1, 7)
    must = {"properties": {"seen": {"properties": {"event-payloads": {"minItems": 1}}}}}
    assert weighed([claim("E01", check(must))], [one]).left_out == 7


def test_only_analyzers_that_a_check_names_are_run() -> None:
    must = {"properties": {"seen": {"required": ["operations"], "properties": {"beta-flags": {"required": ["flags"]}}}}}
    scales = Scales([claim("E01", check(must))])
    assert scales._analyzers == {"operations", "beta-flags"}
    assert analyzers_in([("seen", "a", "b"), ("status",), ("seen",)]) == {"a"}


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


def test_every_origin_is_of_a_known_kind() -> None:
    origins = ("recorded", "stand-in", "har", "sse")
    kinds = {kind for origin in origins for kind in weighed([], [exchange(origin=origin)]).exchanges}
    assert kinds == set(KINDS)


@pytest.mark.parametrize(
    ("departure", "sentence"),
    [
        (Departure("", ("seen", "beta-flags", "flags"), None, [], "required"), "beta-flags#/flags is missing"),
        (Departure("", ("seen", "beta-flags"), None, [], "required"), "beta-flags is missing"),
        (Departure("", ("status",), 400, 200, "const"), "status is 400, expected 200"),
        (Departure("", ("host",), "a", ["b", "c"], "enum"), "host is 'a', expected 'b' or 'c'"),
        (Departure("", ("status",), None, "integer", "type"), "status is null, expected integer"),
        (
            Departure("", ("path",), "x" * 61, "^/v1", "pattern"),
            "path is a string of 61 characters, expected a match for ^/v1",
        ),
        (Departure("", ("tags",), ["a", "b"], {}, "contains"), "tags is a list of a, b, without an expected element"),
        (Departure("", ("tags",), [], {}, "contains"), "tags is a list of 0 elements, without an expected element"),
        (Departure("", ("facts",), {"a": 1}, {}, "not"), "facts is an object with a, which is not allowed"),
        (Departure("", (), {}, {}, "not"), "such an exchange is not allowed"),
        (
            Departure("", ("facts", "x"), True, False, "additionalProperties"),
            "facts/x is present, but not in the claim",
        ),
        (Departure("", ("status",), 9, 5, "maximum"), "status is 9, expected maximum 5"),
        (Departure("", ("facts",), {}, [{}], "anyOf"), "facts is an empty object, expected anyOf"),
        (
            Departure("", ("status",), 9, list(range(8)), "enum"),
            "status is 9, expected 0 or 1 or 2 or 3 or 4 or 5 or 2 more",
        ),
    ],
    ids=lambda value: value.keyword if isinstance(value, Departure) else "",
)
def test_a_departure_is_described_briefly_without_long_texts(departure: Departure, sentence: str) -> None:
    assert departed([departure]) == sentence
    assert departed([departure, departure]) == f"{sentence}, and 1 more"


def test_an_unexplained_failure_is_reported() -> None:
    assert departed([]) == "the check fails"


def test_selecting_is_by_everything_in_when() -> None:
    when = {"allOf": [MESSAGES, status(400)]}
    assert weight(True, exchange(), exchange(status=400), when=when).number(holds=True) == 1
