"""The examples in the docstrings of the library work."""

import doctest
import inspect
from collections.abc import Iterator

import pytest

import wirelore
from tests.project import ROOT

NAMES = [name for name in wirelore.__all__ if not name.startswith("_")]


def _own(name: str) -> object:
    return getattr(wirelore, name)


def _examples() -> Iterator[doctest.DocTest]:
    finder = doctest.DocTestFinder(recurse=True)
    for name, thing in [("wirelore", wirelore), *((name, _own(name)) for name in NAMES)]:
        for test in finder.find(thing, name):
            if test.examples and (name == "wirelore") == (test.name == "wirelore"):
                yield test


@pytest.mark.parametrize("example", list(_examples()), ids=lambda test: test.name)
def test_an_example_gives_what_it_says(example: doctest.DocTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed: list[str] = []
    failed, _ = doctest.DocTestRunner().run(example, out=printed.append)
    assert failed == 0, "".join(printed)


def test_the_functions_that_read_captures_have_an_example() -> None:
    documented = {test.name.partition(".")[0] for test in _examples()}
    assert {"wirelore", "Capture", "analyze", "diff", "openapi", "replay"} <= documented


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_documented(name: str) -> None:
    thing = _own(name)
    if inspect.isclass(thing) or inspect.isfunction(thing) or inspect.ismodule(thing):
        assert (inspect.getdoc(thing) or "").strip()
    if inspect.isclass(thing):
        members = {key: value for key, value in vars(thing).items() if not key.startswith("_")}
        described = [key for key, value in members.items() if callable(value) or isinstance(value, property)]
        assert [key for key in described if not inspect.getdoc(members[key])] == []
