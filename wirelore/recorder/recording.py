"""A recording: one command run through the recorder, with an account of what was recorded.

The command keeps its own terminal, standard streams and exit code. A Ctrl-C is the command's own (the terminal sends
it there), SIGTERM and SIGHUP are passed on to it; the recorder is stopped after the command has ended.
"""

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wirelore.model.exchange import WHOLE
from wirelore.model.packaged import ADDONS
from wirelore.recorder.environment import client_environment, write_bundles
from wirelore.recorder.proxy import Proxy
from wirelore.recorder.route_targets import targets
from wirelore.recorder.temporary_folders import TemporaryFolder
from wirelore.store.completeness import missing
from wirelore.store.reader import CLOSED, RECORDING
from wirelore.store.repair import repairs
from wirelore.store.writer import is_capture

_PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Recording:
    """How a recorded command went."""

    client_code: int
    """The command's exit code; of one ended by a signal, 128 and its number, as shells have it."""
    folder: Path
    """Where the capture is."""
    complete: bool
    """Whether the capture is closed and lacks nothing."""
    categories: Mapping[str, int] = field(default_factory=dict)
    """Exchanges per category."""
    ends: Mapping[str, int] = field(default_factory=dict)
    """Exchanges per cause of wirelore.model.exchange.CAUSES."""
    aborted: int = 0
    not_decrypted: int = 0
    """Connections that passed through."""
    redacted: Mapping[str, int] = field(default_factory=dict)
    """Secrets replaced, per kind."""
    problem: str = ""
    """What is missing and why, if the capture is incomplete."""

    @property
    def code(self) -> int:
        """The exit code of `wirelore record`: the command's own, unless it was 0 and the capture is incomplete."""
        return self.client_code or (0 if self.complete else 2)


def record(
    command: Sequence[str],
    *,
    capture_folder: Path,
    hosts: Iterable[str] = (),
    route: str | None = None,
    upstream_ca: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    confdir: Path | None = None,
    key: Path | None = None,
    once: bool = False,
    options: Mapping[str, str | int | bool] | None = None,
    pass_fds: Sequence[int] = (),
    progress: Callable[[Mapping[str, Any]], None] | None = None,
) -> Recording:
    """Runs the command through a mitmdump of its own and returns when both have ended.

    `hosts` are recorded beside the route table's; `key` is the file of the redaction key (the user's own otherwise),
    and with `once` it is a new one that is kept nowhere; `route` is addons/route.py's option, `upstream_ca` the
    authority its stand-in's certificate is checked with; `pass_fds` are descriptors that the command has, too;
    `progress` is called from a thread with each line of the recorder's status (`ended`, `cause`, `us`, and `method`,
    `host`, `path`, `status` of the index; or `failed`). A SIGTERM or SIGHUP is passed on to the command if this is the
    main thread; one that comes before the command has begun keeps it from beginning. Raises ProxyError
    and what check_start raises.
    """
    base = dict(os.environ if env is None else env)
    check_start(command, capture_folder, base, cwd)
    with (
        _passing_on() as relay,
        session(
            capture_folder,
            hosts=hosts,
            route=route,
            upstream_ca=upstream_ca,
            env=base,
            confdir=confdir,
            key=key,
            once=once,
            options=options,
            progress=progress,
        ) as running,
    ):
        running.client_code = _run(command, running.environment, cwd, relay, pass_fds)
    return running.recording


@dataclass
class Session:
    """A recorder at work, from enter to exit of `session`."""

    folder: Path
    """Where the capture is written."""
    url: str
    """The proxy's address, `http://127.0.0.1:PORT`."""
    ca: Path
    """The certificate (PEM) of the proxy's authority."""
    environment: dict[str, str]
    """The variables that lead a client to the proxy and have it trust the authority, beside those it was given."""
    client_code: int = 0
    """What `Recording.client_code` will be."""
    _recording: Recording | None = None

    @property
    def recording(self) -> Recording:
        """The account of what was recorded. Raises RuntimeError while the recorder is at work."""
        if self._recording is None:
            raise RuntimeError(f"{self.folder}: still being recorded; ask for the account after the `with` block")
        return self._recording


@contextmanager
def session(
    capture_folder: Path,
    *,
    hosts: Iterable[str] = (),
    route: str | None = None,
    upstream_ca: Path | None = None,
    env: Mapping[str, str] | None = None,
    confdir: Path | None = None,
    key: Path | None = None,
    once: bool = False,
    options: Mapping[str, str | int | bool] | None = None,
    progress: Callable[[Mapping[str, Any]], None] | None = None,
) -> Iterator[Session]:
    """Records whatever is sent through the proxy until the `with` block ends. The arguments are those of `record`.

    Raises FileExistsError if the folder holds a capture or something else, ValueError for a route that cannot be read
    or leads beyond loopback, and ProxyError.
    """
    _check_folder(capture_folder)
    if route:
        targets(route)
    base = dict(os.environ if env is None else env)
    status_read, status_write = os.pipe()
    leash_read, leash_write = os.pipe()
    ends = {status_write, leash_read, leash_write}
    chosen: dict[str, str | int | bool] = {
        "wirelore_capture": str(capture_folder.absolute()),
        "wirelore_hosts": ",".join(hosts),
        "wirelore_status": status_write,
        "wirelore_leash": leash_read,
        **(options or {}),
    }
    scripts = [ADDONS / "record.py"]
    if key:
        chosen["wirelore_key"] = str(key.absolute())
    if once:
        chosen["wirelore_once"] = True
    if upstream_ca:
        chosen["ssl_verify_upstream_trusted_ca"] = str(upstream_ca)
    if route:
        scripts.append(ADDONS / "route.py")
        chosen["wirelore_route"] = route
    proxy = Proxy(scripts, chosen, confdir=confdir, pass_fds=(status_write, leash_read))
    unclosed: dict[str, Any] = {}
    watcher = threading.Thread(target=_watch, args=(status_read, progress, unclosed), daemon=True)
    watcher.start()
    try:
        with proxy, TemporaryFolder("ca") as temporary:
            _close(ends, status_write, leash_read)
            node, bundle = write_bundles(base, proxy.ca, temporary.folder)
            environment = client_environment(base, proxy.url, node, bundle)
            running = Session(capture_folder, proxy.url, proxy.ca, environment)
            try:
                yield running
            finally:
                proxy.stop()
                output = proxy.said()
    finally:
        _close(ends, *tuple(ends))
        watcher.join(10)
    running._recording = _account(running.client_code, capture_folder, proxy.code, output, unclosed)


def is_name(name: str) -> bool:
    """Whether a capture's folder may be called this: not empty, and no path."""
    return name not in ("", ".") and name.isprintable() and not any(part in name for part in ("/", "\\", ".."))


def check_start(
    command: Sequence[str], capture_folder: Path, env: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> None:
    """Raises FileExistsError if the folder holds a capture, FileNotFoundError if there is no such command."""
    _check_folder(capture_folder)
    name = command[0]
    if "/" in name:
        found, expected = shutil.which(Path(cwd or ".").absolute() / name), "an executable file there"
    else:
        found, expected = shutil.which(name, path=env.get("PATH", os.defpath)), "an executable of this name on PATH"
    if found is None:
        raise FileNotFoundError(f"{name}: no such command; expected {expected}")


def _check_folder(capture_folder: Path) -> None:
    if is_capture(capture_folder):
        raise FileExistsError(f"{capture_folder}: holds a capture already; choose another name")
    if capture_folder.is_dir() and any(capture_folder.iterdir()):
        raise FileExistsError(f"{capture_folder}: is not empty; choose another name, or move away what is in it")


class _Relay:
    """The client's signals: they reach it as soon as there is one."""

    def __init__(self) -> None:
        self.early: list[int] = []
        self._client: subprocess.Popen[bytes] | None = None

    def take(self, number: int, frame: object) -> None:
        """A signal handler: it raises nothing, so that whatever it interrupts ends in order and leaves nothing."""
        if self._client is None:
            self.early.append(number)
        else:
            self._client.send_signal(number)

    def lead_to(self, client: "subprocess.Popen[bytes]") -> None:
        self._client = client
        for number in self.early:
            client.send_signal(number)


@contextmanager
def _passing_on() -> Iterator[_Relay]:
    """Takes SIGTERM and SIGHUP where that is possible; one that is ignored (nohup) stays so."""
    relay = _Relay()
    before: dict[signal.Signals, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in _PASSED_ON:
                if signal.getsignal(number) not in (signal.SIG_IGN, None):  # None: not Python's, cannot be restored
                    before[number] = signal.signal(number, relay.take)
        yield relay
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(
    command: Sequence[str], environment: Mapping[str, str], cwd: Path | None, relay: _Relay, pass_fds: Sequence[int]
) -> int:
    if relay.early:
        return 128 + relay.early[0]
    client = subprocess.Popen(command, env=environment, cwd=cwd, pass_fds=tuple(pass_fds))
    relay.lead_to(client)
    while True:
        try:
            code = client.wait()
        except KeyboardInterrupt:  # the terminal sent it to the client as well, which decides what it means
            continue
        return 128 - code if code < 0 else code


def _watch(descriptor: int, progress: Callable[[Mapping[str, Any]], None] | None, unclosed: dict[str, Any]) -> None:
    """Tells each line; the account of a capture that could not be closed is put into `unclosed` instead."""
    with os.fdopen(descriptor, "rb") as stream:
        for text in stream:
            line = json.loads(text)
            if "unclosed" in line:
                unclosed.update(line["unclosed"])
            elif progress is not None:
                progress(line)


def _close(ends: set[int], *descriptors: int) -> None:
    """Closes ends that are open, each once: its number may be another thread's by now."""
    for descriptor in descriptors:
        ends.remove(descriptor)
        os.close(descriptor)


def _account(code: int, folder: Path, proxy_code: int | None, said: str, unclosed: Mapping[str, Any]) -> Recording:
    """The account after the manifest, which is the recorder's own word; without one nothing is complete.

    A capture whose recorder is gone is repaired first; of one that it could not close it told what it knew.
    """
    repaired = "".join(f"; {line}" for line in repairs([folder]))
    try:
        manifest = json.loads((folder / "capture.json").read_bytes())
    except (OSError, ValueError) as fault:
        why = f"{folder / 'capture.json'}: {fault}"
        return _recording(code, folder, unclosed, f"{why}{_lacking(unclosed)}\n{said}".strip())
    problem = _lacking(manifest).lstrip("; ")
    if manifest["status"] != CLOSED:
        problem = f"the recorder did not finish: {said.strip() or 'it said nothing'}{_lacking(unclosed)}{repaired}"
    elif not problem and proxy_code:
        problem = f"the proxy ended with code {proxy_code}: {said.strip()}"
    return _recording(code, folder, unclosed if manifest["status"] == RECORDING and unclosed else manifest, problem)


def _lacking(account: Mapping[str, Any]) -> str:
    """What a manifest or the recorder's account says is missing, after a semicolon; empty if nothing is."""
    lacks = missing(account.get("completeness", {}), account.get("ends", {}))
    return "; " * bool(lacks) + ", ".join(f"{name}: {count}" for name, count in sorted(lacks.items()))


def _recording(code: int, folder: Path, account: Mapping[str, Any], problem: str) -> Recording:
    ends, counts = account.get("ends", {}), account.get("completeness", {})
    return Recording(
        code,
        folder,
        not problem,
        account.get("categories", {}),
        ends,
        sum(count for cause, count in ends.items() if cause not in WHOLE),
        counts.get("not_decrypted", 0),
        account.get("redaction", {}).get("replaced", account.get("redacted", {})),
        problem,
    )
