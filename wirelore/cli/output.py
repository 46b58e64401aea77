"""Output of the commands: results to stdout or a file, remarks and errors to stderr."""

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from wirelore.pages.saving import saved


class CouldNotRun(click.ClickException):
    """The command could not run because of its usage or input; exit code 2 (1 in click's own class)."""

    exit_code = 2


class Loudness:
    """The verbosity on stderr: details, remarks, or only errors.

    There is one object for the process, because threads print remarks too.
    """

    def __init__(self) -> None:
        self._typed: set[int] = set()
        self._from_environment: set[int] = set()

    def reset(self) -> None:
        """Return to the default: remarks without details."""
        self._typed.clear()
        self._from_environment.clear()

    def add(self, step: int, *, from_environment: bool) -> None:
        """Apply --verbose (1) or --quiet (-1); the command line overrides the environment.

        Raises UsageError if one of the two sources sets both.
        """
        steps = self._from_environment if from_environment else self._typed
        steps.add(step)
        if len(steps) > 1:
            raise click.UsageError(
                "--quiet and --verbose contradict each other (also as WIRELORE_QUIET and WIRELORE_VERBOSE); give one"
            )

    @property
    def quiet(self) -> bool:
        """True if remarks and progress are suppressed."""
        return -1 in self._steps

    @property
    def verbose(self) -> bool:
        """True if details are printed."""
        return 1 in self._steps

    @property
    def _steps(self) -> set[int]:
        return self._typed or self._from_environment


loudness = Loudness()


def error(text: str) -> None:
    """Print to stderr an error that does not end the command."""
    from wirelore.model.terminal import printable

    click.echo(printable(text), err=True)


def note(text: str) -> None:
    """Print a remark to stderr, unless --quiet is set."""
    if not loudness.quiet:
        error(text)


def detail(text: str) -> None:
    """Print a detail to stderr if --verbose is set."""
    if loudness.verbose:
        error(text)


def end(problems: Collection[str], *, failed: bool = False) -> NoReturn:
    """End a command: print the unreadable parts; exit with 2 if there are any, else 1 if `failed`, else 0."""
    for problem in problems:
        error(f"not read: {problem}")
    sys.exit(2 if problems else int(failed))


def write_result(text: str, output: Path | None) -> None:
    """Write the result to a file, or to stdout if `output` is None; escape control characters on a terminal."""
    if output is None:
        from wirelore.model.terminal import printable

        click.echo(printable(text) if sys.stdout.isatty() else text, nl=False)
    else:
        saved({output.name: text}, output.parent)
        note(f"wrote {output}")


@contextmanager
def bar() -> "Iterator[Callable[[int, int], None]]":
    """Show a progress bar if stderr is a terminal and --quiet is not set; yield a function that updates it."""
    if loudness.quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label="exchanges", file=sys.stderr) as progress:

        def advance(done: int, total: int) -> None:
            progress.length = total
            progress.update(done - progress.pos)

        yield advance
