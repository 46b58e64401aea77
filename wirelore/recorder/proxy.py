"""The proxy: a mitmdump beside this interpreter, on a free loopback port, that lives as long as a `with` block."""

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
"""Below the ephemeral ports of Linux, which outgoing connections take away."""


class ProxyError(Exception):
    """mitmdump could not be started; the message holds what it said."""


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
        """`options` are mitmproxy's (`--set NAME=VALUE`); without `confdir` a temporary one is made and removed."""
        self.scripts = tuple(scripts)
        self.options = {"connection_strategy": "lazy", "flow_detail": 0, **(options or {})}
        self.port = 0
        self.code: int | None = None
        """mitmdump's exit code once it has ended."""
        self._given = confdir
        self._env = env
        self._pass_fds = tuple(pass_fds)
        self._patience_s = patience_s

    def __enter__(self) -> Self:
        """Starts it and waits until it listens. Raises ProxyError."""
        self._temporary = TemporaryFolder("proxy")
        self.confdir = self._given or self._temporary.folder / "confdir"
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
                    },  # `said` reads the log
                    pass_fds=(*self._pass_fds, self._temporary.descriptor),  # it needs the folder as long as it lives
                    start_new_session=True,  # a terminal's Ctrl-C is the client's: the proxy outlives it
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
        """The proxy's address as proxy variables want it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ca(self) -> Path:
        """The certificate (PEM) that a client must trust."""
        return self.confdir / "mitmproxy-ca-cert.pem"

    def said(self) -> str:
        """What mitmdump printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self, patience_s: float = 60.0) -> int:
        """Ends mitmdump (SIGINT, and SIGKILL if that does not help) and returns its exit code."""
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
                    f"mitmdump ended with code {self.process.returncode} before it listened:\n{self.said()}"
                )
            # Twice: one that ends because an addon could not start still gives one answer on its way out.
            if self.ca.exists() and _answers(self.port) and _answers(self.port):
                return
            if time.monotonic() > deadline:
                raise ProxyError(f"mitmdump does not listen after {self._patience_s:.0f} s:\n{self.said()}")
            time.sleep(0.02)


def mitmdump() -> Path:
    """The mitmdump beside this interpreter: one from elsewhere could not import this project. Raises ProxyError."""
    path = Path(sys.executable).with_name("mitmdump")
    if not os.access(path, os.X_OK):
        raise ProxyError(f"{path}: missing; run: {sys.executable} -m pip install mitmproxy")
    return path


def free_port() -> int:
    """A loopback port on which nobody listens."""
    for port in random.sample(_PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # taken: the next one
                continue
            return port
    raise ProxyError("no free port between 20000 and 32767 in 50 attempts")


def _answers(port: int) -> bool:
    """Whether mitmdump serves: it listens before its addons run, but answers (400 to this) only afterwards."""
    with socket.socket() as probe:
        probe.settimeout(5)
        try:
            probe.connect(("127.0.0.1", port))
            probe.sendall(b"?\r\n\r\n")
            return probe.recv(5) == b"HTTP/"
        except OSError:  # not yet
            return False
