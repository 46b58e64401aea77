"""The verbosity on stderr: only errors, remarks, or details too."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.cli.main import main
from wirelore.cli.output import bar, loudness
from wirelore.model.packaged import SAMPLES, SCHEMAS

SAMPLE = SAMPLES / "messages"


def _stderr(*arguments: str | Path, code: int = 0, env: Mapping[str, str] | None = None) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], env=env)
    assert result.exit_code == code, result.stderr
    return result.stderr


@pytest.mark.parametrize("place", ["before", "after", "environment"])
def test_quiet_leaves_no_remark_and_verbose_names_schemas_and_captures(tmp_path: Path, place: str) -> None:
    out = tmp_path / "out.txt"

    def stderr(name: str) -> str:
        before, after = (["--" + name] if place == each else [] for each in ("before", "after"))
        environment = {f"WIRELORE_{name.upper()}": "1"} if place == "environment" else {}
        return _stderr(*before, "analyze", *after, SAMPLE, "-o", out, env=environment)

    assert _stderr("analyze", SAMPLE, "-o", out) == f"wrote {out}\n"
    assert stderr("quiet") == ""
    assert stderr("verbose") == f"schemas    {SCHEMAS}\ncapture    {SAMPLE}\nwrote {out}\n"


@pytest.mark.parametrize(("short", "remarks"), [("-q", 0), ("-v", 3)])
def test_the_short_options_do_the_same(tmp_path: Path, short: str, remarks: int) -> None:
    assert _stderr(short, "analyze", SAMPLE, "-o", tmp_path / "out.txt").count("\n") == remarks


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    assert _stderr("analyze", SAMPLE, "-o", out, "-q", env={"WIRELORE_VERBOSE": "1"}) == ""
    assert _stderr("-v", "analyze", SAMPLE, "-o", out, env={"WIRELORE_QUIET": "1"}).count("\n") == 3


@pytest.mark.parametrize("arguments", [["-q", "-v", "list"], ["-v", "list", "-q"], ["list", "-q", "-v"]], ids=str)
def test_quiet_and_verbose_together_are_refused(arguments: list[str]) -> None:
    assert "--quiet and --verbose contradict each other" in _stderr(*arguments, code=2)


def test_quiet_and_verbose_together_in_the_environment_are_refused() -> None:
    assert "WIRELORE_QUIET" in _stderr("list", code=2, env={"WIRELORE_QUIET": "1", "WIRELORE_VERBOSE": "1"})


def test_errors_stay_with_quiet(tmp_path: Path) -> None:
    folder = written(tmp_path / "cut", exchange()).folder
    manifest = json.loads((folder / "capture.json").read_text("utf-8"))
    (folder / "capture.json").write_text(json.dumps({**manifest, "status": "recording"}), "utf-8")
    lines = _stderr("-q", "analyze", folder, code=2).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("not read: ")
    assert "Error: " in _stderr("-q", "analyze", tmp_path / "nowhere", code=2)


@pytest.mark.slow
@pytest.mark.parametrize(("option", "remarks"), [("-q", 0), ("-v", 8)])
def test_a_recording_obeys_quiet_and_verbose(tmp_path: Path, option: str, remarks: int) -> None:
    command = ["--", sys.executable, "-c", ""]
    stderr = _stderr("record", option, "--captures", tmp_path, "--name", "one", "--once", *command)
    assert len(stderr.splitlines()) == remarks
    assert ("key        new, not saved (once)" in stderr) == (option == "-v")


@pytest.mark.parametrize("quiet", [False, True])
def test_a_terminal_gets_a_progress_bar_unless_quiet(quiet: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = os.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        if quiet:
            loudness.add(-1, from_environment=False)
        try:
            with bar() as advance:
                advance(1, 4)
                advance(4, 4)
        finally:
            loudness.reset()
        terminal.write("end")
        terminal.flush()
        printed = ""
        while not printed.endswith("end"):  # a pseudo-terminal delivers its input in pieces
            printed += os.read(master, 1 << 16).decode()
    os.close(master)
    assert (printed == "end") == quiet
    assert ("exchanges" in printed, "25%" in printed, "100%" in printed) == (not quiet,) * 3


def test_what_is_not_a_terminal_gets_no_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with bar() as advance:
        advance(4, 4)
    assert capsys.readouterr().err == ""
