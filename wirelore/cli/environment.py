"""Gives every option an environment variable, by one scheme.

`WIRELORE_COMMAND_OPTION` is the value of an option of one command, and `WIRELORE_OPTION` that of an option which all
commands share. What the command line says wins. Hyphens become underscores. An option that may be repeated takes one
value a line, a flag `1` or `0`; an empty variable counts as not set.
"""

from collections.abc import Iterator
from typing import NamedTuple

import click

PREFIX = "WIRELORE"
SHARED = ("--analyzers", "--captures", "--schemas", "--quiet", "--verbose")
"""Options that have the same variable in every command."""


class LinesParamType(click.types.StringParamType):
    """Text; an environment variable holds one value a line, since a value may have spaces."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """The lines that are not blank."""
        return [line for line in rv.splitlines() if line.strip()]


class Row(NamedTuple):
    """A variable, the option that it sets, and the commands that have the option."""

    variable: str
    option: str
    commands: tuple[str, ...]


def read_environment(commands: "dict[str, click.Command]") -> None:
    """Lets every option of these commands be set by its variable, and has the help name it."""
    for name, command in commands.items():
        for option in _options(command):
            option.envvar = _variable(name, option)
            option.show_envvar = True
            if option.multiple:
                option.type = LinesParamType()


def rows(group: click.Group) -> Iterator[Row]:
    """A row for each variable of a group's commands, in the order of their names."""
    commands: dict[tuple[str, str], list[str]] = {}
    for name, command in group.commands.items():
        for option in _options(command):
            commands.setdefault((str(option.envvar), long_name(option)), []).append(name)
    for (variable, option_name), names in sorted(commands.items()):
        yield Row(variable, option_name, tuple(sorted(names)))


def page(group: click.Group) -> str:
    """docs/environment.md: the scheme, and the variables of all commands."""
    lines = [
        f"| `{row.variable}` | `{row.option}` | {'all that have it' if row.option in SHARED else row.commands[0]} |"
        for row in rows(group)
    ]
    return _PAGE + "".join(f"{line}\n" for line in lines)


def long_name(option: click.Option) -> str:
    """An option's name with two hyphens."""
    return next(name for name in option.opts if name.startswith("--"))


def _options(command: click.Command) -> Iterator[click.Option]:
    for each in command.params:
        if isinstance(each, click.Option) and not {"--help", "--version"} & set(each.opts):
            yield each


def _variable(command: str, option: click.Option) -> str:
    name = long_name(option)
    words = name[2:] if name in SHARED else f"{command}-{name[2:]}"
    return f"{PREFIX}_{words.upper().replace('-', '_')}"


_PAGE = """\
# Environment variables

`make docs` writes this page from the commands.

Every option can be set in the environment. The variable of an option of one command is `WIRELORE_COMMAND_OPTION`;
options that all commands share are `WIRELORE_OPTION`. Hyphens become underscores: `wirelore analyze --fail-on warning`
is `WIRELORE_ANALYZE_FAIL_ON=warning`. The command line wins over the environment, and an empty variable counts as not
set.

- A flag is `1` or `0` (also `true`, `yes`, `on` and their opposites).
- An option that may be repeated takes one value a line: `WIRELORE_VERIFY_CANARY=$'Ada Lovelace\nEngine'` in bash.
- A value that the option refuses is an error that names the variable, with exit code 2.
- `wirelore COMMAND --help` names the variable of each option.

These variables are not options:

| variable | sets |
| --- | --- |
| `WIRELORE_CLI_CACHE` | the folder for versions of the CLI; `wirelore/cli` in the cache folder otherwise |
| `XDG_CACHE_HOME` | the cache folder; `~/.cache` otherwise |
| `XDG_DATA_HOME` | the folder in which `wirelore/redaction.key` lies; `~/.local/share` otherwise |
| `_WIRELORE_COMPLETE` | prints what a shell needs for completion; see the [README](../README.md#shell-completion) |

The addon that `mitmdump -s addons/record.py` runs has options of its own (`--set wirelore_capture=PATH`). Of these
variables it reads `WIRELORE_CAPTURES` alone.

| variable | option | command |
| --- | --- | --- |
"""
