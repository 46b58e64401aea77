"""A client of the matrix: a version of the real CLI, or any command, and the command line that a step makes of it."""

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from wirelore.matrix.agent_scenario import Step

CLI = "claude"
"""The name of the client that is installed from npm."""
_NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
_PLACEHOLDERS = ("prompt", "arguments", "model", "session")


class NotSupported(Exception):
    """The client has no place for what the scenario asks."""


@dataclass(frozen=True)
class Client:
    """A column of the matrix."""

    name: str
    version: str = ""
    command: tuple[str, ...] = field(default=())
    """The words of a command with placeholders, files by their absolute path; empty for the CLI."""

    def __str__(self) -> str:
        """As it is written on the command line, without the command."""
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def folder(self) -> str:
        """The name of the folder of its captures."""
        return f"{self.name}-{self.version}" if self.version else self.name

    def line(self, step: Step, executable: Path | None, session: str) -> list[str]:
        """The command line of a step; `executable` is the CLI's. Raises NotSupported."""
        arguments = [argument.replace("{session}", session) for argument in step.arguments]
        if executable is not None:
            prompt = [] if step.terminal else ["-p", *([] if step.prompt is None else [step.prompt])]
            model = ["--model", step.model] if step.model else []
            return [str(executable), *prompt, *model, *arguments]
        return list(self._filled(step, arguments, session))

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the command names, its program first."""
        return tuple(path for path in map(Path, self.command) if path.is_absolute() and path.is_file())

    def _filled(self, step: Step, arguments: list[str], session: str) -> Iterator[str]:
        for what, given in (("a standard input", step.input), ("a terminal", step.terminal)):
            if given is not None:
                raise NotSupported(f"the scenario needs {what}, which a command has no placeholder for")
        needs = {"prompt": step.prompt, "arguments": arguments, "model": step.model}
        for name, needed in needs.items():
            if needed and not any(f"{{{name}}}" in word for word in self.command):
                raise NotSupported(f"the scenario needs {{{name}}}, which the command does not have")
        words = {"prompt": step.prompt or "", "model": step.model or "", "session": session}
        for word in self.command:
            if word == "{arguments}":
                yield from arguments
            else:
                yield re.sub(r"\{(prompt|model|session)\}", lambda found: words[found[1]], word)


def parsed(text: str) -> Client:
    """A client as written on the command line: `claude@VERSION`, or `NAME[@VERSION]=COMMAND`. Raises ValueError."""
    head, equals, command = text.partition("=")
    found = re.fullmatch(rf"({_NAME})(?:@({_NAME}))?", head)
    if found is None:
        raise ValueError(
            f"{text!r}: expected {CLI}@VERSION, or NAME[@VERSION]=COMMAND with letters, digits and ._+- in NAME"
        )
    if not equals:
        if found[1] != CLI or not found[2]:
            raise ValueError(f"{text!r}: expected {CLI}@VERSION, or a command: {head}='COMMAND {{prompt}}'")
        return Client(CLI, found[2])
    return Client(found[1], found[2] or "", _words(text, command))


def _words(text: str, command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as fault:
        raise ValueError(f"{text!r}: {fault}") from None
    if not words:
        raise ValueError(f"{text!r}: no command behind '='")
    unknown = set(re.findall(r"\{([a-z]+)\}", " ".join(words))) - set(_PLACEHOLDERS)
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in _PLACEHOLDERS)
        raise ValueError(f"{text!r}: {{{min(unknown)}}} is no placeholder; there are {known}")
    if (program := shutil.which(words[0])) is None:
        raise ValueError(f"{text!r}: {words[0]}: no such command; expected an executable file or one on PATH")
    given = (str(Path(word).absolute()) if "/" in word and Path(word).is_file() else word for word in words[1:])
    return (str(Path(program).absolute()), *given)
