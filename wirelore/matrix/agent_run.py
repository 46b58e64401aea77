"""One run: a client performs a scenario against a stand-in, is recorded, and the result is checked."""

import json
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from wirelore.matrix import agent_task, expectations, identity, limits, real_cli
from wirelore.matrix.agent_answers import AgentAnswers
from wirelore.matrix.agent_client import Client, NotSupported
from wirelore.matrix.agent_scenario import Scenario
from wirelore.matrix.working_folder import WorkingFolder
from wirelore.model.packaged import SEARCH_PATH
from wirelore.recorder.proxy import ProxyError
from wirelore.recorder.recording import Recording, record
from wirelore.replayer.faults import fault
from wirelore.replayer.server import ReplayServer
from wirelore.store.writer import Capture

_REASON = 400
"""The number of characters of a client's output that a reason quotes."""

Status = Literal["recorded", "not-supported", "failed", "stopped"]


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    status: Status
    reason: str = ""


@dataclass(frozen=True)
class Run:
    """A client and a scenario to run, with the settings of the run."""

    client: Client
    scenario: Scenario
    source: Path
    """The scenario's file."""
    executable: Path | None
    """The executable of the CLI; None if the client is a command."""
    labels: Mapping[str, str]
    key: Path
    """The file of the redaction key."""
    leash: Path
    """A FIFO; the run stops when its writer closes it."""
    stopped: threading.Event
    deadline_s: float = 120.0

    def into(self, capture_folder: Path) -> Outcome:
        """Record into the folder and return the outcome. The folder may contain a capture whatever the outcome."""
        try:
            with WorkingFolder(self.source.stem, self.stopped) as stage:
                return self._on(stage, capture_folder)
        except NotSupported as reason:
            return Outcome("not-supported", str(reason))
        except InterruptedError:
            return Outcome("stopped")
        except (ProxyError, OSError) as reason:
            return Outcome("failed", _short(str(reason)))

    def _on(self, stage: WorkingFolder, capture_folder: Path) -> Outcome:
        task = self._prepare(stage)
        answers = AgentAnswers(self.scenario, identity.words())
        with ReplayServer(answers, pace="none", faults=[fault(text) for text in self.scenario.faults]) as standin:
            recording = record(
                [sys.executable, "-P", "-m", "wirelore.matrix.agent_task", str(task)],
                capture_folder=capture_folder,
                hosts=["*"],  # record requests to unknown hosts too; `route` keeps them on loopback
                route=standin.address,
                env=self._environment(stage),
                cwd=stage.work,
                key=self.key,
                pass_fds=[stage.descriptor],  # keeps the folder locked while the child runs, even if this process dies
                options={"wirelore_labels": json.dumps(dict(self.labels))},
            )
        return _FinishedRun(self.scenario, stage.folder, recording).outcome(self.deadline_s)

    def _prepare(self, stage: WorkingFolder) -> Path:
        """Write the settings, the scenario's files and the task; return the task's path. Raise NotSupported."""
        steps = list(self._steps())
        person = {**identity.settings(account=self.scenario.account), **self.scenario.settings}
        credentials = identity.subscription(self.scenario.credentials)
        real_cli.furnish(stage.home, user_id=identity.USER_ID, oauth=credentials, settings=person)
        stage.work.mkdir()
        words = {"python": sys.executable, "scenarios": str(self.source.absolute().parent)}
        for name, file in self.scenario.files.items():
            path = stage.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content(words))
        place = {"work": str(stage.work), "leash": str(self.leash), "deadline_s": self.deadline_s}
        task = stage.folder / "task.json"
        task.write_text(json.dumps({**place, "steps": steps}), encoding="utf-8")
        return task

    def _steps(self) -> Iterator[dict[str, Any]]:
        """Yield the steps in the form that `agent_task` reads."""
        session = identity.SESSION
        for step in self.scenario.steps:
            yield {
                "command": self.client.line(step, self.executable, session),
                "input": step.input and step.input.replace("{session}", session),
                "terminal": step.terminal and msgspec.to_builtins(step.terminal),
                "exit": step.exit,
            }

    def _environment(self, stage: WorkingFolder) -> dict[str, str]:
        credentials = identity.variables(self.scenario.credentials)
        more = {**credentials, **self.scenario.variables, "PYTHONPATH": str(SEARCH_PATH)}
        variables = real_cli.environment(stage.home, more)
        folders = dict.fromkeys(str(Path(word).parent) for word in self.client.command[:1])
        return {**variables, "PATH": os.pathsep.join([variables["PATH"], *folders])}


@dataclass(frozen=True)
class _FinishedRun:
    """A run that has ended; it checks the result."""

    scenario: Scenario
    folder: Path
    """The folder of the task's files."""
    recording: Recording

    def outcome(self, deadline_s: float) -> Outcome:
        try:
            account = json.loads((self.folder / agent_task.OUTCOME).read_bytes())
        except (OSError, ValueError):
            return Outcome("failed", f"the client did not run: {_short(self.recording.problem)}")
        if account["ended"] == limits.LEASH:
            return Outcome("stopped")
        if problem := self._problem(account, deadline_s):
            if reason := self._not_supported():
                return Outcome("not-supported", reason)
            return Outcome("failed", problem)
        if not self.recording.complete:
            return Outcome("failed", f"incomplete capture: {_short(self.recording.problem)}")
        unmet = list(expectations.unmet(self.scenario, Capture(self.recording.folder)))
        return Outcome("failed", "; ".join(unmet)) if unmet else Outcome("recorded")

    def _problem(self, account: Mapping[str, Any], deadline_s: float) -> str:
        """Return the client's failure, or an empty text."""
        codes = account["codes"]
        if account["ended"] == limits.DEADLINE:
            number = len(codes) + 1
            return f"step {number}: stopped at the deadline of {deadline_s:g} s{self._last_output(number)}"
        if account["ended"] != limits.ITSELF:
            return f"step {len(codes) + 1}: {account['ended']}"
        for number, (step, code) in enumerate(zip(self.scenario.steps, codes, strict=False), 1):
            if code not in step.exit:
                expected = " or ".join(map(str, step.exit))
                return f"step {number}: exit code {code}, expected {expected}{self._last_output(number)}"
            pattern = step.says and step.says.replace("{session}", identity.SESSION)
            if pattern and not re.search(pattern, self._output(number, "stdout")):
                return f"step {number}: standard output does not match {step.says!r}{self._last_output(number)}"
        return ""

    def _not_supported(self) -> str:
        outputs = [self._output(number, stream) for number in self._numbers() for stream in ("stdout", "stderr")]
        for line in "\n".join(outputs).splitlines():
            if any(re.search(pattern, line) for pattern in self.scenario.unsupported):
                return _short(line)
        return ""

    def _numbers(self) -> range:
        return range(1, len(self.scenario.steps) + 1)

    def _output(self, number: int, stream: str) -> str:
        path = self.folder / f"{number}.{stream}"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _last_output(self, number: int) -> str:
        text = self._output(number, "stderr").strip() or self._output(number, "stdout").strip()
        return f"; output: {_short(text)}" if text else "; no output"


def _short(text: str) -> str:
    """Return the end of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _REASON else f"...{line[-_REASON:]}"
