"""Places in observations: as pointers, as findings have them, with stars and numbers."""

from pathlib import Path

import pytest

from tests.analysis.test_explain import ASK, explained, sent
from wirelore.analysis.places import parse


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


def test_a_star_matches_every_member_of_a_map(tmp_path: Path) -> None:
    body = sent({"a": {"toolu_0123456789abcdef": {"n": 1}, "toolu_0123456789abcdeg": {}}})
    assert "present in 1 of 2 objects" in explained(tmp_path, "request-bodies#/body/a/*/n", body)
