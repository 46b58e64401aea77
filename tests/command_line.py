"""The command, run in the tests' own process."""

from pathlib import Path

from click.testing import CliRunner, Result

import wirelore


def run(*arguments: str | Path) -> Result:
    """What it prints, and its exit code."""
    return CliRunner().invoke(wirelore.main, [str(argument) for argument in arguments])
