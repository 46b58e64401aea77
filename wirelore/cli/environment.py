"""Environment variables for all options.

`WIRELORE_COMMAND_OPTION` sets an option of one command; `WIRELORE_OPTION` sets an option that all commands share. The
command line overrides the environment. Hyphens become underscores. A repeatable option takes one value per line, a
flag takes `1` or `0`; an empty variable counts as not set.
"""

from collections.abc import Iterator
from typing import NamedTuple

import click

PREFIX = "WIRELORE"
SHARED = ("--analyzers", "--captures", "--schemas", "--quiet", "--verbose")
"""Options that have the same variable in every command."""


class LinesParamType(click.types.StringParamType):
    """A text option whose environment variable holds one value per line, because a value may contain spaces."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """Return the lines that are not blank."""
        return [line for line in rv.splitlines() if line.strip()]


class Row(NamedTuple):
    """A variable, the option that it sets, and the commands that have the option."""

    variable: str
    option: str
    commands: tuple[str, ...]


def read_environment(commands: "dict[str, click.Command]") -> None:
    """Give every option of the commands its environment variable, and name the variable in the help."""
    for name, command in commands.items():
        for option in _options(command):
            option.envvar = _variable(name, option)
            option.show_envvar = True
            if option.multiple:
                option.type = LinesParamType()


def rows(group: click.Group) -> Iterator[Row]:
    """Yield a row for each variable of a group's commands, sorted by variable."""
    commands: dict[tuple[str, str], list[str]] = {}
    for name, command in group.commands.items():
        for option in _options(command):
            commands.setdefault((str(option.envvar), long_name(option)), []).append(name)
    for (variable, option_name), names in sorted(commands.items()):
        yield Row(variable, option_name, tuple(sorted(names)))


def page(group: click.Group) -> str:
    """Return the text of docs/environment.md: the naming scheme and the variables of all commands."""
    lines = [
        f"| `{row.variable}` | `{row.option}` | {'all' if row.option in SHARED else row.commands[0]} |"
        for row in rows(group)
    ]
    return _PAGE + "".join(f"{line}\n" for line in lines)


def long_name(option: click.Option) -> str:
    """Return the name of an option that starts with two hyphens."""
    return next(name for name in option.opts if name.startswith("--"))


def _options(command: click.Command) -> Iterator[click.Option]:
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not {"--help", "--version"} & set(parameter.opts):
            yield parameter


def _variable(command: str, option: click.Option) -> str:
    name = long_name(option)
    words = name[2:] if name in SHARED else f"{command}-{name[2:]}"
    return f"{PREFIX}_{words.upper().replace('-', '_')}"


_PAGE = """\
# Environment variables

`make docs` generates this page from the commands.

Every option can be set in the environment. `WIRELORE_COMMAND_OPTION` sets an option of one command; `WIRELORE_OPTION`
sets an option that all commands share. Hyphens become underscores: `wirelore analyze --fail-on warning` is
`WIRELORE_ANALYZE_FAIL_ON=warning`. The command line overrides the environment, and an empty variable counts as not
set.

- A flag takes `1` or `0` (also `true`, `yes`, `on` and their opposites).
- A repeatable option takes one value per line: `WIRELORE_VERIFY_CANARY=$'Ada Lovelace\nEngine'` in bash.
- An invalid value is an error that names the variable, with exit code 2.
- `wirelore COMMAND --help` names the variable of each option.

These variables are not options:

| variable | sets |
| --- | --- |
| `WIRELORE_CLI_CACHE` | the folder for installed versions of the CLI; default: `wirelore/cli` in the cache folder |
| `XDG_CACHE_HOME` | the cache folder; default: `~/.cache` |
| `XDG_DATA_HOME` | the folder that contains `wirelore/redaction.key`; default: `~/.local/share` |
| `_WIRELORE_COMPLETE` | shell completion; see [shell completion](ci.md#shell-completion) |

The addon `addons/record.py`, run by `mitmdump -s`, has its own options (`--set wirelore_capture=PATH`). It reads only
`WIRELORE_CAPTURES` of these variables.

| variable | option | command |
| --- | --- | --- |
"""
