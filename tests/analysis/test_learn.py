"""Learning from captures: learned, skipped and unreadable parts."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchanges import blank, exchange
from tests.project import ROOT
from tests.store.test_writer import written
from wirelore.analysis.check import check
from wirelore.analysis.learn import learn
from wirelore.analysis.registry import registry
from wirelore.model.exchange import Exchange
from wirelore.schema.library import PACKAGED, Library, writable_folder
from wirelore.store.writer import Capture, Unreadable, find

SAMPLES = ROOT / "captures" / "samples"
DREAM = exchange({"new": 1}, operation="POST /v1/dreams", host="dreams.example")
OTHER = exchange({"other": 1}, operation="POST /v1/others", host="others.example")


def routed(changes: list[str]) -> list[str]:
    """Return the changes to the route table."""
    return [change for change in changes if change.startswith("routes.json")]


def test_learned_captures_pass_and_learning_them_again_changes_nothing(tmp_path: Path) -> None:
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


def test_an_import_without_request_adds_no_operation(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(operation="POST /v1/dreams", absent=("request",), origin="sse"))
    assert routed(learn([capture], blank(tmp_path / "schemas"))) == []


def broken(folder: Path) -> Capture:
    """Return a capture of two exchanges, the first of them unreadable."""
    capture = written(folder, DREAM, OTHER)
    (folder / next(iter(capture.index()))["id"] / "exchange.json").write_text("{")
    return capture


def test_an_unreadable_part_is_a_problem_and_the_rest_is_learned(tmp_path: Path) -> None:
    problems: list[str] = []
    changes = learn([broken(tmp_path / "one")], blank(tmp_path / "schemas"), problems=problems)
    assert [problem.partition(": ")[2].partition(" (")[0] for problem in problems] == ["not JSON"]
    assert routed(changes) == ["routes.json: new operation POST /v1/others at others.example"]


def test_without_a_list_of_problems_an_unreadable_part_is_raised(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not JSON"):
        learn([broken(tmp_path / "one")], blank(tmp_path / "schemas"))


@pytest.mark.slow
def test_any_order_any_split_and_any_number_of_processes_learns_the_same_bytes(tmp_path: Path) -> None:
    captures = find(str(SAMPLES), SAMPLES)

    def learned(name: str, parts: list[list[Capture]], jobs: int) -> dict[str, bytes]:
        folder = blank(tmp_path / name)
        for part in parts:
            learn(part, folder, jobs=jobs, stand_in=True)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.json"))}

    first = learned("first", [captures], 1)
    assert len(first) > 50
    assert learned("backwards", [captures[::-1]], 1) == first
    assert learned("one by one", [[capture] for capture in captures], 1) == first
    assert learned("eight", [captures], 8) == first
    assert learned("halves", [captures[4:], captures[:4]], 2) == first


ROUTE = "GET /v1/no/such/thing"
REFUSED = {"type": "error", "error": {"type": "not_found_error", "message": "Nothing here"}}
SENT = {"model": "m"}
HEADERS = [("content-type", "application/json"), ("x-new", "1")]
LISTED = exchange(SENT, {"type": "message"}, headers=HEADERS)


def by_stand_in(one: Exchange) -> Exchange:
    """Return the exchange as answered by our replay server."""
    return replace(one, origin="stand-in")


def files(changes: list[str]) -> set[str]:
    """Return the names of the changed schemas; an analyzer's own and those of its branches count as one."""
    return {re.split(r"[/:]", change)[0].removesuffix(".json") for change in changes}


def test_only_the_requests_are_learned_from_exchanges_with_a_stand_in(tmp_path: Path) -> None:
    refused = by_stand_in(exchange(SENT, REFUSED, operation=ROUTE, headers=HEADERS, status=404))
    remarks: list[str] = []
    changes = learn(
        [written(tmp_path / "one", refused, by_stand_in(LISTED))], blank(tmp_path / "schemas"), remarks=remarks
    )
    assert files(changes) == {"connections", "operations", "parameters", "request-bodies", "request-headers"}
    assert [change for change in changes if change.startswith("operations")] == [
        "operations.json/host: new value api.anthropic.com"
    ]
    assert remarks == [
        "not learned: 2 responses of a stand-in instead of the service; --include-stand-in includes them",
        f"not entered in the route table, because only a stand-in answered: {ROUTE}",
    ]


def test_responses_of_a_stand_in_are_learned_if_requested(tmp_path: Path) -> None:
    refused = exchange(SENT, REFUSED, operation=ROUTE, headers=HEADERS, status=404)
    remarks: list[str] = []
    captures = [
        written(tmp_path / name, *exchanges)
        for name, exchanges in (("one", [by_stand_in(refused)]), ("two", [refused]))
    ]
    included = learn(captures[:1], blank(tmp_path / "meant"), stand_in=True, remarks=remarks)
    assert included == learn(captures[1:], blank(tmp_path / "served"), remarks=remarks)
    assert {"error-bodies", "response-headers", "routes"} <= files(included)
    assert remarks == []


def test_a_route_that_a_service_answered_too_is_entered(tmp_path: Path) -> None:
    refused = exchange(SENT, REFUSED, operation=ROUTE, status=404)
    remarks: list[str] = []
    changes = learn(
        [written(tmp_path / "one", by_stand_in(refused), refused)], blank(tmp_path / "schemas"), remarks=remarks
    )
    assert routed(changes) == [f"routes.json: new operation {ROUTE} at api.anthropic.com"]
    assert [remark.partition(":")[0] for remark in remarks] == ["not learned"]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_learning_the_samples_enters_no_route_and_no_answer(tmp_path: Path, jobs: int) -> None:
    folder, remarks = writable_folder(tmp_path / "schemas"), list[str]()
    changes = learn(find(str(SAMPLES), SAMPLES), folder, remarks=remarks, jobs=jobs)
    assert routed(changes) == []
    about_answers = {one.id for one in registry().values() if one.about == "response"}
    assert files(changes) & {*about_answers, "operations"} == set()
    assert (folder / "routes.json").read_bytes() == (PACKAGED / "routes.json").read_bytes()
    count = sum(one.response is not None for capture in find(str(SAMPLES), SAMPLES) for one in capture.exchanges())
    assert remarks == [
        f"not learned: {count} responses of a stand-in instead of the service; --include-stand-in includes them",
        f"not entered in the route table, because only a stand-in answered: {ROUTE}, POST /api/oauth/token",
    ]


@pytest.mark.parametrize(
    ("only", "count"), [("request-headers", 0), ("operations", 2), ("response-headers", 1), ("sizes", 1)]
)
def test_a_remark_is_about_the_chosen_analyzers_alone(tmp_path: Path, only: str, count: int) -> None:
    remarks: list[str] = []
    capture = written(tmp_path / "one", by_stand_in(exchange(operation=ROUTE)))
    learn([capture], blank(tmp_path / "schemas"), only=(only,), remarks=remarks)
    assert len(remarks) == count


def test_a_remark_names_a_few_routes_and_counts_the_rest(tmp_path: Path) -> None:
    remarks: list[str] = []
    names = [f"GET /v1/thing-{letter}" for letter in "abcdefghijk"]
    capture = written(tmp_path / "one", *(by_stand_in(exchange(operation=name, status=None)) for name in names))
    learn([capture], blank(tmp_path / "schemas"), remarks=remarks)
    assert remarks == [
        f"not entered in the route table, because only a stand-in answered: {', '.join(names[:8])} and 3 more"
    ]
