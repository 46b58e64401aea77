"""The explanation of a place, with the exchanges that it rests on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import run
from tests.exchanges import exchange, learned_library
from tests.store.test_writer import written
from wirelore.analysis.explain import explain
from wirelore.analysis.places import NoPlace
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
