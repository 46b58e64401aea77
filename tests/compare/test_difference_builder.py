"""Differences: their rule, direction and fingerprint."""

import pytest

from tests.compare.test_captures import BODY
from tests.exchanges import exchange
from tests.sides import capture, comparison, messages_of
from wirelore.analysis.registry import registry
from wirelore.compare.change import CLIENT, SERVER
from wirelore.compare.change_tables import tables
from wirelore.model.exchange import Exchange


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (BODY, {**BODY, "speed": "fast"}, ("additive", "request-field-added", 'speed is new: "fast"')),
        ({**BODY, "speed": "fast"}, BODY, ("breaking", "request-field-gone", "speed is no longer sent")),
        (BODY, {**BODY, "model": 5}, ("breaking", "request-field-type", "model is now integer (was string)")),
        (
            BODY,
            {**BODY, "model": "n"},
            ("additive", "request-field-value", 'value of model changed: "n" instead of "m"'),
        ),
        (
            {**BODY, "tools": [{"name": "Old"}]},
            {**BODY, "tools": [{"name": "Old"}, {"name": "New"}]},
            ("additive", "tool-added", "tool New is now offered to the model"),
        ),
    ],
    ids=["added", "gone", "type", "value", "tool"],
)  # fmt: skip
def test_a_change_of_the_body_has_its_rule(before: object, after: object, expected: tuple[str, str, str]) -> None:
    assert messages_of([exchange(before)], [exchange(after)]) == [expected]


def test_a_rarer_member_of_few_requests_is_inconclusive_without_repeated_recordings() -> None:
    def run(*fields: object) -> list[Exchange]:
        return [exchange({**BODY, **({"seed": 1} if field else {})}) for field in fields]

    few = messages_of(run(1, 1), run(1, 0))
    assert few == [
        (
            "unjudged",
            "request-field-less-often",
            "seed is present less often (1 of 2 instead of 2 of 2); too few recordings for a conclusion",
        )
    ]
    assert [kind for kind, _, _ in messages_of(run(*[1] * 10), run(*[1, 0] * 5))] == ["breaking"]
    repeated = comparison({"s": [capture(*run(1, 1))] * 2}, {"s": [capture(*run(1, 0))] * 2})
    assert [one.kind for one in repeated.differences] == ["breaking"]


def test_a_fingerprint_does_not_depend_on_the_captures() -> None:
    first = comparison({"s": [capture(exchange(BODY), name="x")]}, {"s": [capture(exchange({**BODY, "n": 1}))]})
    again = comparison({"t": [capture(exchange(BODY))] * 2}, {"t": [capture(exchange({**BODY, "n": 1}), name="y")] * 2})
    assert [one.fingerprint for one in first.differences] == [one.fingerprint for one in again.differences] != []


def test_the_direction_of_a_difference_depends_on_the_side_of_its_analyzer() -> None:
    directions = {name: reading.direction for name, reading in tables().readings.items()}
    assert directions == {name: SERVER if one.about == "response" else CLIENT for name, one in registry().items()}
