"""Lessons: what a schema may learn of an exchange, by who answered it and by what the analyzer is about."""

from dataclasses import replace
from typing import Any

import pytest

from tests.exchanges import exchange
from wirelore.analysis.contract import About, Analyzer, analyzer
from wirelore.analysis.lessons import is_answered_by_stand_in, lessons
from wirelore.model.exchange import Exchange

SEEN = {"host": "api.anthropic.com", "status": 200}


def one(about: About, *answer: str) -> Analyzer:
    """An analyzer that observes SEEN, with the members that the answer decides."""
    return analyzer(about=about, answer=answer)(lambda _: dict(SEEN))


def learned(made: Analyzer, origin: str, *, stand_in: bool = False, **more: Any) -> list[dict[str, Any]]:
    """What an exchange of this origin teaches."""
    return list(lessons(made, made.start(), exchange(origin=origin, **more), stand_in=stand_in))


@pytest.mark.parametrize(
    ("made", "lesson"),
    [
        (one("request"), [SEEN]),
        (one("response"), []),
        (one("exchange"), [SEEN]),
        (one("exchange", "status"), [{"host": "api.anthropic.com"}]),
        (one("exchange", "status", "host"), []),
    ],
    ids=["request", "response", "exchange", "half", "all of the answer"],
)
def test_a_stand_in_s_answer_teaches_nothing_and_a_service_s_everything(
    made: Analyzer, lesson: list[dict[str, Any]]
) -> None:
    assert learned(made, "stand-in") == lesson
    assert learned(made, "stand-in", stand_in=True) == [SEEN]
    for origin in ("recorded", "har"):
        assert learned(made, origin) == [SEEN]


def test_an_answer_is_a_stand_in_s_by_the_origin_of_its_exchange() -> None:
    recorded: Exchange = exchange()
    assert not is_answered_by_stand_in(recorded)
    assert is_answered_by_stand_in(replace(recorded, origin="stand-in"))
