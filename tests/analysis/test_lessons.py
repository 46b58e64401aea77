"""Lessons: the observations to learn from, by the answerer of the exchange and the side that the analyzer observes."""

from dataclasses import replace
from typing import Any

import pytest

from tests.exchanges import exchange
from wirelore.analysis.contract import About, Analyzer, analyzer
from wirelore.analysis.lessons import is_answered_by_stand_in, lessons
from wirelore.model.exchange import Exchange

OBSERVED = {"host": "api.anthropic.com", "status": 200}


def observer_of(about: About, *answer: str) -> Analyzer:
    """Return an analyzer that observes OBSERVED and declares these members as dependent on the response."""
    return analyzer(about=about, answer=answer)(lambda _: dict(OBSERVED))


def learned(analyzer_under_test: Analyzer, origin: str, *, stand_in: bool = False, **more: Any) -> list[dict[str, Any]]:
    """Return the lessons of an exchange with this origin."""
    return list(
        lessons(analyzer_under_test, analyzer_under_test.start(), exchange(origin=origin, **more), stand_in=stand_in)
    )


@pytest.mark.parametrize(
    ("analyzer_under_test", "lesson"),
    [
        (observer_of("request"), [OBSERVED]),
        (observer_of("response"), []),
        (observer_of("exchange"), [OBSERVED]),
        (observer_of("exchange", "status"), [{"host": "api.anthropic.com"}]),
        (observer_of("exchange", "status", "host"), []),
    ],
    ids=["request", "response", "exchange", "half", "all of the answer"],
)
def test_nothing_is_learned_from_the_response_of_a_stand_in_and_everything_from_a_service(
    analyzer_under_test: Analyzer, lesson: list[dict[str, Any]]
) -> None:
    assert learned(analyzer_under_test, "stand-in") == lesson
    assert learned(analyzer_under_test, "stand-in", stand_in=True) == [OBSERVED]
    for origin in ("recorded", "har"):
        assert learned(analyzer_under_test, origin) == [OBSERVED]


def test_the_origin_of_an_exchange_tells_that_a_stand_in_answered() -> None:
    recorded: Exchange = exchange()
    assert not is_answered_by_stand_in(recorded)
    assert is_answered_by_stand_in(replace(recorded, origin="stand-in"))
