"""Running a command through the recorder, with an account of the recorded traffic.

The command keeps its terminal, standard streams and exit code. The terminal sends Ctrl-C to the command itself; SIGTERM
and SIGHUP are passed on to it. The recorder is stopped after the command has ended.
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

from wirelore.model.exchange import COMPLETE_CAUSES
from wirelore.model.packaged import ADDONS
from wirelore.recorder.environment import client_environment, write_bundles
from wirelore.recorder.proxy import Proxy
from wirelore.recorder.route_targets import targets
from wirelore.recorder.temporary_folders import TemporaryFolder
from wirelore.store.completeness import missing
from wirelore.store.reader import CLOSED, RECORDING
from wirelore.store.repair import repair_all
from wirelore.store.writer import is_capture

_LONGEST_NAME = 200
"""The most bytes in the name of a capture: file systems allow 255, and temporary names are longer."""

_RELAYED = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Recording:
    """The result of a recording."""

    client_code: int
    """The command's exit code; 128 plus the signal's number if a signal ended it, as in shells."""
    folder: Path
    """The capture's folder."""
    complete: bool
    """True if the capture is closed and nothing is missing."""
    categories: Mapping[str, int] = field(default_factory=dict)
    """Exchanges per category."""
    ends: Mapping[str, int] = field(default_factory=dict)
    """Exchanges per cause of wirelore.model.exchange.CAUSES."""
    aborted: int = 0
    not_decrypted: int = 0
    """Connections that were passed through."""
    redacted: Mapping[str, int] = field(default_factory=dict)
    """Replaced secrets per kind."""
    problem: str = ""
    """What is missing, and why, if the capture is incomplete."""

    @property
    def code(self) -> int:
        """The exit code of `wirelore record`: the command's own, or 2 if that is 0 and the capture is incomplete."""
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
    """Run the command through a mitmdump of its own and return when both have ended.

    `hosts` are recorded in addition to those of the route table. `key` is the file of the redaction key (default: the
    user's own); with `once` a new key is used and not saved. `route` is the option of addons/route.py, `upstream_ca`
    the CA that checks the certificate of its stand-in. `pass_fds` are descriptors that the command inherits. `progress`
    is called from a thread with each line of the recorder's status (`ended`, `cause`, `us`, and `method`, `host`,
    `path`, `status` of the index; or `failed`).

    In the main thread, SIGTERM and SIGHUP are passed on to the command; one that is received before the command has
    started prevents its start.

    Raises ProxyError and the errors of check_start.
    """
    base = dict(os.environ if env is None else env)
    check_start(command, capture_folder, base, cwd)
    with (
        _relayed_signals() as relay,
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
    """A running recorder, valid within the `with` block of `session`."""

    folder: Path
    """The folder into which the capture is written."""
    url: str
    """The proxy's address, `http://127.0.0.1:PORT`."""
    ca: Path
    """The certificate (PEM) of the proxy's authority."""
    environment: dict[str, str]
    """The variables of `env`, with those that direct a client to the proxy and make it trust the CA."""
    client_code: int = 0
    """The value for `Recording.client_code`."""
    _recording: Recording | None = None

    @property
    def recording(self) -> Recording:
        """The result of the recording. Raises RuntimeError while the recorder is running."""
        if self._recording is None:
            raise RuntimeError(f"{self.folder}: still being recorded; read `recording` after the `with` block")
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
    """Record everything that is sent through the proxy until the `with` block ends.

    The arguments are those of `record`. Raises FileExistsError if the folder holds a capture or other files, ValueError
    for a route that is invalid or leads beyond loopback, and ProxyError.
    """
    _check_folder(capture_folder)
    if route:
        targets(route)
    base = dict(os.environ if env is None else env)
    status_read, status_write = os.pipe()
    leash_read, leash_write = os.pipe()
    open_ends = {status_write, leash_read, leash_write}
    proxy_options: dict[str, str | int | bool] = {
        "wirelore_capture": str(capture_folder.absolute()),
        "wirelore_hosts": ",".join(hosts),
        "wirelore_status": status_write,
        "wirelore_leash": leash_read,
        **(options or {}),
    }
    scripts = [ADDONS / "record.py"]
    if key:
        proxy_options["wirelore_key"] = str(key.absolute())
    if once:
        proxy_options["wirelore_once"] = True
    if upstream_ca:
        proxy_options["ssl_verify_upstream_trusted_ca"] = str(upstream_ca)
    if route:
        scripts.append(ADDONS / "route.py")
        proxy_options["wirelore_route"] = route
    proxy = Proxy(scripts, proxy_options, confdir=confdir, pass_fds=(status_write, leash_read))
    unclosed: dict[str, Any] = {}
    watcher = threading.Thread(target=_watch, args=(status_read, progress, unclosed), daemon=True)
    watcher.start()
    try:
        with proxy, TemporaryFolder("ca") as temporary:
            _close(open_ends, status_write, leash_read)
            node, bundle = write_bundles(base, proxy.ca, temporary.folder)
            environment = client_environment(base, proxy.url, node, bundle)
            running = Session(capture_folder, proxy.url, proxy.ca, environment)
            try:
                yield running
            finally:
                proxy.stop()
                output = proxy.output()
    finally:
        _close(open_ends, *tuple(open_ends))
        watcher.join(10)
    running._recording = _account(running.client_code, capture_folder, proxy.code, output, unclosed)


def is_name(name: str) -> bool:
    """Return True if a capture's folder can have this name: not empty, not a path, at most 200 bytes."""
    is_one_folder = name not in ("", ".") and not any(part in name for part in ("/", "\\", ".."))
    return is_one_folder and name.isprintable() and len(os.fsencode(name)) <= _LONGEST_NAME


def check_start(
    command: Sequence[str], capture_folder: Path, env: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> None:
    """Raise FileExistsError if the folder holds a capture, FileNotFoundError if the command does not exist."""
    _check_folder(capture_folder)
    name = command[0]
    if "/" in name:
        executable, expected = shutil.which(Path(cwd or ".").absolute() / name), "an executable file at this path"
    else:
        executable, expected = (
            shutil.which(name, path=env.get("PATH", os.defpath)),
            "an executable of this name on PATH",
        )
    if executable is None:
        raise FileNotFoundError(f"{name}: no such command; expected {expected}")


def _check_folder(capture_folder: Path) -> None:
    if is_capture(capture_folder):
        raise FileExistsError(f"{capture_folder}: already contains a capture; choose another name")
    if capture_folder.is_dir() and any(capture_folder.iterdir()):
        raise FileExistsError(f"{capture_folder}: is not empty; choose another name, or move away what is in it")


class _Relay:
    """The client's signals, delayed until the client has started."""

    def __init__(self) -> None:
        self.early: list[int] = []
        self._client: subprocess.Popen[bytes] | None = None

    def deliver(self, number: int, frame: object) -> None:
        """Handle a signal. It raises nothing, so that the interrupted code runs to its regular end."""
        if self._client is None:
            self.early.append(number)
        else:
            self._client.send_signal(number)

    def attach(self, client: "subprocess.Popen[bytes]") -> None:
        self._client = client
        for number in self.early:
            client.send_signal(number)


@contextmanager
def _relayed_signals() -> Iterator[_Relay]:
    """Relay SIGTERM and SIGHUP, if this is the main thread. An ignored signal (nohup) stays ignored."""
    relay = _Relay()
    before: dict[signal.Signals, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in _RELAYED:
                # None: the handler was not set by Python and cannot be restored.
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    before[number] = signal.signal(number, relay.deliver)
        yield relay
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(
    command: Sequence[str], environment: Mapping[str, str], cwd: Path | None, relay: _Relay, pass_fds: Sequence[int]
) -> int:
    if relay.early:
        return 128 + relay.early[0]
    with _ctrl_c_left_to_the_client():
        client = subprocess.Popen(command, env=environment, cwd=cwd, pass_fds=tuple(pass_fds))
        relay.attach(client)
        code = client.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _ctrl_c_left_to_the_client() -> Iterator[None]:
    """Do nothing on Ctrl-C, if this is the main thread: the terminal sends it to the client as well, which decides."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if before in (signal.SIG_IGN, None):  # None: the handler was not set by Python and cannot be restored
        yield
        return
    # Not SIG_IGN, which the client would inherit.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _watch(descriptor: int, progress: Callable[[Mapping[str, Any]], None] | None, unclosed: dict[str, Any]) -> None:
    """Pass each status line to `progress`. The account of a capture that could not be closed goes into `unclosed`."""
    with os.fdopen(descriptor, "rb") as stream:
        for text in stream:
            line = json.loads(text)
            if "unclosed" in line:
                unclosed.update(line["unclosed"])
            elif progress is not None:
                progress(line)


def _close(ends: set[int], *descriptors: int) -> None:
    """Close descriptors of `ends`, each only once: another thread may have reused its number."""
    for descriptor in descriptors:
        ends.remove(descriptor)
        os.close(descriptor)


def _account(code: int, folder: Path, proxy_code: int | None, output: str, unclosed: Mapping[str, Any]) -> Recording:
    """Return the result according to the manifest, which the recorder writes. Without a manifest it is incomplete.

    A capture whose recorder is gone is repaired first. For one that could not be closed, `unclosed` is the account.
    """
    repaired = "".join(f"; {line}" for line in repair_all([folder]))
    try:
        manifest = json.loads((folder / "capture.json").read_bytes())
    except (OSError, ValueError) as fault:
        reason = f"{folder / 'capture.json'}: {fault}"
        return _recording(code, folder, unclosed, f"{reason}{_loss_suffix(unclosed)}\n{output}".strip())
    problem = _loss_suffix(manifest).lstrip("; ")
    if manifest["status"] != CLOSED:
        problem = f"the recorder did not finish: {output.strip() or 'no output'}{_loss_suffix(unclosed)}{repaired}"
    elif not problem and proxy_code:
        problem = f"the proxy ended with code {proxy_code}: {output.strip()}"
    return _recording(code, folder, unclosed if manifest["status"] == RECORDING and unclosed else manifest, problem)


def _loss_suffix(account: Mapping[str, Any]) -> str:
    """List the losses in a manifest or account, after a semicolon; empty if there are none."""
    losses = missing(account.get("completeness", {}), account.get("ends", {}))
    return "; " * bool(losses) + ", ".join(f"{name}: {count}" for name, count in sorted(losses.items()))


def _recording(code: int, folder: Path, account: Mapping[str, Any], problem: str) -> Recording:
    ends, counts = account.get("ends", {}), account.get("completeness", {})
    return Recording(
        code,
        folder,
        not problem,
        account.get("categories", {}),
        ends,
        sum(count for cause, count in ends.items() if cause not in COMPLETE_CAUSES),
        counts.get("not_decrypted", 0),
        account.get("redaction", {}).get("replaced", account.get("redacted", {})),
        problem,
    )
