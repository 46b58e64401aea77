"""Scenarios for an agent: the steps of the client, the stand-in's answers, and what the capture must contain."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from wirelore.matrix.scenario import PACKAGED as _SCENARIOS
from wirelore.matrix.scenario import filled
from wirelore.model.wording import did_you_mean
from wirelore.replayer.faults import fault

PACKAGED = _SCENARIOS / "agent"
"""The folder of the packaged scenarios for agents."""
_LITTLE_TRAFFIC = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
_FEW_RETRIES = {"CLAUDE_CODE_MAX_RETRIES": "2"}

Credentials = Literal[
    "api-key", "oauth-environment", "oauth-file", "oauth-expiring", "oauth-expired", "oauth-expired-text"
]
"""The client's credentials: an API key or a token in its environment, or a credentials file whose token is valid,
expires soon, has expired, or has expired and gives its expiry as text."""


class BadScenario(ValueError):
    """A scenario is invalid; the message says where, what was found and what was expected."""


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of all parts of a scenario."""


class File(_Struct, frozen=True):
    """A file in the working folder; exactly one of the members is set."""

    json: Any = msgspec.UNSET
    text: str | None = None
    base64: str | None = None

    def content(self, words: Mapping[str, str]) -> bytes:
        """Return the file's bytes, with every `{{name}}` in a text replaced."""
        if self.base64 is not None:
            return base64.b64decode(self.base64)
        if self.text is not None:
            return str(filled(self.text, words)).encode()
        return json.dumps(filled(self.json, words), ensure_ascii=False).encode()


class Rule(_Struct, frozen=True):
    """Keys to type when the screen shows a text. A rule applies once."""

    shows: str
    """A regex for the output since the last keys, without control sequences and white space."""
    keys: tuple[str, ...]
    """The keys to type, with a pause after each."""


class Terminal(_Struct, frozen=True):
    """A session at a terminal."""

    send: tuple[Rule, ...]
    """The rules; the first that matches applies, because the order of menus differs between versions."""
    patience: float = 20.0
    """Seconds without a match after which the client is terminated."""
    rows: int = 40
    columns: int = 120


class Step(_Struct, frozen=True):
    """One start of the client."""

    prompt: str | None = None
    arguments: tuple[str, ...] = ()
    """Additional arguments; `{session}` in them is the run's session id."""
    model: str | None = None
    input: str | None = None
    """The text for the standard input, which is closed if this is None."""
    terminal: Terminal | None = None
    """If set, the client starts at a terminal, without a prompt."""
    exit: tuple[int, ...] = (0,)
    """The expected exit codes."""
    says: str | None = None
    """A regex that must match part of the standard output; `{session}` in it is the run's session id. At a terminal it
    must match part of the last output, without control sequences and white space."""


class Turn(_Struct, frozen=True):
    """The answer to requests of the conversation whose last user message matches."""

    asked: str
    """A regex for that message's JSON text."""
    answer: tuple[dict[str, Any], ...]
    """Content blocks."""
    stop_reason: str | None = None
    """None: the last block determines the stop reason."""


class Endpoint(_Struct, frozen=True):
    """The answer to all requests of an operation."""

    operation: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = msgspec.UNSET
    text: str | None = None
    claims: tuple[str, ...] = ()
    """The ids of the claims on which the form of the answer is based."""


class Expectation(_Struct, frozen=True):
    """Exchanges that the capture must contain."""

    operation: str | tuple[str, ...]
    """One operation, or several alternatives."""
    status: int | None = None
    tags: tuple[str, ...] = ()
    request: str | None = None
    """A regex that must match part of the request's text: header lines, an empty line, the decoded body."""
    at_least: int = 1
    at_most: int | None = None


class Scenario(_Struct, frozen=True):
    """A task for a client, with the answers that it gets and the exchanges that are expected."""

    about: str
    steps: tuple[Step, ...]
    credentials: Credentials = "api-key"
    account: bool = False
    """True if the client's settings name an account, as after a login."""
    environment: dict[str, str] = {}
    settings: dict[str, Any] = {}
    """Additional members of the client's settings."""
    telemetry: bool = False
    files: dict[str, File] = {}
    turns: tuple[Turn, ...] = ()
    answers: tuple[Endpoint, ...] = ()
    faults: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    """Regexes: if a run fails and its output matches one, the client does not support the scenario."""
    expect: tuple[Expectation, ...] = ()

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of the scenario, without those for credentials."""
        return {**_FEW_RETRIES, **({} if self.telemetry else _LITTLE_TRAFFIC), **self.environment}


def packaged() -> list[str]:
    """Return the names of the packaged scenarios, sorted."""
    return sorted(path.stem for path in PACKAGED.glob("*.json"))


def located(name: str) -> Path:
    """Return the file of a packaged scenario, or of a path. Raises BadScenario, whose message lists the names."""
    path = Path(name) if "/" in name or name.endswith(".json") else PACKAGED / f"{name}.json"
    if path.is_file():
        return path
    advice = did_you_mean(name, packaged()) or f"expected one of {', '.join(packaged())}; "
    raise BadScenario(f"{name}: unknown scenario; {advice}a scenario of your own is a path to a JSON file")


def load(path: Path) -> Scenario:
    """Read a scenario from a file. Raises BadScenario."""
    try:
        scenario = msgspec.json.decode(path.read_bytes(), type=Scenario)
    except (OSError, msgspec.DecodeError) as fault:
        raise BadScenario(f"{path}: {fault}") from None
    for place, problem in _problems(scenario):
        raise BadScenario(f"{path}: {problem} - at `{place}`")
    return scenario


def _problems(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the place and description of each problem that the types do not catch."""
    if not scenario.steps:
        yield "$.steps", "Expected at least one step"
    for place, pattern in _patterns(scenario):
        try:
            re.compile(pattern)
        except re.error as error:
            yield place, f"{pattern!r} is not a valid regex ({error})"
    for number, text in enumerate(scenario.faults):
        try:
            fault(text)
        except ValueError as error:
            yield f"$.faults[{number}]", str(error)
    for name, file in scenario.files.items():
        is_set = [file.json is not msgspec.UNSET, file.text is not None, file.base64 is not None]
        if sum(is_set) != 1:
            yield f"$.files.{name}", "Expected one of `json`, `text`, `base64`"
            continue
        try:
            file.content({"python": "", "scenarios": ""})
        except ValueError as error:
            yield f"$.files.{name}", str(error)
        if Path(name).is_absolute() or ".." in Path(name).parts:
            yield f"$.files.{name}", "Expected a path inside the working folder"
    for number, step in enumerate(scenario.steps):
        if step.terminal is not None and (step.prompt is not None or step.input is not None):
            yield (
                f"$.steps[{number}]",
                "Expected neither `prompt` nor `input` beside `terminal`; type them with a rule of `terminal.send`",
            )


def _patterns(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for number, step in enumerate(scenario.steps):
        if step.says is not None:
            yield f"$.steps[{number}].says", step.says
        for index, rule in enumerate(step.terminal.send if step.terminal else ()):
            yield f"$.steps[{number}].terminal.send[{index}].shows", rule.shows
    for number, turn in enumerate(scenario.turns):
        yield f"$.turns[{number}].asked", turn.asked
    for number, pattern in enumerate(scenario.unsupported):
        yield f"$.unsupported[{number}]", pattern
    for number, expectation in enumerate(scenario.expect):
        if expectation.request is not None:
            yield f"$.expect[{number}].request", expectation.request
