"""The envelope of an exchange that checks read."""

from typing import Any

from tests.claims.test_weighing import envelope
from tests.exchanges import exchange
from tests.weighing import CLI, check, claim, weighed
from wirelore.analysis.registry import registry
from wirelore.claims.envelope import MOST, Envelopes, analyzers_in
from wirelore.claims.weighing import Scales


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
