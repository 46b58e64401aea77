"""The presentation of differences."""

from dataclasses import replace

import pytest

from tests.differences import AFTER, ALONE, BEFORE, GONE, NEW, ORDER, TYPE, changes, comparison
from wirelore.compare.change import CLIENT, SERVER, Occurrence
from wirelore.compare.presentation import (
    Changes,
    change_words,
    gathered,
    occurrence_words,
    ranked,
    scenario_words,
    side_words,
)


def test_differences_are_ranked_by_class_direction_and_number_of_scenarios() -> None:
    rare = replace(GONE, place="a", groups=("plain",))
    elsewhere = replace(GONE, operation="GET /a", groups=("plain",))
    assert ranked([ALONE, ORDER, NEW, TYPE, elsewhere, rare, GONE]) == [GONE, rare, elsewhere, TYPE, NEW, ORDER, ALONE]


def test_runs_are_of_one_direction_and_operation() -> None:
    assert gathered([GONE, TYPE]) == [
        (CLIENT, "POST /v1/messages", [GONE]),
        (SERVER, "POST /v1/messages", [TYPE]),
    ]


def test_counts_are_by_class_and_direction_without_accepted_differences() -> None:
    assert changes().counts == {
        "breaking": {CLIENT: 1, SERVER: 1},
        "additive": {CLIENT: 1, SERVER: 0},
        "cosmetic": {CLIENT: 0, SERVER: 0},
        "unjudged": {CLIENT: 1, SERVER: 0},
    }


@pytest.mark.parametrize(
    ("difference", "levels"),
    [
        pytest.param(GONE, (True, True, True), id="breaking"),
        pytest.param(NEW, (False, True, True), id="additive"),
        pytest.param(ORDER, (False, False, True), id="cosmetic"),
        pytest.param(ALONE, (False, False, True), id="unjudged"),
    ],
)
def test_any_is_every_difference(difference: object, levels: tuple[bool, ...]) -> None:
    result = Changes(comparison(), (difference,))  # type: ignore[arg-type]  # the table's column holds differences
    assert tuple(map(result.reaches, ("breaking", "additive", "any"))) == levels


def test_a_stale_entry_reaches_only_the_level_any() -> None:
    result = Changes(comparison(), (), (), changes().stale)
    assert [result.reaches(level) for level in ("breaking", "additive", "any")] == [False, False, True]


def test_a_side_is_described_on_one_line() -> None:
    assert side_words(BEFORE) == (
        "claude-cli/2.0.56, 4 captures, 12 exchanges, 2 scenarios, up to 2 of a scenario, 2026-11-20 to 2026-11-21, "
        "origin stand-in: 12"
    )
    assert "2026-11-21, origin" in side_words(AFTER)


def test_occurrences_and_scenarios_are_described_in_words() -> None:
    assert occurrence_words(Occurrence(0, 3)) == "absent (0 of 3)"
    assert occurrence_words(Occurrence(0, 0)) == "absent"
    assert occurrence_words(Occurrence(2, 3)) == "2 of 3"
    assert occurrence_words(Occurrence(2, 3, "x")) == "2 of 3: x"
    assert occurrence_words(Occurrence(0, 0, "x")) == "x"
    assert (
        scenario_words(replace(GONE, groups=tuple("abcde"), of_groups=9)) == "in 5 of 9 scenarios: a, b, c and 2 more"
    )
    assert scenario_words(replace(GONE, groups=("a",), of_groups=1)) == "in 1 of 1 scenario: a"
    assert scenario_words(GONE) == "in all 2 scenarios"
    assert scenario_words(ALONE) == ""


def test_values_in_the_message_are_not_repeated() -> None:
    assert change_words(GONE) == '12 of 12: "cli" -> absent (0 of 12)'
    assert change_words(TYPE) == "3 of 3 -> 3 of 3"
    uncounted = [replace(occurrence, count=0, of=0) for occurrence in (TYPE.before, TYPE.after)]
    assert change_words(replace(TYPE, before=uncounted[0], after=uncounted[1])) == ""
    assert change_words(replace(TYPE, before=uncounted[0], after=uncounted[1], message="")) == "object -> null"
