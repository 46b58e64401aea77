"""Commands that record: a client, versions of one through scenarios, our own small one."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirelore.cli.inputs import captures_named, chosen_key, library_in
from wirelore.cli.options import FILE, capture_name, captures_option, key_options
from wirelore.cli.output import CouldNotRun, bar, error, loudness, note

if TYPE_CHECKING:
    from wirelore.matrix.agent_client import Client
    from wirelore.matrix.matrix_cells import Task


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@captures_option
@click.option("--name", callback=capture_name, help="Name of the capture; the time of its start otherwise.")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Decrypt and record this host too; repeatable.")
@click.option("--route", metavar="HOST:PORT", help="Send every recorded host to this loopback stand-in instead.")
@click.option("--upstream-ca", type=FILE, help="CA file that vouches for the stand-in.")
@key_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def record(captures: Path, name: str | None, command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND and record what it says on the wire into a capture.

    Prints progress and a summary to stderr; COMMAND keeps stdin, stdout and its exit code. Exit code 2 if COMMAND
    succeeded but the capture is incomplete.

    Example: wirelore record -- claude -p hello
    """
    from wirelore.recorder.recording import check_start
    from wirelore.recorder.recording import record as run
    from wirelore.recorder.summary import summary

    folder = captures / (name or f"{datetime.now(UTC):%Y%m%d_%H%M%S}")
    check_start(command, folder)
    _check_route(options["route"])
    chosen_key(options["key"], options["once"])
    note(f"recording into {folder}")
    outcome = run(command, capture_folder=folder, progress=_noted, **options)
    with suppress(OSError):  # the terminal may be gone (SIGHUP): the exit code is the command's all the same
        if outcome.complete or not loudness.quiet:
            note(summary(outcome))
        else:
            error(f"{folder}: incomplete: {outcome.problem}")
    sys.exit(outcome.code)


@click.command()
@captures_option
@click.option(
    "--client",
    "clients",
    multiple=True,
    required=True,
    metavar="CLIENT",
    help="claude@VERSION, or NAME[@VERSION]=COMMAND with {prompt}, {arguments}, {model}, {session}; repeatable.",
)
@click.option("--scenario", "scenarios", multiple=True, metavar="NAME|FILE", help="All otherwise; repeatable.")
@click.option("--repeat", type=click.IntRange(1), default=2, show_default=True, help="Runs of each scenario.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Folder; else `matrix` in --captures.")
@click.option("--jobs", type=click.IntRange(1), help="Runs at a time; as many as there are cores otherwise.")
def matrix(
    captures: Path,
    clients: tuple[str, ...],
    scenarios: tuple[str, ...],
    repeat: int,
    into: Path | None,
    jobs: int | None,
) -> None:
    """Run versions of a client through scenarios, recorded, against a stand-in on loopback: no account, no key.

    Versions of the CLI are installed from npm. Prints a table; each run is a capture, and runs that are done are not
    repeated. Exit code 0 if all were recorded or are not supported by the client, 1 if one failed, 2 if none could run.

    Example: wirelore matrix --client claude@2.0.56 --client claude@2.1.112 --scenario plain
    """
    from wirelore.matrix.matrix import Matrix
    from wirelore.matrix.table import table

    chosen, tasks = _matrix_columns(clients), _matrix_rows(scenarios)
    with Matrix(into or captures / "matrix", jobs=jobs, say=note) as runs:
        cells = runs.run(chosen, tasks, repeat)
    click.echo(table(cells), nl=False)
    sys.exit(int(any(cell.status == "failed" for cell in cells)))


@click.command()
@captures_option
def demo(captures: Path) -> None:
    """Record, analyze and report a session of our own small client: no account, no key, no Node.js.

    Records through a real mitmdump against a stand-in on loopback. Prints what was found and where to look.

    Example: wirelore demo
    """
    from wirelore.analysis.findings_digest import write as digest
    from wirelore.analysis.outcome import outcome
    from wirelore.matrix.demo import record_demo
    from wirelore.pages.bundle import write

    folder = captures / f"demo-{datetime.now(UTC):%Y%m%d_%H%M%S}"
    note("recording our own client through mitmdump, against a stand-in on loopback ...")
    with bar() as advance:
        name = record_demo(folder, progress=advance)
    library = library_in(None)
    result = outcome(captures_named([str(name)], captures, library), library)
    pages = write(captures_named([str(name)], captures, library), library, folder / "report").files
    click.echo(digest(result))
    click.echo(
        f"capture   {name}\nreport    {pages[0].parent / 'README.md'}\nOpenAPI   {pages[0].parent / 'openapi.yaml'}"
    )


@click.command()
@click.argument("name", type=click.Choice(["record", "route"]), default="record")
def addon(name: str) -> None:
    """Print the path of an addon for mitmdump: `record`, or `route`, which sends hosts to a server on loopback.

    Prints a path. Exit code 0.

    Example: wirelore addon record
    """
    from wirelore.model.packaged import ADDONS

    click.echo(ADDONS / f"{name}.py")


def _check_route(route: str | None) -> None:
    """Raises CouldNotRun for a route that cannot be read, or leads to another machine."""
    from wirelore.recorder.route_targets import targets

    try:
        targets(route or "")
    except ValueError as error:
        raise CouldNotRun(f"--route {error}") from error


def _matrix_columns(texts: Iterable[str]) -> "list[Client]":
    """The clients of a matrix; each can be named once."""
    from wirelore.matrix.agent_client import parsed

    try:
        chosen = [parsed(text) for text in texts]
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    if twice := {client.folder for client in chosen if sum(client.folder == one.folder for one in chosen) > 1}:
        raise CouldNotRun(f"{min(twice)}: two clients of this name and version; give each its own")
    return chosen


def _matrix_rows(names: Iterable[str]) -> "list[Task]":
    """The scenarios of a matrix."""
    from wirelore.matrix.agent_scenario import packaged
    from wirelore.matrix.matrix import tasks

    try:
        return tasks(list(dict.fromkeys(names)) or packaged())
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def _noted(ended: Mapping[str, Any]) -> None:
    """One line for each exchange that the recorder has written, or could not write."""
    if "failed" in ended:
        error(f"  exchange {ended['failed']}  could not be written")
    else:
        line = f"{ended['status'] or '---'} {ended['method']} {ended['host']}{ended['path']}  {ended['cause']}"
        note(f"  {line if line.isprintable() else ascii(line)[1:-1]}")
