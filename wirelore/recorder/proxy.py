"""A mitmdump process on a free loopback port, running for the duration of a `with` block."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from wirelore.recorder.temporary_folders import TemporaryFolder

_PORTS = range(20000, 32768)
"""Below the ephemeral ports of Linux, which outgoing connections may occupy."""


class ProxyError(Exception):
    """mitmdump could not be started; the message contains its output."""


class Proxy:
    """A running mitmdump; `port`, `confdir` and `ca` are valid within the `with` block."""

    def __init__(
        self,
        scripts: Sequence[Path] = (),
        options: Mapping[str, str | int | bool] | None = None,
        *,
        confdir: Path | None = None,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        patience_s: float = 30.0,
    ) -> None:
        """`options` are mitmproxy's (`--set NAME=VALUE`). Without `confdir` a temporary one is used."""
        self.scripts = tuple(scripts)
        self.options = {"connection_strategy": "lazy", "flow_detail": 0, **(options or {})}
        self.port = 0
        self.code: int | None = None
        """mitmdump's exit code after it has ended."""
        self._confdir = confdir
        self._env = env
        self._pass_fds = tuple(pass_fds)
        self._patience_s = patience_s

    def __enter__(self) -> Self:
        """Start mitmdump and wait until it listens. Raises ProxyError."""
        self._temporary = TemporaryFolder("proxy")
        self.confdir = self._confdir or self._temporary.folder / "confdir"
        self.confdir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log = self._temporary.folder / "mitmdump.log"
        self.port = free_port()
        try:
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    self._command(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={
                        **(os.environ if self._env is None else self._env),
                        "PYTHONUNBUFFERED": "1",
                    },  # so that `output` is complete
                    pass_fds=(
                        *self._pass_fds,
                        self._temporary.descriptor,
                    ),  # keeps the folder locked while mitmdump runs
                    start_new_session=True,  # Ctrl-C is for the client only; the proxy outlives it
                )
            self._wait_until_it_listens()
        except BaseException:
            if hasattr(self, "process"):
                self.stop()
            self._temporary.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._temporary.cleanup()

    @property
    def url(self) -> str:
        """The proxy's address, in the form of proxy variables."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ca(self) -> Path:
        """The certificate (PEM) that a client must trust."""
        return self.confdir / "mitmproxy-ca-cert.pem"

    def output(self) -> str:
        """Return mitmdump's output so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self, patience_s: float = 60.0) -> int:
        """Stop mitmdump with SIGINT, after `patience_s` seconds with SIGKILL, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.code = self.process.wait()
        return self.code

    def _command(self) -> list[str]:
        command = [str(mitmdump()), "--listen-host", "127.0.0.1", "--listen-port", str(self.port)]
        options = {"confdir": self.confdir, **self.options}
        for name, value in options.items():
            command += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
        for script in self.scripts:
            command += ["-s", str(script)]
        return command

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + self._patience_s
        while True:
            if self.process.poll() is not None:
                raise ProxyError(
                    f"mitmdump ended with code {self.process.returncode} before it listened:\n{self.output()}"
                )
            # Twice: if an addon could not start, mitmdump still answers once before it exits.
            if self.ca.exists() and _answers(self.port) and _answers(self.port):
                return
            if time.monotonic() > deadline:
                raise ProxyError(f"mitmdump not listening after {self._patience_s:.0f} s:\n{self.output()}")
            time.sleep(0.02)


def mitmdump() -> Path:
    """Return the mitmdump next to this interpreter; no other one can import this project. Raises ProxyError."""
    path = Path(sys.executable).with_name("mitmdump")
    if not os.access(path, os.X_OK):
        raise ProxyError(f"{path}: missing; run: {sys.executable} -m pip install mitmproxy")
    return path


def free_port() -> int:
    """Return a loopback port on which no process listens. Raises ProxyError."""
    for port in random.sample(_PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # in use: try the next one
                continue
            return port
    raise ProxyError("no free port between 20000 and 32767 in 50 attempts")


def _answers(port: int) -> bool:
    """Return True if mitmdump responds. It listens before its addons run, but responds (400) only afterwards."""
    with socket.socket() as probe:
        probe.settimeout(5)
        try:
            probe.connect(("127.0.0.1", port))
            probe.sendall(b"?\r\n\r\n")
            return probe.recv(5) == b"HTTP/"
        except OSError:  # not yet
            return False
