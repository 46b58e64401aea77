"""One run: a client does what a scenario says, recorded, against a stand-in; and whether that went as it should."""

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
"""Characters of what a client said that are kept in a reason."""

Status = Literal["recorded", "not-supported", "failed", "stopped"]


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    status: Status
    reason: str = ""


@dataclass(frozen=True)
class Run:
    """What is to be run, and with what."""

    client: Client
    scenario: Scenario
    source: Path
    """The scenario's file."""
    executable: Path | None
    """The CLI's, None for a command."""
    labels: Mapping[str, str]
    key: Path
    """The file of the redaction key."""
    leash: Path
    """A FIFO that is open as long as the run may go on."""
    stopped: threading.Event
    deadline_s: float = 120.0

    def into(self, capture_folder: Path) -> Outcome:
        """Records into the folder and says how it went. A capture may be there however it went."""
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
        task = self._set(stage)
        answers = AgentAnswers(self.scenario, identity.words())
        with ReplayServer(answers, pace="none", faults=[fault(text) for text in self.scenario.faults]) as standin:
            recording = record(
                [sys.executable, "-P", "-m", "wirelore.matrix.agent_task", str(task)],
                capture_folder=capture_folder,
                hosts=["*"],  # what it says to hosts that nobody knows is of interest, too, and reaches none of them
                route=standin.address,
                env=self._environment(stage),
                cwd=stage.work,
                key=self.key,
                pass_fds=[stage.descriptor],  # it needs the folder as long as it lives, whoever is killed
                options={"wirelore_labels": json.dumps(dict(self.labels))},
            )
        return _Judged(self.scenario, stage.folder, recording).outcome(self.deadline_s)

    def _set(self, stage: WorkingFolder) -> Path:
        """Puts everything in its place; returns the file of the task. Raises NotSupported."""
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
        """The steps as agent_task has them."""
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
        found = real_cli.environment(stage.home, more)
        folders = dict.fromkeys(str(Path(word).parent) for word in self.client.command[:1])
        return {**found, "PATH": os.pathsep.join([found["PATH"], *folders])}


@dataclass(frozen=True)
class _Judged:
    """A run that is over."""

    scenario: Scenario
    folder: Path
    """Where the task's files are."""
    recording: Recording

    def outcome(self, deadline_s: float) -> Outcome:
        try:
            account = json.loads((self.folder / agent_task.OUTCOME).read_bytes())
        except (OSError, ValueError):
            return Outcome("failed", f"the client could not be run; {_short(self.recording.problem)}")
        if account["ended"] == limits.LEASH:
            return Outcome("stopped")
        if problem := self._problem(account, deadline_s):
            if reason := self._not_supported():
                return Outcome("not-supported", reason)
            return Outcome("failed", problem)
        if not self.recording.complete:
            return Outcome("failed", f"the capture is incomplete: {_short(self.recording.problem)}")
        unmet = list(expectations.unmet(self.scenario, Capture(self.recording.folder)))
        return Outcome("failed", "; ".join(unmet)) if unmet else Outcome("recorded")

    def _problem(self, account: Mapping[str, Any], deadline_s: float) -> str:
        """What went wrong with the client; empty if nothing did."""
        codes = account["codes"]
        if account["ended"] == limits.DEADLINE:
            return f"step {len(codes) + 1}: ended at the deadline of {deadline_s:g} s{self._last_words(len(codes) + 1)}"
        if account["ended"] != limits.ITSELF:
            return f"step {len(codes) + 1}: {account['ended']}"
        for number, (step, code) in enumerate(zip(self.scenario.steps, codes, strict=False), 1):
            if code not in step.exit:
                expected = " or ".join(map(str, step.exit))
                return f"step {number}: exit code {code}, expected {expected}{self._last_words(number)}"
            says = step.says and step.says.replace("{session}", identity.SESSION)
            if says and not re.search(says, self._said(number, "said")):
                return f"step {number}: standard output does not match {step.says!r}{self._last_words(number)}"
        return ""

    def _not_supported(self) -> str:
        said = [self._said(number, kind) for number in self._numbers() for kind in ("said", "noted")]
        for line in "\n".join(said).splitlines():
            if any(re.search(pattern, line) for pattern in self.scenario.unsupported):
                return _short(line)
        return ""

    def _numbers(self) -> range:
        return range(1, len(self.scenario.steps) + 1)

    def _said(self, number: int, kind: str) -> str:
        path = self.folder / f"{number}.{kind}"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _last_words(self, number: int) -> str:
        words = self._said(number, "noted").strip() or self._said(number, "said").strip()
        return f"; it said: {_short(words)}" if words else "; it said nothing"


def _short(text: str) -> str:
    """The last of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _REASON else f"...{line[-_REASON:]}"
