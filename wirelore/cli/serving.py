"""The command that replays a capture on loopback."""

import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirelore.cli.inputs import recorded_captures
from wirelore.cli.options import captures_option
from wirelore.cli.output import CouldNotRun, note
from wirelore.model.wording import quantity

if TYPE_CHECKING:
    from wirelore.model.exchange import Exchange
    from wirelore.recorder.certificates import Authority
    from wirelore.replayer.connection import ReceivedRequest


@contextmanager
def _single_ctrl_c() -> Iterator[None]:
    """Ignore every Ctrl-C after the first one, which ends the process; a Ctrl-C that is ignored already stays so."""

    def interrupt(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, ignore)
        raise KeyboardInterrupt

    def ignore(number: int, frame: object) -> None:
        """Do nothing. SIG_IGN would complain of a signal that came just before it was set."""

    default = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not default:
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        # Python resets its own handlers before the process has ended, and would then be killed; SIG_IGN stays.
        signal.signal(signal.SIGINT, default if signal.getsignal(signal.SIGINT) is interrupt else signal.SIG_IGN)


@click.command()
@captures_option
@click.argument("name", metavar="CAPTURE")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Loopback port. Default: a free one.")
@click.option(
    "--pace", default="recorded", show_default=True, help="`recorded`, `none`, or a factor of the recorded times."
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    help="Fault to inject, e.g. `POST /v1/messages=529*2`; repeatable.",
)
@click.option(
    "--certificates",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder (0700) for the TLS files. Default: a temporary one.",
)
@_single_ctrl_c()
def serve(captures: Path, name: str, port: int, pace: str, faults: tuple[str, ...], certificates: Path | None) -> None:
    """Replay the responses of CAPTURE on loopback, until Ctrl-C.

    Serves HTTP and HTTPS on one port. Prints the addresses and the CA file, then one line per request. Exit codes: 0,
    or 2 if the capture could not be read or repaired.

    FAULT is [METHOD /PATH=]PART,PART... A PART is a status, retry-after=SECONDS, type=ERROR, cut-bytes=N, cut-events=N,
    error-after=N or delay=SECONDS. `*N` after a PART injects the fault N times instead of once.

    Example: wirelore serve messages --captures captures/samples --fault 'POST /v1/messages=529*2,retry-after=1'
    """
    from wirelore.replayer.faults import fault
    from wirelore.replayer.server import serve as answer

    exchanges, code = _exchanges(name, captures)
    tls = _certificates(certificates, {exchange.request.host for exchange in exchanges})
    try:
        planned, factor = [fault(text) for text in faults], pace if pace in ("recorded", "none") else _factor(pace)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    requests = answer(
        exchanges,
        tls=tls.context(),
        pace=factor,  # type: ignore[arg-type]  # a str is one of the two words here, see just above
        faults=planned,
        port=port,
        ready=lambda server: click.echo(f"http://{server.address} and https://{server.address}\nCA file: {tls.ca}"),
        on_request=_print_request,
    ).seen
    note(f"{quantity(len(requests), 'request')} answered")
    sys.exit(code)


def _exchanges(name: str, captures: Path) -> "tuple[list[Exchange], int]":
    """Return the exchanges to replay, and the exit code: 2, with a remark, if a capture could not be repaired."""
    chosen, problems = recorded_captures(name, captures)
    for problem in problems:
        note(f"not read: {problem}")
    return [exchange for capture in chosen for exchange in capture.exchanges()], 2 if problems else 0


def _certificates(folder: Path | None, hosts: set[str]) -> "Authority":
    """Return the server's certificate and CA, in the folder, or in one that is removed when the command ends."""
    from wirelore.recorder.certificates import authority

    context = click.get_current_context()
    chosen = folder or Path(context.with_resource(tempfile.TemporaryDirectory(prefix="wirelore-")))
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    return authority(chosen, hosts)


def _print_request(request: "ReceivedRequest") -> None:
    """Print a request on one line."""
    from wirelore.model.terminal import printable

    click.echo(printable(f"{request.method} {request.headers.first('host') or ''} {request.target}", line=True))


def _factor(pace: str) -> float:
    """Return the pace as a factor of the recorded time. Raise ValueError."""
    with suppress(ValueError):
        if 0 <= (factor := float(pace)) < float("inf"):
            return factor
    raise ValueError(f"pace {pace!r}: expected `recorded`, `none`, or a factor of the recorded time such as 0.5")
