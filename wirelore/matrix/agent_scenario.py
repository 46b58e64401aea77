"""Scenarios for an agent: what a client is asked to do, what it is answered, what must be in the capture, as data."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from wirelore.matrix.scenario import PACKAGED as _SCENARIOS
from wirelore.matrix.scenario import filled
from wirelore.replayer.faults import fault

PACKAGED = _SCENARIOS / "agent"
"""The folder of the packaged scenarios for agents."""
_QUIET = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
_PATIENT = {"CLAUDE_CODE_MAX_RETRIES": "2"}

Credentials = Literal[
    "api-key", "oauth-environment", "oauth-file", "oauth-expiring", "oauth-expired", "oauth-expired-text"
]
"""What the client is given: a key or a token in its environment, or a file with a token that is good, will soon expire,
has expired, or has expired at a time that is told as a text."""


class BadScenario(ValueError):
    """A scenario cannot be used; the message says where, what was found, and what was expected."""


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all parts of a scenario have in common."""


class File(_Struct, frozen=True):
    """A file of the work folder; one of the three is given."""

    json: Any = msgspec.UNSET
    text: str | None = None
    base64: str | None = None

    def content(self, words: Mapping[str, str]) -> bytes:
        """The bytes, with every `{{name}}` of a text replaced."""
        if self.base64 is not None:
            return base64.b64decode(self.base64)
        if self.text is not None:
            return str(filled(self.text, words)).encode()
        return json.dumps(filled(self.json, words), ensure_ascii=False).encode()


class Rule(_Struct, frozen=True):
    """What is typed when the screen shows something; a rule acts once."""

    shows: str
    """A regex over what was written since the last keys, without control sequences and white space."""
    keys: tuple[str, ...]
    """What is typed, with a pause after each."""


class Terminal(_Struct, frozen=True):
    """A session at a terminal."""

    send: tuple[Rule, ...]
    """Whichever rule matches acts, in any order, as menus differ from version to version."""
    patience: float = 20.0
    """Seconds without an act after which the client is ended, if it does not end by itself."""
    rows: int = 40
    columns: int = 120


class Step(_Struct, frozen=True):
    """One start of the client."""

    prompt: str | None = None
    arguments: tuple[str, ...] = ()
    """Further arguments; `{session}` in them stands for the run's session id."""
    model: str | None = None
    input: str | None = None
    """What is on the standard input, which is closed otherwise."""
    terminal: Terminal | None = None
    """Given: the client is started without a prompt, at a terminal."""
    exit: tuple[int, ...] = (0,)
    """The exit codes that are right."""
    says: str | None = None
    """A regex that must match in the standard output, `{session}` in it stands for the run's session id. Of a terminal:
    in the last that was written, without control sequences and white space."""


class Turn(_Struct, frozen=True):
    """An answer to those requests of the conversation whose last message of the user matches."""

    asked: str
    """A regex over that message's JSON text."""
    answer: tuple[dict[str, Any], ...]
    """Content blocks."""
    stop_reason: str | None = None
    """What the last block makes it otherwise."""


class Endpoint(_Struct, frozen=True):
    """An answer to all requests of an operation."""

    operation: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = msgspec.UNSET
    text: str | None = None
    claims: tuple[str, ...] = ()
    """Where the form is from."""


class Expectation(_Struct, frozen=True):
    """Exchanges that must be in the capture."""

    operation: str | tuple[str, ...]
    """One, or any of several."""
    status: int | None = None
    tags: tuple[str, ...] = ()
    request: str | None = None
    """A regex that must match in the text of the request: header lines, an empty line, the decoded body."""
    at_least: int = 1
    at_most: int | None = None


class Scenario(_Struct, frozen=True):
    """What a client is asked to do."""

    about: str
    steps: tuple[Step, ...]
    credentials: Credentials = "api-key"
    account: bool = False
    """Whether the client's settings name an account, as a login leaves them."""
    environment: dict[str, str] = {}
    settings: dict[str, Any] = {}
    """Further members of the client's settings."""
    telemetry: bool = False
    files: dict[str, File] = {}
    turns: tuple[Turn, ...] = ()
    answers: tuple[Endpoint, ...] = ()
    faults: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    """Regexes: a run that ended badly and said one of these is of a client that does not support the scenario."""
    expect: tuple[Expectation, ...] = ()

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that are added to a clean system's, credentials apart."""
        return {**_PATIENT, **({} if self.telemetry else _QUIET), **self.environment}


def packaged() -> list[str]:
    """The names of the packaged scenarios, sorted."""
    return sorted(path.stem for path in PACKAGED.glob("*.json"))


def located(name: str) -> Path:
    """The file of a scenario that is named, or given as a file. Raises BadScenario with the names there are."""
    path = Path(name) if "/" in name or name.endswith(".json") else PACKAGED / f"{name}.json"
    if path.is_file():
        return path
    raise BadScenario(f"{name}: no such scenario; there are {', '.join(packaged())}, or give a JSON file")


def load(path: Path) -> Scenario:
    """The scenario of a file. Raises BadScenario."""
    try:
        scenario = msgspec.json.decode(path.read_bytes(), type=Scenario)
    except (OSError, msgspec.DecodeError) as fault:
        raise BadScenario(f"{path}: {fault}") from None
    for place, problem in _problems(scenario):
        raise BadScenario(f"{path}: {problem} - at `{place}`")
    return scenario


def _problems(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What the types cannot tell: place and problem."""
    if not scenario.steps:
        yield "$.steps", "Expected at least one step"
    for place, pattern in _patterns(scenario):
        try:
            re.compile(pattern)
        except re.error as error:
            yield place, f"{pattern!r} is no regex ({error})"
    for number, text in enumerate(scenario.faults):
        try:
            fault(text)
        except ValueError as error:
            yield f"$.faults[{number}]", str(error)
    for name, file in scenario.files.items():
        given = [file.json is not msgspec.UNSET, file.text is not None, file.base64 is not None]
        if sum(given) != 1:
            yield f"$.files.{name}", "Expected one of `json`, `text`, `base64`"
            continue
        try:
            file.content({"python": "", "scenarios": ""})
        except ValueError as error:
            yield f"$.files.{name}", str(error)
        if Path(name).is_absolute() or ".." in Path(name).parts:
            yield f"$.files.{name}", "Expected a name below the work folder"
    for number, step in enumerate(scenario.steps):
        if step.terminal is not None and (step.prompt is not None or step.input is not None):
            yield (
                f"$.steps[{number}]",
                "Expected no `prompt` and no `input` with a `terminal`: what is typed goes there",
            )


def _patterns(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for number, step in enumerate(scenario.steps):
        if step.says is not None:
            yield f"$.steps[{number}].says", step.says
        for place, rule in enumerate(step.terminal.send if step.terminal else ()):
            yield f"$.steps[{number}].terminal.send[{place}].shows", rule.shows
    for number, turn in enumerate(scenario.turns):
        yield f"$.turns[{number}].asked", turn.asked
    for number, pattern in enumerate(scenario.unsupported):
        yield f"$.unsupported[{number}]", pattern
    for number, wanted in enumerate(scenario.expect):
        if wanted.request is not None:
            yield f"$.expect[{number}].request", wanted.request
