"""The command, run in the tests' own process."""

from pathlib import Path

from click.testing import CliRunner, Result

from wirelore.cli.main import main


def run(*arguments: str | Path) -> Result:
    """What it prints, and its exit code."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
