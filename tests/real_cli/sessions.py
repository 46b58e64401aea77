"""Sessions: what the CLI is asked to do, and a run of it through `wirelore record` against the stand-in."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.real_cli import answers, invented
from wirelore.matrix import real_cli
from wirelore.matrix.agent_scenario import PACKAGED as SCENARIOS
from wirelore.model.exchange import Exchange
from wirelore.redaction import keys
from wirelore.replayer.connection import ReceivedRequest
from wirelore.replayer.server import ReplayServer

VERSIONS = {"2.0.56": "claude-opus-4-1-20250805", "2.1.329": "claude-opus-5-5"}
"""The versions of the CLI, each with the model of its conversations."""
_PATIENCE_S = 120
_QUIET = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


@dataclass(frozen=True)
class Session:
    """A task for the CLI, with the stand-in's answers."""

    prompt: str
    turns: tuple[Mapping[str, Any], ...] = (answers.text(answers.REPLY),)
    arguments: tuple[str, ...] = ()
    oauth: bool = False
    """True: a credentials file of a subscription with an expired token, instead of an API key."""
    telemetry: bool = False
    overloaded: int = 0
    """The number of responses 529 before the first answer."""
    files: Mapping[str, Any] = field(default_factory=dict)
    """JSON files in the working folder."""


SESSIONS = {
    "plain": Session("Say hello."),
    "oauth": Session("Say hello.", oauth=True),
    "bash": Session(
        "Run a command.",
        (answers.tool_use("Bash", command="echo from-bash-$((6*7))", description="Says"), answers.text(answers.REPLY)),
        ("--allowedTools", "Bash"),
    ),
    "mcp": Session(
        "Turn a text around.",
        (answers.tool_use("mcp__mirror__reverse", text="olleh"), answers.text(answers.REPLY)),
        ("--mcp-config", "mcp.json", "--strict-mcp-config", "--allowedTools", "mcp__mirror__reverse"),
        files={
            "mcp.json": {"mcpServers": {"mirror": {"command": sys.executable, "args": [str(SCENARIOS / "mirror.py")]}}}
        },
    ),
    "overloaded": Session("Say hello.", overloaded=1),
    "telemetry": Session("Say hello.", telemetry=True),
}
"""The sessions by name."""


@dataclass(frozen=True)
class Run:
    """A completed session."""

    code: int
    said: str
    """The CLI's standard output."""
    noted: str
    """The standard error of the CLI and the recorder."""
    seen: tuple[ReceivedRequest, ...]
    """The requests that the stand-in received."""
    captures: Path
    capture: Path
    key: bytes
    """The key of the pseudonyms."""
    environment: Mapping[str, str]

    def wirelore(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run another command in the session's environment."""
        return _wirelore(arguments, self.environment, self.captures)


def run(session: Session, version: str, cache: Path, folder: Path, *, telemetry: bool | None = None) -> Run:
    """Run a version of the CLI in a new folder. Raise wirelore.matrix.real_cli.CannotInstall."""
    claude, model = real_cli.install(version, cache), VERSIONS[version]
    home = folder / "home" / invented.HOME
    credentials = invented.oauth(expires_in_s=-3600) if session.oauth else None
    real_cli.furnish(home, user_id=invented.USER_ID, oauth=credentials)
    work = home / "work"
    work.mkdir()
    for name, content in session.files.items():
        (work / name).write_text(json.dumps(content), encoding="utf-8")
    loud = session.telemetry if telemetry is None else telemetry
    more = {"CLAUDE_CODE_MAX_RETRIES": "2", **({} if loud else _QUIET)}
    if not session.oauth:
        more["ANTHROPIC_API_KEY"] = str(invented.API_KEY)
    environment = real_cli.environment(home, more)
    captures, key = folder / "captures", folder / "key"
    keys.load(key)
    command = [str(claude), "-p", session.prompt, "--session-id", invented.SESSION, "--model", model]
    with ReplayServer(_answers(session, model), pace="none") as standin:
        recording = [
            "--captures",
            str(captures),
            "--name",
            "session",
            "--key",
            str(key),
            "--route",
            standin.address,
        ]
        done = _wirelore(["record", *recording, "--", *command, *session.arguments], environment, work)
        seen = tuple(standin.seen)
    return Run(
        done.returncode, done.stdout, done.stderr, seen, captures, captures / "session", keys.load(key), environment
    )


def _answers(session: Session, model: str) -> Iterator[Exchange]:
    yield from answers.turns(model, session.turns, session.overloaded)
    yield from answers.account()


def _wirelore(
    arguments: Iterable[str], environment: Mapping[str, str], folder: Path
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "wirelore", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=dict(environment),
        cwd=folder,
        timeout=_PATIENCE_S,
        check=False,
    )
