"""What commands print: results to stdout or into a file, remarks and errors to stderr."""

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from wirelore.pages.saving import saved


class CouldNotRun(click.ClickException):
    """Usage or input that does not allow to run: exit code 2, where click's own class has 1."""

    exit_code = 2


class Loudness:
    """How much a command prints to stderr: everything, the usual remarks, or errors alone.

    One for the process: remarks come from threads too.
    """

    def __init__(self) -> None:
        self._typed: set[int] = set()
        self._from_environment: set[int] = set()

    def reset(self) -> None:
        """Back to the usual remarks."""
        self._typed.clear()
        self._from_environment.clear()

    def add(self, step: int, *, from_environment: bool) -> None:
        """Notes that --verbose (1) or --quiet (-1) was given; the command line wins over the environment.

        Raises UsageError if one source asks for both.
        """
        steps = self._from_environment if from_environment else self._typed
        steps.add(step)
        if len(steps) > 1:
            raise click.UsageError(
                "--quiet and --verbose contradict each other (also as WIRELORE_QUIET and WIRELORE_VERBOSE); give one"
            )

    @property
    def quiet(self) -> bool:
        """Whether remarks and progress are left out."""
        return -1 in self._steps

    @property
    def verbose(self) -> bool:
        """Whether details are printed."""
        return 1 in self._steps

    @property
    def _steps(self) -> set[int]:
        return self._typed or self._from_environment


loudness = Loudness()


def error(text: str) -> None:
    """An error that does not end the command, on stderr."""
    from wirelore.model.terminal import printable

    click.echo(printable(text), err=True)


def note(text: str) -> None:
    """A remark on stderr, unless --quiet was given."""
    if not loudness.quiet:
        error(text)


def detail(text: str) -> None:
    """A remark on stderr that --verbose asks for."""
    if loudness.verbose:
        error(text)


def end(problems: Collection[str], *, failed: bool = False) -> NoReturn:
    """Ends a command: an error for each part that could not be read, and exit code 2 for them, 1 if it failed, or 0."""
    for problem in problems:
        error(f"not read: {problem}")
    sys.exit(2 if problems else int(failed))


def put(text: str, output: Path | None) -> None:
    """The result, in a file or on stdout; a terminal is told nothing that it could obey."""
    if output is None:
        from wirelore.model.terminal import printable

        click.echo(printable(text) if sys.stdout.isatty() else text, nl=False)
    else:
        saved({output.name: text}, output.parent)
        note(f"wrote {output}")


@contextmanager
def bar() -> "Iterator[Callable[[int, int], None]]":
    """A progress bar on a terminal's stderr; elsewhere, and with --quiet, nothing."""
    if loudness.quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label="exchanges", file=sys.stderr) as progress:

        def advance(done: int, total: int) -> None:
            progress.length = total
            progress.update(done - progress.pos)

        yield advance
