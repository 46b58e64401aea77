"""Running the command in the process of the tests."""

from pathlib import Path

from click.testing import CliRunner, Result

from wirelore.cli.main import main


def run(*arguments: str | Path) -> Result:
    """Run `wirelore` with arguments and return the result with its output and exit code."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
