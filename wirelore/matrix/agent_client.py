"""A client of the matrix, a version of the real CLI or any command, and its command line for a step."""

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from wirelore.matrix.agent_scenario import Step

CLI = "claude"
"""The name of the client that npm installs."""
_NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
_PLACEHOLDERS = ("prompt", "arguments", "model", "session")


class NotSupported(Exception):
    """The client does not support something that the scenario requires."""


@dataclass(frozen=True)
class Client:
    """A column of the matrix."""

    name: str
    version: str = ""
    command: tuple[str, ...] = field(default=())
    """The words of a command with placeholders, files as absolute paths; empty for the CLI."""

    def __str__(self) -> str:
        """`NAME@VERSION`, as on the command line, without the command."""
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def folder(self) -> str:
        """The name of the folder for the client's captures."""
        return f"{self.name}-{self.version}" if self.version else self.name

    def line(self, step: Step, executable: Path | None, session: str) -> list[str]:
        """Return the command line of a step; `executable` is the path of the CLI. Raises NotSupported."""
        arguments = [argument.replace("{session}", session) for argument in step.arguments]
        if executable is not None:
            prompt = [] if step.terminal else ["-p", *([] if step.prompt is None else [step.prompt])]
            model = ["--model", step.model] if step.model else []
            return [str(executable), *prompt, *model, *arguments]
        return list(self._filled(step, arguments, session))

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the command names, the program first."""
        return tuple(path for path in map(Path, self.command) if path.is_absolute() and path.is_file())

    def _filled(self, step: Step, arguments: list[str], session: str) -> Iterator[str]:
        for requirement, value in (("a standard input", step.input), ("a terminal", step.terminal)):
            if value is not None:
                raise NotSupported(f"the scenario needs {requirement}; a command has no placeholder for that")
        requirements = {"prompt": step.prompt, "arguments": arguments, "model": step.model}
        for name, required in requirements.items():
            if required and not any(f"{{{name}}}" in word for word in self.command):
                raise NotSupported(f"the scenario needs {{{name}}}, which is missing from the command")
        words = {"prompt": step.prompt or "", "model": step.model or "", "session": session}
        for word in self.command:
            if word == "{arguments}":
                yield from arguments
            else:
                yield re.sub(r"\{(prompt|model|session)\}", lambda match: words[match[1]], word)


def parsed(text: str) -> Client:
    """Parse a client: `claude@VERSION`, or `NAME[@VERSION]=COMMAND`. Raise ValueError."""
    head, equals, command = text.partition("=")
    match = re.fullmatch(rf"({_NAME})(?:@({_NAME}))?", head)
    if match is None:
        raise ValueError(
            f"{text!r}: expected {CLI}@VERSION, or NAME[@VERSION]=COMMAND with letters, digits and ._+- in NAME"
        )
    if not equals:
        if match[1] != CLI or not match[2]:
            raise ValueError(f"{text!r}: expected {CLI}@VERSION, or a command: {head}='COMMAND {{prompt}}'")
        return Client(CLI, match[2])
    return Client(match[1], match[2] or "", _words(text, command))


def _words(text: str, command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as fault:
        raise ValueError(f"{text!r}: {fault}") from None
    if not words:
        raise ValueError(f"{text!r}: command missing after '='")
    unknown = set(re.findall(r"\{([a-z]+)\}", " ".join(words))) - set(_PLACEHOLDERS)
    if unknown:
        expected = ", ".join(f"{{{name}}}" for name in _PLACEHOLDERS)
        raise ValueError(f"{text!r}: unknown placeholder {{{min(unknown)}}}; expected one of {expected}")
    if (program := shutil.which(words[0])) is None:
        raise ValueError(f"{text!r}: {words[0]}: no such command; expected an executable file or one on PATH")
    arguments = (str(Path(word).absolute()) if "/" in word and Path(word).is_file() else word for word in words[1:])
    return (str(Path(program).absolute()), *arguments)
