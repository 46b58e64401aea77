"""Options and arguments that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from wirelore.cli.output import CouldNotRun, loudness

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORMATS = ("text", "json", "markdown", "sarif", "junit")


def captures_option(function: Any) -> Any:
    """Add `--captures`, the folder in which captures are looked up by name and created."""
    return click.option(
        "--captures",
        default=Path("captures/local"),
        show_default=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the captures.",
    )(function)


def schemas_option(function: Any) -> Any:
    """Add `--schemas`, a folder (None: the packaged schemas), and `--analyzers`, folders of additional analyzers."""
    function = click.option(
        "--analyzers",
        multiple=True,
        metavar="DIR",
        expose_value=False,
        is_eager=True,
        callback=_add_analyzers,
        help="Folder of your own analyzers and their schemas; repeatable.",
    )(function)
    return click.option(
        "--schemas",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of your own schemas. Default: the packaged ones.",
    )(function)


def _add_analyzers(_: click.Context, __: click.Parameter, folders: tuple[str, ...]) -> None:
    if folders:
        from wirelore.analysis.registry import BadAnalyzer, add_folder, registry

        try:
            for folder in folders:
                add_folder(Path(folder))
            registry()
        except BadAnalyzer as fault:
            raise CouldNotRun(str(fault)) from fault


def output_option(function: Any) -> Any:
    """Add `-o`, a file (None: stdout)."""
    return click.option(
        "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write to instead of stdout."
    )(function)


def format_option(content: str, *forms: str, default: str = "text") -> Callable[[Any], Any]:
    """Return a decorator that adds `--format`, one of the forms."""
    choice = click.Choice(forms)
    return click.option(
        "--format", "form", type=choice, default=default, show_default=True, help=f"Format of the {content}."
    )


def key_options(function: Any) -> Any:
    """Add `--key` and `--once`, see `wirelore.cli.inputs.chosen_key`."""
    once, key = _typed_wins_over("key"), _typed_wins_over("once")
    help_once = "Use a new redaction key and do not save it."
    function = click.option("--once", is_flag=True, callback=once, help=help_once)(function)
    return click.option("--key", type=FILE, callback=key, help="File of the redaction key. Default: your own key.")(
        function
    )


def _typed_wins_over(other: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a click callback that drops a value from the environment if `other` is on the command line."""

    def value_unless_overridden(context: click.Context, option: click.Parameter, value: Any) -> Any:
        sources = [context.get_parameter_source(name) for name in (str(option.name), other)]
        return None if sources == [ParameterSource.ENVIRONMENT, ParameterSource.COMMANDLINE] else value

    return value_unless_overridden


def loudness_options(function: Any) -> Any:
    """Add `--quiet` and `--verbose`, which are accepted before and after the command's name."""
    function = click.option("-q", "--quiet", **_loudness(-1), help="Print only errors to stderr.")(function)
    return click.option("-v", "--verbose", **_loudness(1), help="Print details to stderr.")(function)


def _loudness(step: int) -> dict[str, Any]:
    def add(context: click.Context, option: click.Parameter, chosen: bool) -> None:
        if chosen:
            source = context.get_parameter_source(str(option.name))
            loudness.add(step, from_environment=source is ParameterSource.ENVIRONMENT)

    return {"is_flag": True, "expose_value": False, "callback": add}


def names_argument(function: Any) -> Any:
    """Add `CAPTURE...`: one or more names or paths."""
    return click.argument("names", metavar="CAPTURE...", nargs=-1, required=True)(function)


def capture_name(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    """Return the name. Raise CouldNotRun if it is not valid for a capture."""
    from wirelore.recorder.recording import is_name

    if name is not None and not is_name(name):
        expected = "expected at most 200 bytes without / and .. (--captures sets the folder)"
        raise CouldNotRun(f"{name[:80] or repr(name)}: not a valid capture name; {expected}")
    return name


def host_patterns(_: click.Context, __: click.Parameter, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hosts. Raise CouldNotRun for a URL, or a name with a port."""
    from wirelore.recorder.hosts import is_pattern

    for host in hosts:
        if not is_pattern(host):
            raise CouldNotRun(
                f"--host {host!r}: expected a host such as api.example.com or *.example.com, "
                "without scheme, port or path"
            )
    return hosts
