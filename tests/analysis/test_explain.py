"""The explanation of a place, with the exchanges that it rests on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import run
from tests.exchanges import exchange, learned_library
from tests.store.test_writer import written
from wirelore.analysis.explain import explain
from wirelore.analysis.places import NoPlace, parse
from wirelore.model.exchange import Exchange
from wirelore.schema.library import Library
from wirelore.store.writer import Capture, Unreadable

ASK = "POST /v1/messages"
FIRST = "made/messages/20260101_000000_000001_post-v1-messages"
SECOND = "made/messages/20260101_000000_000002_post-v1-messages"
THIRD = "made/messages/20260101_000000_000003_post-v1-messages"


def sent(body: Any, client: str = "one/1.0", **more: Any) -> Exchange:
    """Return a request with this body from a client."""
    headers = [("content-type", "application/json"), ("user-agent", client)]
    return exchange(body, {}, headers=headers, answer_headers=[("content-type", "application/json")], **more)


def explained(folder: Path, place: str, *exchanges: Exchange, **more: Any) -> str:
    """Return the explanation of a place from these exchanges, with schemas that learned them."""
    library = learned_library(folder / "schemas", *exchanges)
    return explain([written(folder / "made", *exchanges)], library, place, **more)


def reasons(folder: Path, values: Sequence[Any], place: str = "/a") -> list[str]:
    """Return the reasons that are printed for `a` after requests with these values."""
    text = explained(folder, f"request-bodies#/body{place}", *(sent({"a": value}) for value in values))
    return [line.strip() for line in text.partition("  why\n")[2].splitlines()]


def test_a_member_is_explained_with_its_exchanges_types_values_and_reasons(tmp_path: Path) -> None:
    bodies = [sent({"parts": [{"type": "text", "x": "on"}, {"x": None}]}), sent({"parts": [{"x": "Is text."}]}, "two")]
    lacking = sent({"parts": [{"type": "text"}]}, "one/2.0")
    assert explained(tmp_path, "request-bodies#/body/parts/*/x", *bodies, lacking) == (
        f"""request-bodies#/body/parts/*/x  POST /v1/messages
  present in 3 of 4 objects, in 2 exchanges
    (observed in 3 exchanges)
    present  {FIRST}
    present  {SECOND}
    missing  {THIRD}
  by type of the parent object
    (no type)  2 of 2
    text  1 of 2
  by client
    one  2 of 3
    two  1 of 1
  types
    null  1 in 1 exchange: {FIRST}
    string  2 in 2 exchanges: {FIRST}, {SECOND}
  identifiers
    on  1 in 1 exchange: {FIRST}
  other strings, by form
    (none)  1 in 1 exchange: {SECOND}
  why
    objects without type: required: present in all 2, not enforced yet: 2 distinct observations of 10 needed: \
{FIRST}, {SECOND}
    type text: optional: missing in 1 of 2: {THIRD}
    always present only with these clients: two
    nullable: 1 of 3 values null: {FIRST}
    any string: 1 of 2 strings not identifiers: {SECOND}
"""
    )


def test_ten_different_observations_make_a_rule_and_repeated_ones_do_not(tmp_path: Path) -> None:
    assert reasons(tmp_path / "ten", range(10)) == ["required: present in all 10"]
    (same,) = reasons(tmp_path / "same", [1] * 10)
    assert same == (
        f"required: present in all 10, not enforced yet: 1 distinct observation of 10 needed: {FIRST}, {SECOND}, …"
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param([1, 2.5], f"number, not integer: 1 of 2 not integers: {SECOND}", id="number"),
        pytest.param([[1], "x"], f"union of JSON types: 1 array: {FIRST}; 1 string: {SECOND}", id="union"),
        pytest.param(["on", "off"], "open list of 2 values: all 2 strings identifiers", id="list"),
        pytest.param(
            [f"word-{letter}" for letter in "abcdefghijklmnopq"],
            "any string: 17 different identifiers (a list has at most 16)",
            id="too many words",
        ),
        pytest.param(
            ["11111111-2222-4333-8444-555555555555"],
            f"any string: 1 of 1 string not identifiers, all of the form uuid: {FIRST}",
            id="form",
        ),
        pytest.param([{"type": "t"}, {"type": "u"}], "union by type: t, u", id="tags"),
        pytest.param([{"type": "t"}, {}], f"variant without type: 1 object: {SECOND}", id="variant without tag"),
        pytest.param(
            [{f"m{number}": 1} for number in range(41)],
            "map: more than 40 members: made/messages/20260101_000000_000041_post-v1-messages",
            id="map by number",
        ),
        pytest.param(
            [{"m": 1}, {"toolu_0123456789abcdef": 1}],
            f"map: an id as the name of a member in 1 object: {SECOND}",
            id="map by name",
        ),
    ],
)
def test_each_decision_of_the_samples_has_a_reason(tmp_path: Path, values: list[Any], reason: str) -> None:
    assert reasons(tmp_path, values)[1:].count(reason) == 1


def test_a_declared_reason_comes_before_those_of_the_samples(tmp_path: Path) -> None:
    tool = sent({"tools": [{"name": "t", "input_schema": {"properties": {"x": {}}}}]})
    place = "request-bodies#/body/tools/*/input_schema"
    declared = "content not inspected (x-opaque)"
    assert declared in explained(tmp_path / "at", place, tool)
    inside = explained(tmp_path / "below", f"{place}/properties", tool)
    assert "not described by the schema: the content of a parent is not inspected (x-opaque)" in inside


def test_each_branch_has_a_section_and_one_can_be_selected(tmp_path: Path) -> None:
    both = [sent({"a": 1}), sent({"a": 2}, operation="POST /v1/complete")]
    expected_heads = [f"request-bodies#/body/a  {name}" for name in ("POST /v1/complete", ASK)]
    text = explained(tmp_path / "all", "request-bodies#/body/a", *both)
    assert [line for line in text.splitlines() if line.startswith("request")] == expected_heads
    for number, place in enumerate(
        ["request-bodies/POST /v1/messages#/body/a", "request-bodies/post-v1-messages#/body/a"]
    ):
        chosen = explained(tmp_path / str(number), place, *both)
        assert [line for line in chosen.splitlines() if line.startswith("request")] == expected_heads[1:]
    limited = explained(tmp_path / "operation", "request-bodies#/body/a", *both, operation="POST /v1/complete")
    assert [line for line in limited.splitlines() if line.startswith("request")] == expected_heads[:1]


@pytest.mark.parametrize(
    ("text", "operation", "branch"),
    [
        ("request-bodies#/body/a/0/b~1c", "", ""),
        ("request-bodies/new-field#/body/a/0/b~1c", "", "new-field"),
        ("request-bodies/new-field /body/a/0/b~1c", "", "new-field"),
        ("warning  request-bodies/new-field  POST /v1/messages  /body/a/0/b~1c", ASK, "new-field"),
        ("request-bodies/POST /v1/messages#/body/a/0/b~1c", "", ASK),
    ],
)
def test_a_place_can_have_the_form_of_a_finding(text: str, operation: str, branch: str) -> None:
    place = parse(text, {"request-bodies"})
    assert (place.analyzer, place.operation, place.branch) == ("request-bodies", operation, branch)
    assert place.steps == ("body", "a", "0", "b/c")


@pytest.mark.parametrize("text", ["request-bodies", "request-bodies#", "request-bodies#/", "error request-bodies/x  /"])
def test_the_whole_observation_is_a_place(text: str) -> None:
    assert parse(text, {"request-bodies"}).steps == ()


def test_a_number_matches_every_element_and_a_member_of_that_name(tmp_path: Path) -> None:
    body = sent({"a": [{"0": 5}, {"0": 6}]})
    assert "present in 2 of 2 objects" in explained(tmp_path, "request-bodies/new-field#/body/a/1/0", body)


def test_many_members_that_are_not_in_every_object_explain_a_map(tmp_path: Path) -> None:
    bodies = [sent({"a": {f"k{n}": 1, f"k{n + 1}": 1}}) for n in range(17)]
    text = explained(tmp_path, "request-bodies#/body/a", *bodies)
    assert "map: more than 16 members, none of them in every object: " in text
    assert "map: " not in explained(tmp_path / "two", "request-bodies#/body/a", *bodies[:9])


def test_a_star_matches_every_member_of_a_map(tmp_path: Path) -> None:
    body = sent({"a": {"toolu_0123456789abcdef": {"n": 1}, "toolu_0123456789abcdeg": {}}})
    assert "present in 1 of 2 objects" in explained(tmp_path, "request-bodies#/body/a/*/n", body)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("bodies#/a", "'bodies#/a': unknown analyzer 'bodies'; expected <analyzer>[/<branch>]#<JSON pointer>"),
        ("request-bodies#a", "'request-bodies#a': 'a' is not a JSON pointer, which begins with / (RFC 6901); expected"),
        ("request-bodies/nowhere#/body", "request-bodies/nowhere: unknown branch or rule; observed branches: POST"),
        (
            "request-bodies#/body/a/*/z",
            "request-bodies#/body/a/*/z: not present in 1 observation; members of request-bodies#/body/a/*: x, y",
        ),
        (
            "request-bodies#/body/a/*/x/z",
            "request-bodies#/body/a/*/x/z: not present in 1 observation; request-bodies#/body/a/*/x has no members",
        ),
        ("event-payloads#/data", "event-payloads#/data: no observations in these captures"),
    ],
)
def test_a_place_without_samples_is_an_error_that_names_what_is_present(
    tmp_path: Path, place: str, message: str
) -> None:
    with pytest.raises(NoPlace) as fault:
        explained(tmp_path, place, sent({"a": [{"x": 1}, {"x": 2, "y": 3}]}))
    assert str(fault.value).startswith(message)


def test_an_operation_that_was_not_observed_is_an_error_that_names_those_that_were(tmp_path: Path) -> None:
    with pytest.raises(NoPlace, match="no observations of GET /x in these captures; observed operations: POST /v1/m"):
        explained(tmp_path, "request-bodies#/body", sent({}), operation="GET /x")


def test_only_exchanges_with_the_named_hosts_are_read(tmp_path: Path) -> None:
    both = [sent({"a": 1}), sent({"b": 1}, host="other.example")]
    text = explained(tmp_path, "request-bodies#/body", *both, hosts=("other.example",))
    assert (SECOND in text, FIRST in text) == (True, False)


def test_nothing_is_written_and_an_unreadable_part_is_a_problem(tmp_path: Path) -> None:
    one, two = sent({"a": 1}), sent({"a": 2})
    library = learned_library(tmp_path / "schemas", one)
    capture = written(tmp_path / "made", one, two)
    (capture.folder / next(iter(capture.index()))["id"] / "exchange.json").write_text("{")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    problems: list[str] = []
    text = explain([Capture(capture.folder)], library, "request-bodies#/body/a", problems=problems)
    assert (SECOND in text, FIRST in text, len(problems)) == (True, False, 1)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    with pytest.raises(Unreadable):
        explain([Capture(capture.folder)], library, "request-bodies#/body/a")


def test_observations_without_a_branch_have_a_section(tmp_path: Path) -> None:
    bad = sent(b"{")
    assert explain([written(tmp_path / "made", bad)], Library(), "request-bodies#/unreadable").startswith(
        "request-bodies#/unreadable\n  present in 1 of 1 object,"
    )


def test_the_command_explains_writes_nothing_and_exits_with_2_without_samples(tmp_path: Path) -> None:
    capture = written(tmp_path / "made", sent({"a": 1})).folder
    place = "request-bodies/new-field#/body/a"
    result = run("learn", capture, "--schemas", tmp_path / "none", "--explain", place)
    assert (result.exit_code, (tmp_path / "none").exists()) == (2, False)
    result = run("learn", capture, "--explain", place, "--operation", ASK)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"request-bodies#/body/a  {ASK}")
    result = run("learn", capture, "--explain", "request-bodies#/body/b")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "members of request-bodies#/body: a" in result.stderr
    assert run("learn", capture, "--operation", ASK).exit_code == 2
