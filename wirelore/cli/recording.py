"""Commands that record: one run of a client, a matrix of client versions and scenarios, the demo."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirelore.cli.inputs import captures_named, chosen_key, library_in
from wirelore.cli.options import FILE, capture_name, captures_option, host_patterns, key_options
from wirelore.cli.output import CouldNotRun, bar, error, loudness, note

if TYPE_CHECKING:
    from wirelore.matrix.agent_client import Client
    from wirelore.matrix.matrix_cells import Task


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@captures_option
@click.option("--name", callback=capture_name, help="Name of the capture. Default: its start time.")
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="HOST",
    callback=host_patterns,
    help="Decrypt and record HOST too; repeatable.",
)
@click.option("--route", metavar="HOST:PORT", help="Redirect all recorded hosts to this stand-in on loopback.")
@click.option("--upstream-ca", type=FILE, help="CA file to verify the stand-in's certificate.")
@key_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def record(captures: Path, name: str | None, command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND and record its HTTP traffic into a new capture.

    Prints progress and a summary to stderr; stdin and stdout belong to COMMAND. Exit code: that of COMMAND, or 2 if
    COMMAND exits with 0 but the capture is incomplete.

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
    outcome = run(command, capture_folder=folder, progress=_print_progress, **options)
    with suppress(OSError):  # the terminal may be gone (SIGHUP); the exit code is still the command's
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
    help="claude@VERSION, or NAME[@VERSION]=COMMAND in which {prompt}, {arguments}, {model} and {session} are filled "
    "in; repeatable.",
)
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME|FILE", help="Scenario to run; repeatable. Default: all."
)
@click.option("--repeat", type=click.IntRange(1), default=2, show_default=True, help="Number of runs of each scenario.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the captures. Default: `matrix` in --captures.",
)
@click.option("--jobs", type=click.IntRange(1), help="Number of simultaneous runs. Default: the number of cores.")
def matrix(
    captures: Path,
    clients: tuple[str, ...],
    scenarios: tuple[str, ...],
    repeat: int,
    into: Path | None,
    jobs: int | None,
) -> None:
    """Record versions of a client in scenarios.

    The clients run against a stand-in on loopback and need no account and no API key; versions of the CLI are installed
    from npm. Each run becomes a capture; completed runs are not repeated. Prints a table of the runs. Exit codes: 0
    if each run was recorded or its client does not support the scenario, 1 if one failed, 2 if none could start.

    Example: wirelore matrix --client claude@2.0.56 --client claude@2.1.112 --scenario plain
    """
    from wirelore.matrix.matrix import Matrix
    from wirelore.matrix.table import table

    chosen, tasks = _parsed_clients(clients), _chosen_tasks(scenarios)
    with Matrix(into or captures / "matrix", jobs=jobs, say=note) as runs:
        cells = runs.run(chosen, tasks, repeat)
    click.echo(table(cells), nl=False)
    sys.exit(int(any(cell.status == "failed" for cell in cells)))


@click.command()
@captures_option
def demo(captures: Path) -> None:
    """Record, analyze and report a session of a sample client.

    Records through mitmdump, against a stand-in on loopback; needs no account, no API key and no Node.js. Prints the
    findings, and the paths of the capture, the report and the OpenAPI document. Exit codes: 0, or 2 if the recording
    failed.

    Example: wirelore demo
    """
    from wirelore.analysis.findings_digest import write as digest
    from wirelore.analysis.outcome import outcome
    from wirelore.matrix.demo import record_demo
    from wirelore.pages.bundle import write

    folder = captures / f"demo-{datetime.now(UTC):%Y%m%d_%H%M%S}"
    note("recording the sample client through mitmdump, against a stand-in on loopback ...")
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
    """Print the path of a mitmdump addon.

    Prints the path for `mitmdump -s`: `record` records, `route` redirects hosts to a server on loopback. Exit code: 0.

    Example: wirelore addon record
    """
    from wirelore.model.packaged import ADDONS

    click.echo(ADDONS / f"{name}.py")


def _check_route(route: str | None) -> None:
    """Raise CouldNotRun if the route is malformed or does not lead to loopback."""
    from wirelore.recorder.route_targets import targets

    try:
        targets(route or "")
    except ValueError as error:
        raise CouldNotRun(f"--route {error}") from error


def _parsed_clients(texts: Iterable[str]) -> "list[Client]":
    """Return the clients of a matrix. Raise CouldNotRun for a malformed or repeated client."""
    from wirelore.matrix.agent_client import parsed

    try:
        chosen = [parsed(text) for text in texts]
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    folders = [client.folder for client in chosen]
    if repeated := {folder for folder in folders if folders.count(folder) > 1}:
        raise CouldNotRun(
            f"{min(repeated)}: two clients with this name and version; give one of them another name or version"
        )
    return chosen


def _chosen_tasks(names: Iterable[str]) -> "list[Task]":
    """Return the scenarios of a matrix, all packaged ones if none is named. Raise CouldNotRun for an unknown one."""
    from wirelore.matrix.agent_scenario import packaged
    from wirelore.matrix.matrix import tasks

    try:
        return tasks(list(dict.fromkeys(names)) or packaged())
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def _print_progress(line: Mapping[str, Any]) -> None:
    """Print one line for an exchange that the recorder has written, or could not write."""
    if "failed" in line:
        error(f"  exchange {line['failed']}  could not be written")
    else:
        text = f"{line['status'] or '---'} {line['method']} {line['host']}{line['path']}  {line['cause']}"
        note(f"  {text if text.isprintable() else ascii(text)[1:-1]}")
