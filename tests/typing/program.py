"""A user's program that touches every name of the library; mypy and pyright check its types, nothing runs it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, assert_type

import pandas as pd

import wirelore
from wirelore import Analyzer, Exchange, Finding, Observation, Observe, analyzer, over_capture, sse


def look(name: str) -> None:
    capture = wirelore.open(name)
    assert_type(len(capture), int)
    for exchange in capture:
        assert_type(exchange, Exchange)
        assert_type(exchange.request, wirelore.Request)
        assert_type(exchange.request.headers, wirelore.Headers)
        assert_type(exchange.request.headers.first("user-agent"), str | None)
        assert_type(exchange.message, dict[str, Any] | None)
        if exchange.response is not None:
            assert_type(exchange.response, wirelore.Response)
            assert_type(exchange.response.body, wirelore.Body)
            assert_type(exchange.response.status, int)
            for event in exchange.response.events():
                assert_type(event, sse.Event)
    assert_type(capture.frame(), pd.DataFrame)
    assert_type(capture.frame("events"), pd.DataFrame)


def judge(name: Path) -> list[str]:
    findings = wirelore.analyze(name, schemas="mine")
    assert_type(findings, wirelore.Findings)
    assert_type(findings.errors[0], Finding)
    assert_type(findings.frame(), pd.DataFrame)
    try:
        changes = wirelore.learn([name], "mine", only=["beta-flags"])
    except wirelore.Unreadable as fault:
        return [str(fault)]
    return changes


def compare() -> Iterator[str]:
    comparison = wirelore.diff("claude-2.1.329", wirelore.open("claude-2.1.332"))
    assert_type(comparison, wirelore.Comparison)
    for difference in comparison.differences:
        assert_type(difference, wirelore.Difference)
        yield difference.message


def document() -> dict[str, Any]:
    return wirelore.openapi(["one", Path("two")], version="3.2")


def record() -> int:
    with wirelore.record("mine", hosts=["gateway.example"]) as proxy:
        subprocess.run(["claude", "-p", "hello"], env=proxy.environment, check=True)
        assert_type(proxy.url, str)
    return proxy.recording.aborted


def replay() -> None:
    with wirelore.replay("mine", pace=0.5, faults=["POST /v1/messages=529"]) as server:
        os.environ["ANTHROPIC_BASE_URL"] = server.url


def others() -> None:
    for exchange in wirelore.read("session.har"):
        assert_type(exchange, Exchange)
    account = wirelore.import_(["session.har"], "imported")
    assert_type(account.files, int)
    assert_type(wirelore.redact("session.har", "clean.har").left, list[str])


def decode(chunks: list[bytes]) -> Iterator[str]:
    decoder = sse.Decoder()
    for chunk in chunks:
        yield from (event.name for event in decoder.feed(chunk))
    yield from (event.name for event in decoder.finish())


@analyzer(about="exchange", needs={"request"})
def observe(exchange: Exchange) -> Observation | None:
    return {"operation": exchange.operation}


@over_capture(about="response", needs={"status"})
def start() -> Observe:
    def observe_each(exchange: Exchange) -> Observation | None:
        return None

    return observe_each


assert_type(observe, Analyzer)
assert_type(start, Analyzer)
