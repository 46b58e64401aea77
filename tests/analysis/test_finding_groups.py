"""Findings grouped and ranked."""

from dataclasses import replace

import pytest

from tests.outcomes import ERROR, NOTE, outcome
from wirelore.analysis.finding_groups import Place, grouped


def test_findings_of_one_fingerprint_are_one_group_the_most_severe_first() -> None:
    groups = outcome().groups
    assert [(group.first.rule, group.count) for group in groups] == [
        ("event-payloads/wrong-type", 2),
        ("retries/retried", 1),
    ]
    assert groups[0].places == [Place("made", "m/1", 3, "/data/index"), Place("made", "m/2", 7, "/data/index")]


@pytest.mark.slow
def test_a_million_equal_findings_keep_ten_places() -> None:
    (group,) = grouped(replace(ERROR, item=number) for number in range(1_000_000))
    assert (group.count, len(group.places)) == (1_000_000, 10)


@pytest.mark.parametrize(("level", "reached"), [("note", True), ("warning", False), ("error", False)])
def test_a_level_is_reached_by_findings_at_or_above_it(level: str, reached: bool) -> None:
    assert outcome([NOTE]).reaches(level) is reached
    assert outcome([ERROR]).reaches(level)
