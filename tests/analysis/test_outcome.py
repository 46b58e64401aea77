"""The outcome of a check, in every format."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.outcomes import ERROR, NOTE, outcome
from tests.store.test_writer import written as captured
from wirelore.analysis import outcome as outcomes
from wirelore.analysis.finding_groups import Outcome
from wirelore.schema.library import Library


def written(form: str, result: Outcome) -> str:
    """Return the outcome in a format."""
    return outcomes.render(result, Library(), form, "0.1.0", "error")


def test_an_unreadable_part_is_a_problem_and_the_rest_is_checked(tmp_path: Path) -> None:
    unknown = exchange(operation="POST /v1/dreams")
    broken = captured(tmp_path / "broken", unknown, unknown)
    lost = broken.folder / next(iter(broken.index()))["id"] / "exchange.json"
    lost.write_text("{")
    result = outcomes.outcome([broken, captured(tmp_path / "whole", unknown)], Library())
    assert (result.captures, result.exchanges) == (["broken", "whole"], 2)
    (problem,) = result.problems
    assert problem.startswith(f"{lost}: not JSON")
    places = [group.places for group in result.groups if group.first.rule == "operations/unknown-operation"]
    assert [[place.capture for place in each] for each in places] == [["broken", "whole"]]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "junit"])
def test_the_order_of_the_findings_does_not_change_the_output(form: str) -> None:
    assert written(form, outcome([NOTE, ERROR])) == written(form, outcome([ERROR, NOTE]))
