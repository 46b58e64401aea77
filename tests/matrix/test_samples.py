"""The round trip: a sample is served, recorded through a real mitmdump, and comes back as it was."""

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

NAMES = tuple(path.stem for path in packaged())


@dataclass(frozen=True)
class Trip:
    """Every sample redacted once more (as any recording of it must be), and what the recorder made of it."""

    expected: dict[str, list[Exchange]]
    recorded: dict[str, list[Exchange]]


def replaying(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """The scenario that sends the requests of a capture again, head and body as they were recorded."""
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
    borders, place = {}, 0
    for name, exchanges in samples.items():
        borders[name] = slice(place, place + len(exchanges))
        place += len(exchanges)
    assert len(again) == len(expected) == place
    return Trip({n: expected[b] for n, b in borders.items()}, {n: again[b] for n, b in borders.items()})


def _pairs(trip: Trip, name: str) -> list[tuple[Exchange, Exchange]]:
    return list(zip(trip.expected[name], trip.recorded[name], strict=True))


def _head(message: Message | None) -> object:
    return message and (message.headers.lines, message.trailers.lines, message.http_version)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_request_heads(trip: Trip, name: str) -> None:
    for was, came in _pairs(trip, name):
        for field in ("method", "scheme", "host", "port", "target"):
            assert getattr(came.request, field) == getattr(was.request, field), (came.id, field)
        assert _head(came.request) == _head(was.request), came.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_response_heads(trip: Trip, name: str) -> None:
    for was, came in _pairs(trip, name):
        assert (came.response is None) == (was.response is None), came.id
        if came.response and was.response:
            assert (came.response.status, came.response.reason) == (was.response.status, was.response.reason), came.id
        assert _head(came.response) == _head(was.response), came.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_bodies(trip: Trip, name: str) -> None:
    for was, came in _pairs(trip, name):
        assert came.request.body.read() == was.request.body.read(), came.id
        if came.response and was.response:
            assert came.response.body.read() == was.response.body.read(), came.id
            assert came.response.body.size == sum(chunk.size for chunk in came.response.body.chunks), came.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_content_encodings(trip: Trip, name: str) -> None:
    samples = Capture(SAMPLES / name).exchanges()
    for was, came in zip(samples, trip.recorded[name], strict=True):
        assert (was.response and was.response.body.encoding) == (came.response and came.response.body.encoding), was.id
        assert came.response is None or (came.response.body.undecoded is None) == (
            was.response is None or was.response.body.undecoded is None
        ), was.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_ends_categories_tags_and_operations(trip: Trip, name: str) -> None:
    for was, came in _pairs(trip, name):
        judged = [(one.end.cause, one.category, one.tags, one.operation, one.known) for one in (was, came)]
        assert judged[0] == judged[1], came.id


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_with_the_same_events(trip: Trip, name: str) -> None:
    for was, came in _pairs(trip, name):
        if was.response and came.response and was.response.is_event_stream:
            events = [
                [(event.name, event.data, event.complete) for event in response.events()]
                for response in (was.response, came.response)
            ]
            assert events[0] == events[1], came.id


def test_the_samples_hold_every_status_end_and_tag_they_are_there_for() -> None:
    exchanges = [one for name in NAMES for one in Capture(SAMPLES / name).exchanges()]
    assert {400, 401, 403, 404, 413, 429, 500, 529, 200, 202, 302} == {
        one.response.status for one in exchanges if one.response
    }
    assert {one.end.cause for one in exchanges} == {"complete", "upstream-cut"}
    tags = {tag for one in exchanges for tag in one.tags}
    assert {"caching", "citations", "documents", "files", "images", "thinking", "tool-use"} <= tags
    encodings = {one.response.body.encoding for one in exchanges if one.response}
    assert encodings == {None, "gzip", "br", "deflate", "zstd"}


def test_the_samples_hold_an_exchange_for_each_step_of_their_scenario() -> None:
    for path in packaged():
        steps = load(path)["steps"]
        assert [one.request.method for one in Capture(SAMPLES / path.stem).exchanges()] == [
            step["request"]["method"] for step in steps
        ], path.stem


def test_the_samples_are_small_and_hold_no_invented_credential_and_nothing_a_scanner_would_take_for_a_key() -> None:
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    content = b"\n".join(path.read_bytes() for path in files)
    assert len(content) < 600_000
    assert b"FAKE-" not in content
    assert re.search(rb"sk-ant-[a-z]+[0-9]+-[A-Za-z0-9_-]{40}", content) is None


def test_a_refresh_that_rotates_both_tokens_and_a_verifier_that_fits_its_challenge_are_facts_of_the_sample() -> None:
    facts = [one.facts for one in Capture(SAMPLES / "oauth").exchanges()]
    assert [fact["pkce"]["verifier_matches_challenge"] for fact in facts if "pkce" in fact] == [True]
    tokens = [fact["tokens"] for fact in facts if "tokens" in fact]
    assert [token.get("refresh_token", {}).get("rotated") for token in tokens] == [None, True, True]
