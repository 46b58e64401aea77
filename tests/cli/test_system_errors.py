"""Errors of the operating system are one line with the place, the cause in words and the remedy."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command_line import run
from wirelore.cli.system_errors import describe
from wirelore.model.packaged import SAMPLES


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "a/b"), "a/b: permission denied; check the permissions"),
        (OSError(errno.EADDRINUSE, "Address already in use", "127.0.0.1:80"), "127.0.0.1:80: address already in use;"),
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on the disk; free some space"),
        (OSError(errno.EIO, "Input/output error", "a"), "a: input/output error"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("a: a message; a remedy"), "a: a message; a remedy"),
        (FileExistsError("a: holds a capture already"), "a: holds a capture already"),
    ],
)
def test_an_error_has_its_place_its_cause_and_a_remedy(error: OSError, text: str) -> None:
    assert describe(error).startswith(text)


def test_a_file_in_place_of_a_folder_is_named_as_that(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError) as caught:
        (tmp_path / "file").mkdir()
    assert describe(caught.value) == f"{tmp_path / 'file'}: a file, expected a folder"


@given(number=st.sampled_from(sorted(errno.errorcode)), path=st.none() | st.text(min_size=1, max_size=400))
def test_no_message_has_a_number_or_is_long(number: int, path: str | None) -> None:
    text = describe(OSError(number, os.strerror(number), path))
    assert "[Errno" not in text
    assert len(text) <= 240


def _line(*arguments: str) -> tuple[int, str]:
    """Return the exit code of a command and its only line on stderr."""
    result = run(*arguments)
    (line,) = result.stderr.splitlines()[-1:]
    return result.exit_code, line.removeprefix("Error: ")


def test_a_port_that_is_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert _line("serve", str(SAMPLES / "messages"), "--port", str(port)) == (
            2,
            f"127.0.0.1:{port}: address already in use; stop the program that uses it, or choose another port",
        )


def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = _line("openapi", str(SAMPLES / "messages"), "-o", str(tmp_path / "file" / "page.yaml"))
    assert result == (2, f"{tmp_path / 'file'}: a file, expected a folder")


@pytest.mark.parametrize("command", [["analyze"], ["verify"], ["show"], ["serve"]], ids=lambda command: command[0])
def test_a_name_that_is_too_long_is_an_unknown_capture(command: list[str], tmp_path: Path) -> None:
    code, line = _line(*command, "n" * 5000, "--captures", str(tmp_path))
    assert code == 2
    assert line.endswith(f"no such capture, and {tmp_path} contains none; `wirelore record` creates captures")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["analyze", "mesages"], "did you mean 'messages'? `wirelore list --captures "),
        (
            ["explain", "error-bodies/not-jsn"],
            "unknown rule; did you mean 'error-bodies/not-json'? `wirelore analyze` and",
        ),
        (["explain", "beta-flag-aded"], "unknown rule; did you mean 'beta-flag-added'? `wirelore analyze` and"),
        (
            ["matrix", "--client", "claude@2.0.56", "--scenario", "plian"],
            "unknown scenario; did you mean 'plain'? a scenario of your own",
        ),
    ],
)
def test_a_misspelt_name_gets_the_nearest_one(arguments: list[str], line: str) -> None:
    captures = [] if arguments[0] == "explain" else ["--captures", str(SAMPLES)]
    code, text = _line(*arguments, *captures)
    assert (code, line in text, text) == (2, True, text)


@pytest.mark.parametrize("host", ["http://api.test/v1", "api.test:443", "", "api test", "a/b"])
def test_a_host_that_is_not_a_name_is_refused(host: str) -> None:
    code, line = _line("record", "--host", host, "--", "true")
    assert (code, line.startswith(f"--host {host!r}: expected a host such as")) == (2, True)


def test_a_folder_without_captures_a_missing_one_and_a_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    assert _line("analyze", str(tmp_path / "empty"))[1].startswith(f"{tmp_path / 'empty'}: a folder without captures;")
    assert _line("analyze", str(tmp_path / "file"))[1].startswith(f"{tmp_path / 'file'}: a file, expected a capture")
    assert _line("list", "--captures", str(tmp_path / "none")) == (
        2,
        f"{tmp_path / 'none'}: no such folder; `wirelore record` creates captures, --captures names another folder",
    )
    empty = run("list", "--captures", str(tmp_path / "empty"))
    assert (empty.exit_code, empty.stdout, empty.stderr) == (
        0,
        "",
        f"{tmp_path / 'empty'} contains no capture; `wirelore record` creates captures\n",
    )


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@pytest.mark.parametrize("command", [["analyze"], ["claims"], ["show"]], ids=lambda command: command[0])
def test_output_in_another_encoding_escapes_what_it_cannot_encode(command: list[str], encoding: str) -> None:
    line = [sys.executable, "-m", "wirelore", *command, str(SAMPLES / "messages")]
    environment = dict(os.environ, PYTHONIOENCODING=encoding)
    done = subprocess.run(line, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert done.stdout.decode(encoding) != ""
    plain = subprocess.run(line, env=dict(os.environ, PYTHONIOENCODING="utf-8"), capture_output=True, check=False)
    expected = plain.stdout.decode("utf-8").encode(encoding, "backslashreplace")
    assert (done.returncode, done.stdout) == (plain.returncode, expected)
