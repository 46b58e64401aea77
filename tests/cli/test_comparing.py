"""Commands that compare: exit codes, accepted differences, what could not be read."""

import json
from pathlib import Path

from tests.command_line import run
from tests.versions import BODY, recorded


def test_diff_exits_with_1_at_or_above_the_level_unless_all_is_accepted(tmp_path: Path) -> None:
    before = recorded(tmp_path, "2.0.9").folder
    after = recorded(tmp_path, "2.0.10", body={**BODY, "speed": "fast"}).folder
    assert run("diff", before, after).exit_code == 0
    result = run("diff", before, after, "--fail-on", "additive", "--accept-new", tmp_path / "new.json")
    assert result.exit_code == 1
    assert ' speed is new: "fast"\n' in result.stdout
    entries = json.loads((tmp_path / "new.json").read_text("utf-8"))
    refused = run("diff", before, after, "--accept", tmp_path / "new.json")
    assert (refused.exit_code, "entry 1: reason missing" in refused.stderr) == (2, True)
    (tmp_path / "accept.json").write_text(json.dumps([{**one, "reason": "known"} for one in entries]), "utf-8")
    accepted = run("diff", before, after, "--fail-on", "any", "--accept", tmp_path / "accept.json")
    assert (accepted.exit_code, "no difference that is not accepted; 1 accepted" in accepted.stdout) == (0, True)
    stale = run("diff", before, before, "--fail-on", "any", "--accept", tmp_path / "accept.json")
    assert (stale.exit_code, "STALE ENTRIES OF THE ACCEPT FILE: 1" in stale.stdout) == (1, True)


def test_diff_exits_with_2_if_a_part_cannot_be_read_and_compares_the_rest(tmp_path: Path) -> None:
    folder = recorded(tmp_path, "2.0.9").folder
    (next(folder.rglob("exchange.json"))).write_text("{")
    result = run("diff", folder, folder, "--format", "json", "-o", tmp_path / "out" / "diff.json")
    assert (result.exit_code, "not read: " in result.stderr) == (2, True)
    assert len(json.loads((tmp_path / "out" / "diff.json").read_text("utf-8"))["problems"]) == 2


def test_changelog_prints_the_files_that_it_wrote(tmp_path: Path) -> None:
    for version in ("2.0.9", "2.0.10"):
        recorded(tmp_path / "matrix", version)
    result = run("changelog", tmp_path / "matrix", "-o", tmp_path / "log", "--format", "markdown")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        str(tmp_path / "log" / name) for name in ("README.md", "agent-2.0.9-to-2.0.10.md", "beta-flags.md")
    ]
