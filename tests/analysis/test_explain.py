"""The explanation of a place: which exchanges made a property what it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import run
from tests.exchanges import exchange, taught
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
    """A request with this body by a client."""
    headers = [("content-type", "application/json"), ("user-agent", client)]
    return exchange(body, {}, headers=headers, answer_headers=[("content-type", "application/json")], **more)


def explained(folder: Path, place: str, *exchanges: Exchange, **more: Any) -> str:
    """The explanation of a place by these exchanges, after schemas that learned them."""
    library = taught(folder / "schemas", *exchanges)
    return explain([written(folder / "made", *exchanges)], library, place, **more)


def reasons(folder: Path, values: Sequence[Any], place: str = "/a") -> list[str]:
    """Why `a` is what it is, after requests with these values of it."""
    text = explained(folder, f"request-bodies#/body{place}", *(sent({"a": value}) for value in values))
    return [line.strip() for line in text.partition("  why\n")[2].splitlines()]


def test_a_member_is_told_with_its_exchanges_types_values_and_reasons(tmp_path: Path) -> None:
    bodies = [sent({"parts": [{"type": "text", "x": "on"}, {"x": None}]}), sent({"parts": [{"x": "Is text."}]}, "two")]
    lacking = sent({"parts": [{"type": "text"}]}, "one/2.0")
    assert explained(tmp_path, "request-bodies#/body/parts/*/x", *bodies, lacking) == (
        f"""request-bodies#/body/parts/*/x  POST /v1/messages
  there in 3 of 4 objects, in 2 exchanges
    (observed in 3 exchanges)
    with it  {FIRST}
    with it  {SECOND}
    without  {THIRD}
  by type of the object around it
    (no type)  2 of 2
    text  1 of 2
  by client
    one  2 of 3
    two  1 of 1
  types
    null  1 in 1 exchange: {FIRST}
    string  2 in 2 exchanges: {FIRST}, {SECOND}
  words
    on  1 in 1 exchange: {FIRST}
  other strings, by form
    (none)  1 in 1 exchange: {SECOND}
  why
    of objects without type: required because all 2 had it, but no rule yet: 2 different observations, 10 are needed: \
{FIRST}, {SECOND}
    of type text: not required because 1 of 2 lacked it: {THIRD}
    always there with some clients only: two
    nullable because 1 of 3 values were null: {FIRST}
    any string because 1 of 2 strings were no words of a protocol: {SECOND}
"""
    )


def test_ten_different_observations_make_a_rule_and_repeated_ones_do_not(tmp_path: Path) -> None:
    assert reasons(tmp_path / "ten", range(10)) == ["required because all 10 had it"]
    (same,) = reasons(tmp_path / "same", [1] * 10)
    assert same == (
        f"required because all 10 had it, but no rule yet: 1 different observation, 10 are needed: {FIRST}, {SECOND}, …"
    )


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param([1, 2.5], f"a number and no integer because 1 of 2 were none: {SECOND}", id="number"),
        pytest.param(
            [[1], "x"], f"a union of JSON types because there were 1 array: {FIRST}; 1 string: {SECOND}", id="union"
        ),
        pytest.param(["on", "off"], "an open list of 2 because all 2 strings were words of a protocol", id="list"),
        pytest.param(
            [f"word-{letter}" for letter in "abcdefghijklmnopq"],
            "any string because it had 17 words, and more than 16 are no list",
            id="too many words",
        ),
        pytest.param(
            ["11111111-2222-4333-8444-555555555555"],
            f"any string because 1 of 1 strings were no words of a protocol, each of the form uuid: {FIRST}",
            id="form",
        ),
        pytest.param([{"type": "t"}, {"type": "u"}], "a union by type because its objects had one: t, u", id="tags"),
        pytest.param(
            [{"type": "t"}, {}], f"with a variant without type because 1 had none: {SECOND}", id="variant without tag"
        ),
        pytest.param(
            [{f"m{number}": 1} for number in range(41)],
            "a map because its members became more than 40: made/messages/20260101_000000_000041_post-v1-messages",
            id="map by number",
        ),
        pytest.param(
            [{"m": 1}, {"toolu_0123456789abcdef": 1}],
            f"a map because a member was named by an id in 1 objects: {SECOND}",
            id="map by name",
        ),
    ],
)
def test_what_the_samples_decide_has_its_sentence(tmp_path: Path, values: list[Any], told: str) -> None:
    assert reasons(tmp_path, values)[1:].count(told) == 1


def test_what_is_declared_comes_before_what_the_samples_show(tmp_path: Path) -> None:
    tool = sent({"tools": [{"name": "t", "input_schema": {"properties": {"x": {}}}}]})
    place = "request-bodies#/body/tools/*/input_schema"
    declared = "what is inside is never looked at (x-opaque)"
    assert declared in explained(tmp_path / "at", place, tool)
    inside = explained(tmp_path / "below", f"{place}/properties", tool)
    assert "the schema does not describe it: an object above it is never looked into (x-opaque)" in inside


def test_each_branch_is_told_by_itself_and_one_can_be_chosen(tmp_path: Path) -> None:
    both = [sent({"a": 1}), sent({"a": 2}, operation="POST /v1/complete")]
    heads = [f"request-bodies#/body/a  {name}" for name in ("POST /v1/complete", ASK)]
    text = explained(tmp_path / "all", "request-bodies#/body/a", *both)
    assert [line for line in text.splitlines() if line.startswith("request")] == heads
    for number, place in enumerate(
        ["request-bodies/POST /v1/messages#/body/a", "request-bodies/post-v1-messages#/body/a"]
    ):
        chosen = explained(tmp_path / str(number), place, *both)
        assert [line for line in chosen.splitlines() if line.startswith("request")] == heads[1:]
    limited = explained(tmp_path / "operation", "request-bodies#/body/a", *both, operation="POST /v1/complete")
    assert [line for line in limited.splitlines() if line.startswith("request")] == heads[:1]


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
def test_a_place_is_given_as_typed_or_as_a_finding_prints_it(text: str, operation: str, branch: str) -> None:
    place = parse(text, {"request-bodies"})
    assert (place.analyzer, place.operation, place.branch) == ("request-bodies", operation, branch)
    assert place.steps == ("body", "a", "0", "b/c")


@pytest.mark.parametrize("text", ["request-bodies", "request-bodies#", "request-bodies#/", "error request-bodies/x  /"])
def test_the_whole_observation_is_a_place(text: str) -> None:
    assert parse(text, {"request-bodies"}).steps == ()


def test_a_number_stands_for_every_element_and_names_a_member_that_is_called_so(tmp_path: Path) -> None:
    body = sent({"a": [{"0": 5}, {"0": 6}]})
    assert "there in 2 of 2 objects" in explained(tmp_path, "request-bodies/new-field#/body/a/1/0", body)


def test_many_members_none_of_which_is_always_there_explain_a_map(tmp_path: Path) -> None:
    bodies = [sent({"a": {f"k{n}": 1, f"k{n + 1}": 1}}) for n in range(17)]
    text = explained(tmp_path, "request-bodies#/body/a", *bodies)
    assert "a map because none of its more than 16 members was in every object: " in text
    assert "a map because" not in explained(tmp_path / "two", "request-bodies#/body/a", *bodies[:9])


def test_a_star_stands_for_every_member_of_a_map(tmp_path: Path) -> None:
    body = sent({"a": {"toolu_0123456789abcdef": {"n": 1}, "toolu_0123456789abcdeg": {}}})
    assert "there in 1 of 2 objects" in explained(tmp_path, "request-bodies#/body/a/*/n", body)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("bodies#/a", "'bodies#/a': 'bodies' is no analyzer; expected <analyzer>[/<branch>]#<JSON pointer>"),
        ("request-bodies#a", "'request-bodies#a': 'a' is not a JSON pointer, which begins with / (RFC 6901); expected"),
        ("request-bodies/nowhere#/body", "request-bodies/nowhere: no such branch or rule; observed were POST /v1/mess"),
        (
            "request-bodies#/body/a/*/z",
            "request-bodies#/body/a/*/z: nothing is there in 1 observations; at request-bodies#/body/a/* "
            "there are x, y",
        ),
        (
            "request-bodies#/body/a/*/x/z",
            "request-bodies#/body/a/*/x/z: nothing is there in 1 observations; at request-bodies#/body/a/*/x "
            "there is nothing with members",
        ),
        ("event-payloads#/data", "event-payloads#/data: nothing is observed in these captures"),
    ],
)
def test_where_nothing_is_the_message_says_what_there_is(tmp_path: Path, place: str, message: str) -> None:
    with pytest.raises(NoPlace) as fault:
        explained(tmp_path, place, sent({"a": [{"x": 1}, {"x": 2, "y": 3}]}))
    assert str(fault.value).startswith(message)


def test_an_operation_that_was_not_observed_is_answered_with_those_that_were(tmp_path: Path) -> None:
    with pytest.raises(NoPlace, match="nothing is observed of GET /x in these captures; the operations are POST /v1/m"):
        explained(tmp_path, "request-bodies#/body", sent({}), operation="GET /x")


def test_only_exchanges_with_the_named_hosts_are_read(tmp_path: Path) -> None:
    both = [sent({"a": 1}), sent({"b": 1}, host="other.example")]
    text = explained(tmp_path, "request-bodies#/body", *both, hosts=("other.example",))
    assert (SECOND in text, FIRST in text) == (True, False)


def test_nothing_is_written_and_a_part_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    one, two = sent({"a": 1}), sent({"a": 2})
    library = taught(tmp_path / "schemas", one)
    capture = written(tmp_path / "made", one, two)
    (capture.folder / next(iter(capture.index()))["id"] / "exchange.json").write_text("{")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    problems: list[str] = []
    text = explain([Capture(capture.folder)], library, "request-bodies#/body/a", problems=problems)
    assert (SECOND in text, FIRST in text, len(problems)) == (True, False, 1)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    with pytest.raises(Unreadable):
        explain([Capture(capture.folder)], library, "request-bodies#/body/a")


def test_every_observation_without_a_branch_is_told_apart(tmp_path: Path) -> None:
    bad = sent(b"{")
    assert explain([written(tmp_path / "made", bad)], Library(), "request-bodies#/unreadable").startswith(
        "request-bodies#/unreadable\n  there in 1 of 1 objects"
    )


def test_the_command_explains_writes_nothing_and_says_2_where_nothing_is(tmp_path: Path) -> None:
    capture = written(tmp_path / "made", sent({"a": 1})).folder
    place = "request-bodies/new-field#/body/a"
    result = run("learn", capture, "--schemas", tmp_path / "none", "--explain", place)
    assert (result.exit_code, (tmp_path / "none").exists()) == (2, False)
    result = run("learn", capture, "--explain", place, "--operation", ASK)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"request-bodies#/body/a  {ASK}")
    result = run("learn", capture, "--explain", "request-bodies#/body/b")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "at request-bodies#/body there are a" in result.stderr
    assert run("learn", capture, "--operation", ASK).exit_code == 2
