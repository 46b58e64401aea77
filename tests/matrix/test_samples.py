"""The round trip: samples that are served and recorded through mitmdump again come back unchanged."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest

from wirelore.matrix.sampling import SAMPLE_KEY, recorded
from wirelore.matrix.scenario import load, packaged
from wirelore.model.exchange import Exchange, Message
from wirelore.model.packaged import SAMPLES
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import Capture, CaptureWriter

pytestmark = pytest.mark.slow

NAMES = tuple(path.stem for path in packaged())


@dataclass(frozen=True)
class Trip:
    """All samples, redacted once more as any recording of them is, and the recordings of them."""

    expected: dict[str, list[Exchange]]
    recorded: dict[str, list[Exchange]]


def replaying(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """Return a scenario that sends the requests of a capture again, with the recorded headers and bodies."""
    return {"name": "replay", "steps": [_step(exchange) for exchange in exchanges]}


def _step(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    return {
        "name": exchange.id,
        "literal": True,
        "request": {
            "method": request.method,
            "scheme": request.scheme,
            "host": request.host,
            "port": request.port,
            "path": request.target,
            "headers": [list(line) for line in request.headers],
            "base64": base64.b64encode(request.body.read()).decode(),
        },
        "expect": {"status": exchange.response.status if exchange.response else None},
    }


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Trip:
    folder = tmp_path_factory.mktemp("trip")
    samples = {name: list(Capture(SAMPLES / name).exchanges()) for name in NAMES}
    scenario = folder / "replay.json"
    scenario.write_text(json.dumps(replaying(chain.from_iterable(samples.values()))))
    writer = CaptureWriter(folder / "expected", Redactor(SAMPLE_KEY))
    for exchange in chain.from_iterable(samples.values()):
        response = exchange.response
        writer.write(
            exchange,
            request_body=[(0, exchange.request.body.read())],
            response_body=[(0, response.body.read())] if response else (),
            encoded=False,
        )
    writer.close()
    recorded([scenario], chain.from_iterable(samples.values()), folder / "again", key=SAMPLE_KEY, pace="none")
    expected, again = (list(Capture(folder / name).exchanges()) for name in ("expected", "again"))
    slices, start = {}, 0
    for name, exchanges in samples.items():
        slices[name] = slice(start, start + len(exchanges))
        start += len(exchanges)
    assert len(again) == len(expected) == start
    return Trip({n: expected[b] for n, b in slices.items()}, {n: again[b] for n, b in slices.items()})


def _pairs(trip: Trip, name: str) -> list[tuple[Exchange, Exchange]]:
    return list(zip(trip.expected[name], trip.recorded[name], strict=True))


def _head(message: Message | None) -> object:
    return message and (message.headers.lines, message.trailers.lines, message.http_version)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_request_heads(trip: Trip, name: str) -> None:
    for expected, actual in _pairs(trip, name):
        for field in ("method", "scheme", "host", "port", "target"):
            assert getattr(actual.request, field) == getattr(expected.request, field), (actual.id, field)
        assert _head(actual.request) == _head(expected.request), actual.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_response_heads(trip: Trip, name: str) -> None:
    for expected, actual in _pairs(trip, name):
        assert (actual.response is None) == (expected.response is None), actual.id
        if actual.response and expected.response:
            assert (actual.response.status, actual.response.reason) == (
                expected.response.status,
                expected.response.reason,
            ), actual.id
        assert _head(actual.response) == _head(expected.response), actual.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_bodies(trip: Trip, name: str) -> None:
    for expected, actual in _pairs(trip, name):
        assert actual.request.body.read() == expected.request.body.read(), actual.id
        if actual.response and expected.response:
            assert actual.response.body.read() == expected.response.body.read(), actual.id
            assert actual.response.body.size == sum(chunk.size for chunk in actual.response.body.chunks), actual.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_content_encodings(trip: Trip, name: str) -> None:
    samples = Capture(SAMPLES / name).exchanges()
    for expected, actual in zip(samples, trip.recorded[name], strict=True):
        assert (expected.response and expected.response.body.encoding) == (
            actual.response and actual.response.body.encoding
        ), expected.id
        assert actual.response is None or (actual.response.body.undecoded is None) == (
            expected.response is None or expected.response.body.undecoded is None
        ), expected.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_ends_categories_tags_and_operations(trip: Trip, name: str) -> None:
    for expected, actual in _pairs(trip, name):
        first, second = (
            (each.end.cause, each.category, each.tags, each.operation, each.known) for each in (expected, actual)
        )
        assert first == second, actual.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_events(trip: Trip, name: str) -> None:
    for expected, actual in _pairs(trip, name):
        if expected.response and actual.response and expected.response.is_event_stream:
            events = [
                [(event.name, event.data, event.complete) for event in response.events()]
                for response in (expected.response, actual.response)
            ]
            assert events[0] == events[1], actual.id


def test_the_samples_contain_every_status_end_tag_and_content_encoding() -> None:
    exchanges = [exchange for name in NAMES for exchange in Capture(SAMPLES / name).exchanges()]
    assert {400, 401, 403, 404, 413, 429, 500, 529, 200, 202, 302} == {
        exchange.response.status for exchange in exchanges if exchange.response
    }
    assert {exchange.end.cause for exchange in exchanges} == {"complete", "upstream-cut"}
    tags = {tag for exchange in exchanges for tag in exchange.tags}
    assert {"caching", "citations", "documents", "files", "images", "thinking", "tool-use"} <= tags
    encodings = {exchange.response.body.encoding for exchange in exchanges if exchange.response}
    assert encodings == {None, "gzip", "br", "deflate", "zstd"}


def test_the_samples_contain_an_exchange_for_each_step_of_their_scenario() -> None:
    for path in packaged():
        steps = load(path)["steps"]
        assert [exchange.request.method for exchange in Capture(SAMPLES / path.stem).exchanges()] == [
            step["request"]["method"] for step in steps
        ], path.stem


def test_the_samples_are_small_and_contain_nothing_that_looks_like_a_credential() -> None:
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    content = b"\n".join(path.read_bytes() for path in files)
    assert len(content) < 600_000
    assert b"FAKE-" not in content
    assert re.search(rb"sk-ant-[a-z]+[0-9]+-[A-Za-z0-9_-]{40}", content) is None


def test_the_oauth_sample_has_facts_about_rotated_tokens_and_a_matching_verifier() -> None:
    facts = [exchange.facts for exchange in Capture(SAMPLES / "oauth").exchanges()]
    assert [fact["pkce"]["verifier_matches_challenge"] for fact in facts if "pkce" in fact] == [True]
    tokens = [fact["tokens"] for fact in facts if "tokens" in fact]
    assert [token.get("refresh_token", {}).get("rotated") for token in tokens] == [None, True, True]
