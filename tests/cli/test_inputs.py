"""Captures are repaired in writable folders, and read unrepaired in others."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchanges import START, exchange
from tests.project import ROOT
from tests.read_only import bound_by_modes, read_only
from wirelore.model.exchange import Headers, Request
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter

pytestmark = pytest.mark.slow

COMMANDS: dict[str, list[str]] = {
    "list": ["list", "--captures", "{folder}"],
    "show": ["show", "{capture}"],
    "verify": ["verify", "{capture}"],
    "analyze": ["analyze", "{capture}"],
    "learn --explain": ["learn", "{capture}", "--explain", "operations#/operation"],
    "diff": ["diff", "{capture}", "{capture}"],
    "changelog": ["changelog", "{capture}", "-o", "{output}"],
    "report": ["report", "{capture}", "-o", "{output}"],
    "openapi": ["openapi", "{capture}"],
    "claims": ["claims", "{capture}"],
    "receipt": ["receipt", "{capture}", "-o", "{output}", "--once"],
    "serve": ["serve", "{capture}"],
}
"""Every command that reads a capture, with its arguments."""
LINE = (
    "not read: {capture}/capture.json: the capture is incomplete: not closed; its recorder was killed and its folder "
    "is not writable; copy it to a writable folder and read the copy"
)
LABELS = {"labels": {"client": "claude", "version": "1.0.0"}}
READ = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture
def unclosed(tmp_path: Path) -> Path:
    """A capture whose recorder was killed; it has a complete and an incomplete exchange."""
    writer = CaptureWriter(tmp_path / "recorded", Redactor(b"k" * 32), options=LABELS)
    writer.write(exchange({"n": 1}, {"n": 2}))
    writer.begin(START, Request(method="POST", host="api.anthropic.com", target="/v1/messages", headers=Headers()))
    capture = tmp_path / "captures" / "unclosed"
    shutil.copytree(writer.folder, capture)
    return capture


def content(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return the mode, modification time and bytes of every file and folder, by relative path."""
    stats = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {
        str(path.relative_to(folder)): (
            stat.st_mode,
            stat.st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path, stat in stats.items()
    }


def arguments(command: str, capture: Path, output: Path) -> list[str]:
    return [word.format(capture=capture, folder=capture.parent, output=output) for word in COMMANDS[command]]


def finish(process: "subprocess.Popen[str]", command: str) -> tuple[int, str, str]:
    """Wait for a process and return its exit code, stdout and stderr; interrupt a server first."""
    assert process.stdout is not None
    first = ""
    if command == "serve":
        first = process.stdout.readline()
        assert first.startswith("http://")
        process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    return process.returncode, first + output, errors


def start(words: list[str], bound: Callable[[list[str]], list[str]] = list) -> "subprocess.Popen[str]":
    command = bound([sys.executable, "-m", "wirelore", *words])
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def problem_lines(errors: str) -> list[str]:
    return [line for line in errors.splitlines() if line.startswith(("not read", "not repaired", "repaired", "Error"))]


@READ
def test_a_capture_on_a_read_only_file_system_is_read_with_one_line_and_exit_code_2(
    unclosed: Path, tmp_path: Path, command: str
) -> None:
    with read_only(unclosed.parent, tmp_path / "disk") as folder:
        before = content(folder)
        words = arguments(command, folder / "unclosed", tmp_path / "output")
        code, output, errors = finish(start(words), command)
        assert content(folder) == before
    assert (code, problem_lines(errors)) == (
        2,
        [LINE.format(capture=folder / "unclosed")] * (2 if command == "diff" else 1),
    )
    assert output


@READ
def test_a_capture_that_the_user_may_not_write_is_read_with_one_line_and_exit_code_2(
    unclosed: Path, tmp_path: Path, command: str
) -> None:
    for path in (*unclosed.rglob("*"), unclosed, unclosed.parent):
        path.chmod(path.stat().st_mode & ~0o222)
    before = content(unclosed.parent)
    try:
        code, output, errors = finish(start(arguments(command, unclosed, tmp_path / "output"), bound_by_modes), command)
        assert (code, problem_lines(errors)) == (2, [LINE.format(capture=unclosed)] * (2 if command == "diff" else 1))
        assert output
        assert content(unclosed.parent) == before
    finally:
        for path in (unclosed.parent, unclosed, *unclosed.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)


@READ
def test_a_closed_capture_is_not_written_to(unclosed: Path, tmp_path: Path, command: str) -> None:
    assert finish(start(["list", "--captures", str(unclosed.parent)]), "list")[0] == 0
    before = content(unclosed.parent)
    _, output, errors = finish(start(arguments(command, unclosed, tmp_path / "output")), command)
    assert (content(unclosed.parent), bool(output)) == (before, True)
    assert not [line for line in problem_lines(errors) if "repaired" in line]


def test_a_capture_that_may_be_written_is_repaired_once_with_one_line(unclosed: Path) -> None:
    code, _, errors = finish(start(["show", str(unclosed)]), "show")
    (line,) = errors.splitlines()
    assert (code, line.startswith(f"repaired {unclosed}: its recorder was killed; 2 exchanges present")) == (0, True)
    assert finish(start(["show", str(unclosed)]), "show")[2] == ""
