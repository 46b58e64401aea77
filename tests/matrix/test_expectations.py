"""Expectations of a scenario, met and unmet."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.exchanges import exchange, written_capture
from wirelore.matrix import expectations
from wirelore.matrix.agent_scenario import Scenario
from wirelore.store.writer import Capture


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    return written_capture(tmp_path / "capture", exchange({}), exchange({}))


def unmet(capture: Capture, **expectation: Any) -> list[str]:
    scenario = {"about": "x", "steps": [{}], "expect": [{"operation": "POST /v1/messages", **expectation}]}
    return list(expectations.unmet(msgspec.convert(scenario, Scenario), capture))


@pytest.mark.parametrize(
    "expectation",
    [
        {},
        {"status": 200, "at_least": 2, "at_most": 2},
        {"operation": ["GET /nothing", "POST /v1/messages"]},
        {"operation": "GET /nothing", "at_least": 0, "at_most": 0},
        {"request": r"(?i)\A(.*\n)*content-type: application/json\n(.*\n)*\n\{"},
    ],
    ids=str,
)
def test_an_expectation_is_met(capture: Capture, expectation: dict[str, Any]) -> None:
    assert unmet(capture, **expectation) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        ({"status": 529}, "expected at least 1 of POST /v1/messages 529, found 0"),
        ({"at_least": 3}, "expected at least 3 of POST /v1/messages, found 2"),
        ({"at_least": 0, "at_most": 1}, "expected at least 0, at most 1 of POST /v1/messages, found 2"),
        ({"tags": ["no-such"]}, "expected at least 1 of POST /v1/messages tagged no-such, found 0"),
        (
            {"request": "nowhere"},
            "expected at least 1 of POST /v1/messages with a request that matches 'nowhere', found 0",
        ),
    ],
)
def test_an_unmet_expectation_is_reported_with_the_recorded_exchanges(
    capture: Capture, expectation: dict[str, Any], message: str
) -> None:
    (line,) = unmet(capture, **expectation)
    assert line.startswith(f"expect[0]: {message}; recorded: POST /v1/messages 200")
    assert line.endswith(" (2)")
