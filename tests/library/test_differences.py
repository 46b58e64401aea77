"""Comparisons from Python are those of the command."""

from pathlib import Path

import pytest

import wirelore
from tests.command_line import run
from tests.exchanges import exchange, written_capture
from wirelore.compare.comparison import NotComparable
from wirelore.model import codec
from wirelore.model.packaged import SCHEMAS


def _sides(folder: Path) -> tuple[Path, Path]:
    for name, flag in (("old", "one-2025-01-01"), ("new", "two-2025-02-02")):
        sent = [exchange({"a": 1}, {"b": 1}, headers=[("anthropic-beta", flag)]) for _ in range(3)]
        written_capture(folder / name, *sent)
    return folder / "old", folder / "new"


def test_the_differences_are_those_of_the_command(tmp_path: Path) -> None:
    old, new = _sides(tmp_path)
    comparison = wirelore.diff(old, new)
    printed = codec.loads(run("diff", old, new, "--format", "json").stdout_bytes)
    assert [one.fingerprint for one in comparison.differences] == [one["fingerprint"] for one in printed["differences"]]
    assert len(comparison.differences) > 0


def test_open_captures_and_names_give_the_same(tmp_path: Path) -> None:
    old, new = _sides(tmp_path)
    opened = wirelore.diff(wirelore.open(old), [wirelore.open(new)])
    assert opened.differences == wirelore.diff("old", "new", captures=tmp_path).differences
    assert (opened.before.name, opened.after.name) == ("old", "new")


def test_what_differs_between_recordings_of_one_side_is_ignored(tmp_path: Path) -> None:
    old, new = _sides(tmp_path)
    noisy = wirelore.diff(old, new, noise=new)
    assert [one for one in noisy.differences if "anthropic-beta" in one.place or "flag" in one.rule] == []


def test_captures_are_not_compared_with_schemas(tmp_path: Path) -> None:
    old, _ = _sides(tmp_path)
    with pytest.raises(NotComparable, match="is a folder of schemas"):
        wirelore.diff(old, SCHEMAS)
    assert wirelore.diff(SCHEMAS, SCHEMAS).differences == ()
