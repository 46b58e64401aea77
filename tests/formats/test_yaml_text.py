"""The restricted YAML loader: dangerous, broken and endless documents are one problem with its line."""

import re
from pathlib import Path

import pytest

from tests.formats.test_vcr import _LEVELS, _all, _cassette, _draft
from wirelore.formats import Problem, yaml_text


def test_plain_scalars_stay_as_written(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _cassette("2023-13-45", "{a: no, b: 2023-06-01, c: 010, d: 1.50}"))
    assert draft.exchange.response is not None
    assert draft.exchange.response.headers.lines == (("a", "no"), ("b", "2023-06-01"), ("c", "010"), ("d", "1.50"))
    assert draft.response_body == ((0, b"2023-13-45"),)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(
            "interactions:\n- !!python/object/apply:os.system ['true']\n",
            "line 2 has the tag 'tag:yaml.org,2002:python/object/apply:os.system', which constructs an object",
            id="python object",
        ),
        pytest.param(
            "http_interactions:\n- !ruby/object:Gem::Installer {}\n",
            "line 2 has the tag '!ruby/object:Gem::Installer', which constructs an object",
            id="ruby object",
        ),
        pytest.param(
            f"l0: &l0 [aaaaaaaaaa, bbbbbbbbbb]\n{_LEVELS}\ninteractions: *l9\n",
            "line 7 has aliases that multiply the content by more than 10",
            id="alias bomb",
        ),
        pytest.param(
            "interactions: &a [*a]\n", "line 1 has an alias inside its own value", id="a value that contains itself"
        ),
        pytest.param(
            "interactions: " + "[" * 201 + "]" * 201, "line 1 is nested more than 200 levels deep", id="deep nesting"
        ),
        pytest.param("interactions: 1\n", "interactions are text", id="no list"),
    ],
)
def test_a_dangerous_or_invalid_cassette_is_one_problem(tmp_path: Path, content: str, found: str) -> None:
    (problem,) = _all(tmp_path, content)
    assert isinstance(problem, Problem)
    assert (problem.place, problem.found) == ("", found)


def test_nesting_that_the_yaml_library_refuses_is_one_problem_with_its_line(tmp_path: Path) -> None:
    (problem,) = _all(tmp_path, "\n\ninteractions: " + "[" * 100_000)
    assert isinstance(problem, Problem)
    assert re.match(r"(not valid YAML \()?line 3\b", problem.found)


def test_broken_yaml_names_its_line(tmp_path: Path) -> None:
    (problem,) = _all(tmp_path, "interactions:\n- a: 'x\n")
    assert isinstance(problem, Problem)
    assert problem.found.startswith("not valid YAML (line 3: ")


def test_too_many_values_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "VALUES_LIMIT", 200)
    content = "interactions:\n" + "- a\n" * 300
    (problem,) = _all(tmp_path, content)
    assert isinstance(problem, Problem)
    assert (problem.found, problem.expected) == ("line 198 exceeds 200 values", "expected a cassette; split it")
