"""Learning from captures: what is taken, what is left, what cannot be read."""

from pathlib import Path

import pytest

from tests.exchanges import blank, exchange
from tests.project import ROOT
from tests.store.test_writer import written
from wirelore.analysis.check import check
from wirelore.analysis.learn import learn
from wirelore.schema.library import Library
from wirelore.store.writer import Capture, Unreadable, find

SAMPLES = ROOT / "captures" / "samples"
DREAM = exchange({"new": 1}, operation="POST /v1/dreams", host="dreams.example")
OTHER = exchange({"other": 1}, operation="POST /v1/others", host="others.example")


def routed(changes: list[str]) -> list[str]:
    """The changes of the route table."""
    return [change for change in changes if change.startswith("routes.json")]


def test_what_was_learned_holds_and_learning_it_again_changes_nothing(tmp_path: Path) -> None:
    folder, capture = blank(tmp_path / "schemas"), written(tmp_path / "one", DREAM, OTHER)
    changes = learn([capture], folder)
    assert changes == sorted(changes)
    assert {each.severity for each in check(capture.exchanges(), Library(folder))} <= {"note"}
    assert learn([capture], folder) == []


def test_only_exchanges_with_the_named_hosts_are_learned(tmp_path: Path) -> None:
    changes = learn([written(tmp_path / "one", DREAM, OTHER)], blank(tmp_path / "schemas"), hosts=("dreams.example",))
    assert routed(changes) == ["routes.json: new operation POST /v1/dreams at dreams.example"]
    assert not [change for change in changes if "others" in change]


def test_only_the_named_analyzers_learn_and_routes_belong_to_operations(tmp_path: Path) -> None:
    folder, capture = blank(tmp_path / "schemas"), written(tmp_path / "one", DREAM)
    changes = learn([capture], folder, only=("request-bodies",))
    assert {change.partition("/")[0].partition(".json")[0] for change in changes} == {"request-bodies"}
    assert routed(learn([capture], folder, only=("operations",))) == [
        "routes.json: new operation POST /v1/dreams at dreams.example"
    ]


def test_a_request_that_the_source_does_not_tell_makes_no_operation(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(operation="POST /v1/dreams", absent=("request",), origin="sse"))
    assert routed(learn([capture], blank(tmp_path / "schemas"))) == []


def broken(folder: Path) -> Capture:
    """A capture of two exchanges of which the first cannot be read."""
    capture = written(folder, DREAM, OTHER)
    (folder / next(iter(capture.index()))["id"] / "exchange.json").write_text("{")
    return capture


def test_a_part_that_cannot_be_read_is_a_problem_and_the_rest_is_learned(tmp_path: Path) -> None:
    problems: list[str] = []
    changes = learn([broken(tmp_path / "one")], blank(tmp_path / "schemas"), problems=problems)
    assert [problem.partition(": ")[2].partition(" (")[0] for problem in problems] == ["no JSON"]
    assert routed(changes) == ["routes.json: new operation POST /v1/others at others.example"]


def test_without_a_list_of_problems_a_part_that_cannot_be_read_is_raised(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no JSON"):
        learn([broken(tmp_path / "one")], blank(tmp_path / "schemas"))


def test_any_order_any_split_and_any_number_of_processes_learns_the_same_bytes(tmp_path: Path) -> None:
    captures = find(str(SAMPLES), SAMPLES)

    def learned(name: str, parts: list[list[Capture]], jobs: int) -> dict[str, bytes]:
        folder = blank(tmp_path / name)
        for part in parts:
            learn(part, folder, jobs=jobs)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.json"))}

    first = learned("first", [captures], 1)
    assert len(first) > 50
    assert learned("backwards", [captures[::-1]], 1) == first
    assert learned("one by one", [[capture] for capture in captures], 1) == first
    assert learned("eight", [captures], 8) == first
    assert learned("halves", [captures[4:], captures[:4]], 2) == first
