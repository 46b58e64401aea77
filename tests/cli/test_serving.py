"""The command that replays a capture."""

from pathlib import Path

import pytest

from tests.command_line import run
from tests.exchanges import exchange
from tests.store.test_writer import written


@pytest.mark.parametrize("pace", ["fast", "-1", "nan", "inf"])
def test_an_invalid_pace_is_refused_with_the_expected_values(tmp_path: Path, pace: str) -> None:
    written(tmp_path / "one", exchange())
    result = run("serve", tmp_path / "one", "--pace", pace)
    assert (result.exit_code, f"Error: pace '{pace}': expected `recorded`, `none`" in result.stderr) == (2, True)
