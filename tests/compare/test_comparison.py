"""The comparison of two named sides, and its output formats."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.differences import GONE, comparison
from tests.exchanges import blank
from tests.versions import recorded
from wirelore.compare.accepted import separate_accepted
from wirelore.compare.comparison import NotComparable, compare_sides, render
from wirelore.schema.library import PACKAGED
from wirelore.store.writer import Capture, find


def captures_at(names: Iterable[str]) -> list[Capture]:
    """Return the captures at these paths."""
    return [capture for name in names for capture in find(name, Path("nowhere"))]


def test_two_folders_of_captures_are_compared_and_repeated_recordings_reveal_noise(tmp_path: Path) -> None:
    recorded(tmp_path / "a", "2.0.9", flags="one-2025-01-01")
    recorded(tmp_path / "b", "2.0.10", flags="two-2025-01-01")
    recorded(tmp_path / "noise", "2.0.9", flags="two-2025-01-01")
    sides = (str(tmp_path / "a" / "agent-2.0.9"), str(tmp_path / "b" / "agent-2.0.10"))
    result = compare_sides(sides, captures_at)
    assert [one.rule for one in result.differences] == ["beta-flag-added", "beta-flag-gone"]
    assert (result.before.name, result.after.clients) == (sides[0], ("agent/2.0.10",))
    noisy = compare_sides(sides, captures_at, noise=[str(tmp_path / "noise" / "agent-2.0.9")])
    assert "breaking" not in {one.kind for one in noisy.differences}


def test_two_folders_of_schemas_are_compared(tmp_path: Path) -> None:
    result = compare_sides((str(PACKAGED), str(PACKAGED)), captures_at)
    assert (result.differences, result.before.name) == ((), str(PACKAGED))


@pytest.mark.parametrize("swapped", [False, True])
def test_schemas_cannot_be_compared_with_captures(tmp_path: Path, swapped: bool) -> None:
    schemas, capture = str(blank(tmp_path / "schemas")), str(recorded(tmp_path, "2.0.9").folder)
    names = (capture, schemas) if swapped else (schemas, capture)
    with pytest.raises(NotComparable) as refused:
        compare_sides(names, captures_at)
    assert str(refused.value) == (
        f"{schemas} is a folder of schemas, {capture} is not; name two captures or two folders of schemas"
    )


def test_schemas_have_no_noise() -> None:
    with pytest.raises(NotComparable, match="--noise x: not supported for schemas"):
        compare_sides((str(PACKAGED), str(PACKAGED)), captures_at, noise=["x"])


def test_each_format_is_written() -> None:
    changes = separate_accepted(comparison(GONE))
    assert render(changes, "text", "1", "any").startswith("old -> new\n")
    assert render(changes, "markdown", "1", "any").startswith("# old → new\n")
    assert json.loads(render(changes, "json", "1", "any"))["format"] == 1
    assert json.loads(render(changes, "sarif", "1", "any"))["runs"][0]["tool"]["driver"]["version"] == "1"
    assert '<testsuite name="breaking" tests="1" failures="1"' in render(changes, "junit", "1", "any")
