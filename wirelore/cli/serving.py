"""The command that answers from a capture."""

import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirelore.cli.inputs import named
from wirelore.cli.options import captures_option
from wirelore.cli.output import CouldNotRun, note

if TYPE_CHECKING:
    from wirelore.model.exchange import Exchange
    from wirelore.recorder.certificates import Authority
    from wirelore.replayer.connection import Seen


@click.command()
@captures_option
@click.argument("name", metavar="CAPTURE")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Loopback port; a free one otherwise.")
@click.option(
    "--pace", default="recorded", show_default=True, help="`recorded`, `none`, or a factor of the recorded time."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="FAULT", help="What goes wrong, e.g. 'POST /v1/messages=529*2'."
)
@click.option(
    "--certificates", type=click.Path(file_okay=False, path_type=Path), help="Folder (0700) for the TLS files."
)
def serve(captures: Path, name: str, port: int, pace: str, faults: tuple[str, ...], certificates: Path | None) -> None:
    """Answer from a capture on loopback, plain and TLS on one port, until Ctrl-C.

    Prints the address and the CA file, then what was asked. FAULT is [METHOD /PATH=]PART,PART...: a status,
    retry-after=SECONDS, type=ERROR, cut-bytes=N, cut-events=N, error-after=N, delay=SECONDS; *N befalls N requests.
    Exit code 2 if the capture was not closed and cannot be repaired.

    Example: wirelore serve messages --captures captures/samples --fault 'POST /v1/messages=529*2,retry-after=1'
    """
    from wirelore.replayer.faults import fault
    from wirelore.replayer.server import serve as answer

    exchanges, code = _exchanges(name, captures)
    made = _certificates(certificates, {exchange.request.host for exchange in exchanges})
    try:
        planned, factor = [fault(text) for text in faults], pace if pace in ("recorded", "none") else _factor(pace)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    seen = answer(
        exchanges,
        tls=made.context(),
        pace=factor,  # type: ignore[arg-type]  # the two words were told apart from a number just above
        faults=planned,
        port=port,
        ready=lambda standin: click.echo(f"http://{standin.address} and https://{standin.address}\nCA file: {made.ca}"),
        told=_told,
    ).seen
    note(f"{len(seen)} requests answered")
    sys.exit(code)


def _exchanges(name: str, captures: Path) -> "tuple[list[Exchange], int]":
    """The exchanges to answer from, and the exit code: 2 with a remark if a capture could not be repaired."""
    served, problems = named(name, captures)
    for problem in problems:
        note(f"not read: {problem}")
    return [exchange for capture in served for exchange in capture.exchanges()], 2 if problems else 0


def _certificates(folder: Path | None, hosts: set[str]) -> "Authority":
    """The stand-in's certificate and its CA, in the given folder, or in one that goes when the command ends."""
    from wirelore.recorder.certificates import authority

    context = click.get_current_context()
    chosen = folder or Path(context.with_resource(tempfile.TemporaryDirectory(prefix="wirelore-")))
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    return authority(chosen, hosts)


def _told(asked: "Seen") -> None:
    """Prints what the stand-in was asked, on a line."""
    from wirelore.model.terminal import printable

    click.echo(printable(f"{asked.method} {asked.headers.first('host') or ''} {asked.target}", line=True))


def _factor(pace: str) -> float:
    """A factor of the recorded time. Raises ValueError."""
    with suppress(ValueError):
        if 0 <= (factor := float(pace)) < float("inf"):
            return factor
    raise ValueError(f"pace {pace!r}: expected `recorded`, `none`, or a factor of the recorded time such as 0.5")
