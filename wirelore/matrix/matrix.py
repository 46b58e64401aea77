"""The matrix: runs of clients in scenarios, each recorded as a capture; completed runs are not repeated."""

import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from wirelore.matrix import agent_answers, identity, matrix_cells, real_cli
from wirelore.matrix.agent_client import Client
from wirelore.matrix.agent_run import Outcome, Run
from wirelore.matrix.agent_scenario import load as load_scenario
from wirelore.matrix.agent_scenario import located
from wirelore.matrix.matrix_cells import Cell, Task
from wirelore.model.wording import quantity
from wirelore.recorder.temporary_folders import TemporaryFolder
from wirelore.redaction import keys
from wirelore.store.index import Locked, lock

KEY = "redaction.key"
"""The redaction key of all captures in a matrix. It is stored beside them, because it hides only invented secrets."""
_RUNNING, _FAILED, _LOCK = ".running", ".failed", ".lock"
_NPM_LINES = 3
"""The number of lines quoted from npm's output; later lines name its log file, which differs each time."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):
    """No run of the matrix can start; the message says why."""


class Matrix:
    """A matrix in a folder, locked against other processes for the duration of a `with` block."""

    def __init__(
        self,
        folder: Path,
        *,
        jobs: int | None = None,
        cache: Path | None = None,
        deadline_s: float = 120.0,
        say: Callable[[str], object] = lambda line: None,
    ) -> None:
        """`jobs` is the number of parallel runs (default: the number of cores), `deadline_s` the time limit of a run.

        `cache` is the folder for versions of the CLI. `say` is called with each line of progress, from any thread.
        """
        self._folder = folder
        self._jobs = jobs or os.cpu_count() or 1
        self._cache = cache or real_cli.default_cache()
        self._deadline_s = deadline_s
        self._say = say
        self._stopped = threading.Event()
        self._ending = threading.Lock()
        self._done: list[Cell] = []
        self._total = 0
        self._entries: dict[tuple[str, ...], dict[str, Any]] = {}
        self._executables: dict[Client, Path | str | None] = {}
        """The CLI's path, or the reason why it is not installed; None for a command."""

    def __enter__(self) -> "Matrix":
        """Lock the folder. Raise CannotRun if another process holds the lock, ValueError for an unreadable result."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock(self._descriptor)
            self._entries = matrix_cells.load(self._folder)
        except Locked:
            os.close(self._descriptor)
            raise CannotRun(
                f"{self._folder}: locked by another process that runs this matrix; wait, or choose another --into"
            ) from None
        self._clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()
        os.close(self._descriptor)

    def run(self, clients: Sequence[Client], tasks: Sequence[Task], repeat: int) -> list[Cell]:
        """Run the cells that are not complete yet, and return all cells, by scenario, client and repetition.

        Raise CannotRun, and KeyboardInterrupt after active runs have been shut down.
        """
        keys.load(self._folder / KEY)
        rows = [
            [
                Cell(client, task, number, task.made_from(client))
                for client in clients
                for number in range(1, repeat + 1)
            ]
            for task in tasks
        ]
        due = [[cell for cell in row if not self._is_done(cell)] for row in rows]
        self._total = sum(map(len, due))
        if skipped := sum(map(len, rows)) - self._total:
            self._say(f"{quantity(skipped, 'completed run')} skipped")
        self._install({cell.client for row in due for cell in row})
        with (
            TemporaryFolder("matrix") as temporary,
            _leash(temporary.folder / "leash", self._stopped, self._say) as leash,
            ThreadPoolExecutor(self._jobs) as pool,
        ):
            # The runs of one scenario share a working folder, so they run one after the other, as one job.
            for future in [pool.submit(self._row, row, leash) for row in due if row]:
                future.result()
        if self._stopped.is_set():
            raise KeyboardInterrupt
        return [self._ended(cell) for row in rows for cell in row]

    def _is_done(self, cell: Cell) -> bool:
        return cell.is_current(self._entries.get(matrix_cells.key(cell.labels), {}), self._folder)

    def _install(self, clients: set[Client]) -> None:
        for client in sorted(clients, key=str):
            if client.command:
                self._executables[client] = None
                continue
            if not real_cli.installed(client.version, self._cache):
                self._say(f"installing {client}")
            try:
                self._executables[client] = real_cli.install(client.version, self._cache)
            except real_cli.CannotInstall as fault:
                self._executables[client] = " ".join(str(fault).splitlines()[:_NPM_LINES])
        faults = [fault for fault in self._executables.values() if isinstance(fault, str)]
        if faults and len(faults) == len(self._executables):
            raise CannotRun("\n".join(faults))

    def _row(self, cells: Sequence[Cell], leash: Path) -> None:
        for cell in cells:
            if self._stopped.is_set():
                return
            running = self._folder / _RUNNING / cell.name
            outcome = self._run(cell, running, leash)
            with self._ending:
                self._end(cell, outcome, running)

    def _run(self, cell: Cell, running: Path, leash: Path) -> Outcome:
        executable = self._executables[cell.client]
        if isinstance(executable, str):
            return Outcome("failed", executable)
        return Run(
            client=cell.client,
            scenario=cell.task.scenario,
            source=cell.task.source,
            executable=executable,
            labels=cell.labels,
            key=self._folder / KEY,
            leash=leash,
            stopped=self._stopped,
            deadline_s=self._deadline_s,
        ).into(running)

    def _end(self, cell: Cell, outcome: Outcome, running: Path) -> None:
        """Move a run's capture to its place, and write its entry to the result."""
        if outcome.status == "stopped":
            return
        ended = replace(cell, status=outcome.status, reason=outcome.reason)
        recorded, failed = self._folder / cell.capture, self._folder / _FAILED / cell.name
        for old in (recorded, failed):
            shutil.rmtree(old, ignore_errors=True)
        if running.is_dir() and outcome.status != "not-supported":
            target = recorded if outcome.status == "recorded" else failed
            target.parent.mkdir(mode=0o700, exist_ok=True)
            running.rename(target)
        self._entries[matrix_cells.key(cell.labels)] = ended.document()
        matrix_cells.write(self._folder, self._entries.values())
        self._done.append(ended)
        result = f"{outcome.status}{': ' * bool(outcome.reason)}{outcome.reason}"
        self._say(f"[{len(self._done)}/{self._total}] {cell.name}  {result}")

    def _ended(self, cell: Cell) -> Cell:
        entry = self._entries[matrix_cells.key(cell.labels)]
        return replace(cell, status=entry["status"], reason=entry.get("reason", ""))

    def _clear(self) -> None:
        """Remove what interrupted runs left behind."""
        shutil.rmtree(self._folder / _RUNNING, ignore_errors=True)
        with contextlib.suppress(OSError):  # not empty, or missing
            (self._folder / _FAILED).rmdir()


def tasks(names: Sequence[str]) -> list[Task]:
    """Load the scenarios with these names or paths. Raise BadScenario."""
    loaded = [Task(source, load_scenario(source)) for source in map(located, names)]
    for task in loaded:
        agent_answers.check(task.scenario, task.source, identity.words())
    return loaded


@contextmanager
def _leash(path: Path, stopped: threading.Event, say: Callable[[str], object]) -> Iterator[Path]:
    """Hold a FIFO open; on SIGINT, SIGTERM or SIGHUP (main thread only), close it and set `stopped`."""
    os.mkfifo(path, 0o600)
    descriptor = os.open(path, os.O_RDWR)

    def stop(*_: object) -> None:
        if not stopped.is_set():
            stopped.set()
            os.close(descriptor)  # the tasks read end of file and stop
            say("stopping: active runs are being terminated")

    previous_handlers: Mapping[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        previous_handlers = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield path
    finally:
        for number, handler in previous_handlers.items():
            signal.signal(number, handler)
        if not stopped.is_set():
            os.close(descriptor)
