"""One pass: each exchange is observed once and passed to every collector, in order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.exchanges import exchange, written_capture
from wirelore.analysis.contract import Analyzer, Observation, Observe
from wirelore.analysis.one_pass import Observed, collect, observed, run
from wirelore.model.exchange import Exchange

STREAM: list[tuple[str, dict[str, int]]] = [("message_start", {}), ("message_stop", {})]


class _Collector:
    def __init__(self, *analyzers: str) -> None:
        self.analyzers: Iterable[str] = analyzers
        self.calls: list[object] = []

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        self.calls.append((capture, dict(labels)))

    def add(self, observed: Observed) -> None:
        self.calls.append([len(list(observed.observations(analyzer))) for analyzer in self.analyzers])


def _counting(calls: Counter[str]) -> Analyzer:
    """Return an analyzer that counts its calls."""

    def begin() -> Observe:
        def observe(one: Exchange) -> Iterator[Observation]:
            calls[one.operation] += 1
            yield {"first": 1}
            yield {"second": 2}

        return observe

    return Analyzer("counting", "", "", begin, "exchange", several=True)


def test_collectors_receive_the_captures_in_order_with_the_observations_that_they_read(tmp_path: Path) -> None:
    written_capture(tmp_path / "a", exchange(events=STREAM), labels={"scenario": "plain"})
    written_capture(tmp_path / "b", exchange({"a": 1}))
    some, none = _Collector("event-payloads", "operations"), _Collector()
    captures = [written_capture(tmp_path / "c", exchange({"a": 1}), exchange({"a": 2}))]
    run(captures, [some, none], lambda fault: pytest.fail(str(fault)))
    assert some.calls == [("c", {}), [0, 1], [0, 1]]
    assert none.calls == [("c", {}), [], []]


def test_labels_may_have_the_names_of_parameters() -> None:
    collector = _Collector()
    collect("some", [], [collector], {"name": "x", "collectors": "y"})
    assert collector.calls == [("some", {"name": "x", "collectors": "y"})]


def test_an_analyzer_runs_once_for_an_exchange_regardless_of_its_readers() -> None:
    calls: Counter[str] = Counter()
    for each in observed([exchange({"a": 1}), exchange({"a": 1})], [_counting(calls)]):
        assert list(each.observations("counting")) == [{"first": 1}, {"second": 2}]
        assert list(each.numbered("counting")) == [(1, {"first": 1}), (2, {"second": 2})]
    assert calls == {"POST /v1/messages": 2}


def test_an_analyzer_without_readers_is_not_run() -> None:
    calls: Counter[str] = Counter()
    assert len(list(observed([exchange({"a": 1})], [_counting(calls)]))) == 1
    assert calls == {}


def test_observations_of_a_large_body_are_not_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirelore.analysis.one_pass._CACHED_SIZE", 3)
    calls: Counter[str] = Counter()
    (each,) = observed([exchange({"a": 1})], [_counting(calls)])
    assert list(each.observations("counting")) == list(each.observations("counting"))
    assert calls == {"POST /v1/messages": 2}


def test_an_analyzer_over_a_capture_receives_every_exchange_even_without_readers() -> None:
    failed = exchange({"a": 1}, {"type": "error"}, status=529)
    first, second = observed([failed, exchange({"a": 1}, started_us=failed.started_us + 5_000)], ["retries"])
    assert list(first.observations("retries")) == []
    assert [one["attempt"] for one in second.observations("retries")] == [2]
    assert [one["attempt"] for one in second.observations("retries")] == [2]


def test_an_analyzer_that_is_not_part_of_the_pass_is_an_error() -> None:
    (each,) = observed([exchange({"a": 1})], ["operations"])
    with pytest.raises(KeyError, match="retries"):
        each.observations("retries")
