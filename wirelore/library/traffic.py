"""Traffic recorded from a program of one's own, and captures replayed to one."""

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
    """Records what is sent through a proxy on loopback while the `with` block runs.

    `into` is the name of a new capture in the captures folder, or a path. Send requests through `Session.url`, trusting
    `Session.ca`, or start a client with `Session.environment` (the variables of `env`, this process's otherwise, with
    those for the proxy). After the block `Session.recording` tells what was recorded and whether anything is missing.

    `hosts` are decrypted and recorded beside those of the route table; all others pass and are counted. `route` sends
    recorded hosts to a loopback server instead (`HOST:PORT`). Secrets are replaced before anything reaches the disk,
    with the key in the file `key`, the user's own without it, or with `once` one that is kept nowhere.
    Raises FileExistsError if there is such a capture, FileNotFoundError if there is no such key, ValueError for a route
    that leads beyond loopback and for a key together with `once`, and ProxyError if mitmdump does not start.
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
    """A server on loopback that answers as captures have it, for the time of a `with` block.

    `pace` is `recorded`, `none`, or a factor of the recorded time; `faults` are what goes wrong, in the words of
    `wirelore serve --fault`; `port` 0 takes a free one. The server's `url` is what a client is pointed at, `seen` are
    the requests that came. Raises ValueError for a fault, pace or port that there is not, Unreadable, and OSError
    for a port in use.

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
