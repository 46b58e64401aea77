"""What commands say: results on stdout or in a file, remarks on stderr."""

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


def note(text: str) -> None:
    """A remark on stderr."""
    from wirelore.model.terminal import printable

    click.echo(printable(text), err=True)


def end(problems: Collection[str], *, failed: bool = False) -> NoReturn:
    """Ends a command: a remark for each part that could not be read, and exit code 2 for them, 1 if it failed, or 0."""
    for problem in problems:
        note(f"not read: {problem}")
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
    """A progress bar on a terminal's stderr; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("exchanges")
        yield lambda done, total: progress.update(task, completed=done, total=total)
