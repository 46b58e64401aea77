"""The command that replays a capture."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import run
from tests.exchanges import exchange
from tests.project import ROOT
from tests.store.test_writer import written


@pytest.mark.parametrize("pace", ["fast", "-1", "nan", "inf"])
def test_an_invalid_pace_is_refused_with_the_expected_values(tmp_path: Path, pace: str) -> None:
    written(tmp_path / "one", exchange())
    result = run("serve", tmp_path / "one", "--pace", pace)
    assert (result.exit_code, f"Error: pace '{pace}': expected `recorded`, `none`" in result.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize("pause_s", [0, 0.002, 0.02], ids=["at once", "after 2 ms", "after 20 ms"])
def test_a_second_ctrl_c_changes_nothing_after_the_first(tmp_path: Path, pause_s: float) -> None:
    written(tmp_path / "one", exchange())
    command = [sys.executable, "-m", "wirelore", "serve", str(tmp_path / "one")]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        time.sleep(pause_s)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "0 requests answered\n")
