"""Recording the traffic of a Python program, and replaying captures to it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wirelore.library.arguments import redaction_key, several
from wirelore.library.captures import Source, captures_folder, open_all
from wirelore.model.exchange import Exchange
from wirelore.recorder.recording import Session, is_name, session
from wirelore.replayer.faults import fault
from wirelore.replayer.server import Pace, ReplayServer


@contextmanager
def record(
    into: str | os.PathLike[str],
    *,
    hosts: str | Iterable[str] = (),
    route: str | None = None,
    key: str | os.PathLike[str] | None = None,
    once: bool = False,
    env: Mapping[str, str] | None = None,
    captures: str | os.PathLike[str] | None = None,
) -> Iterator[Session]:
    """Record requests through a proxy on loopback while the `with` block runs.

    `into` is the name of a new capture in the captures folder, or a path. Send requests through the proxy
    `Session.url`, trusting `Session.ca`, or start a client with `Session.environment`: the variables in `env` (default:
    those of this process) and those that set the proxy. After the block, `Session.recording` says what was recorded and
    whether anything is missing.

    `hosts` are decrypted and recorded in addition to those of the route table; connections to other hosts are passed
    through and counted. `route` redirects recorded hosts to a server on loopback (`HOST:PORT`). Secrets are replaced
    before anything is written to disk, with the key in the file `key` (default: the user's own key), or with a key that
    is not saved if `once` is true. Raise FileExistsError if the capture exists, FileNotFoundError if the key file is
    missing, ValueError for a route that does not lead to loopback and for `key` together with `once`, and ProxyError if
    mitmdump does not start.
    """
    folder = Path(into)
    if isinstance(into, str) and is_name(into):
        folder = captures_folder(captures) / into
    redaction_key(key, once=once)
    secret = Path(key) if key else None
    with session(folder, hosts=several(hosts), route=route, key=secret, once=once, env=env) as running:
        yield running


def replay(
    source: Source,
    *,
    pace: Pace = "recorded",
    faults: str | Iterable[str] = (),
    port: int = 0,
    captures: str | os.PathLike[str] | None = None,
) -> ReplayServer:
    """Return a server on loopback that replays the responses of captures while a `with` block runs.

    `pace` is `recorded`, `none`, or a factor of the recorded times. `faults` are faults to inject, in the syntax of
    `wirelore serve --fault`. `port` 0 selects a free port. The server's `url` is the base URL for a client; `seen`
    lists the received requests. Raise ValueError for an invalid fault, pace or port, Unreadable, and OSError if the
    port is in use.

    >>> import urllib.request, wirelore
    >>> with wirelore.replay("captures/samples/account", pace="none") as server:
    ...     answer = urllib.request.urlopen(f"{server.url}/api/oauth/profile")
    >>> answer.status
    200
    """
    planned = [fault(text) for text in several(faults)]
    return ReplayServer(_exchanges(source, captures), pace=pace, faults=planned, port=port)


def _exchanges(source: Source, captures: str | os.PathLike[str] | None) -> list[Exchange]:
    return [exchange for capture in open_all(source, captures=captures) for exchange in capture]
