"""Options and arguments that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from wirelore.cli.output import CouldNotRun, loudness

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORMATS = ("text", "json", "markdown", "sarif", "junit")


def captures_option(function: Any) -> Any:
    """`--captures`: where names of captures are looked for, and new ones go."""
    return click.option(
        "--captures",
        default=Path("captures/local"),
        show_default=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder where captures live.",
    )(function)


def schemas_option(function: Any) -> Any:
    """`--schemas`: a folder of schemas, None for the packaged ones; `--analyzers`: folders of analyzers to add."""
    function = click.option(
        "--analyzers",
        multiple=True,
        metavar="DIR",
        expose_value=False,
        is_eager=True,
        callback=_add_analyzers,
        help="Folder of analyzers of your own, their schemas beside them; repeatable.",
    )(function)
    return click.option(
        "--schemas",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of your own schemas; the packaged ones otherwise.",
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
    """`-o`: a file, None for stdout."""
    return click.option(
        "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write to instead of stdout."
    )(function)


def format_option(what: str, *forms: str, default: str = "text") -> Callable[[Any], Any]:
    """`--format`: in which of the forms something is written."""
    choice = click.Choice(forms)
    return click.option(
        "--format", "form", type=choice, default=default, show_default=True, help=f"Form of the {what}."
    )


def key_options(function: Any) -> Any:
    """`--key` and `--once`, see `wirelore.cli.inputs.chosen_key`."""
    once, key = _typed_wins_over("key"), _typed_wins_over("once")
    help_once = "Use a new redaction key that is kept nowhere."
    function = click.option("--once", is_flag=True, callback=once, help=help_once)(function)
    return click.option("--key", type=FILE, callback=key, help="File of the redaction key; your own otherwise.")(
        function
    )


def _typed_wins_over(other: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback: an option from the environment counts as not given if the other one was typed, which excludes it."""

    def value(context: click.Context, option: click.Parameter, given: Any) -> Any:
        sources = [context.get_parameter_source(name) for name in (str(option.name), other)]
        return None if sources == [ParameterSource.ENVIRONMENT, ParameterSource.COMMANDLINE] else given

    return value


def loudness_options(function: Any) -> Any:
    """`--quiet` and `--verbose`, which may stand before the command's name and after it."""
    function = click.option("-q", "--quiet", **_loudness(-1), help="Print nothing but errors to stderr.")(function)
    return click.option("-v", "--verbose", **_loudness(1), help="Print more remarks to stderr.")(function)


def _loudness(step: int) -> dict[str, Any]:
    def add(context: click.Context, option: click.Parameter, chosen: bool) -> None:
        if chosen:
            source = context.get_parameter_source(str(option.name))
            loudness.add(step, from_environment=source is ParameterSource.ENVIRONMENT)

    return {"is_flag": True, "expose_value": False, "callback": add}


def names_argument(function: Any) -> Any:
    """`CAPTURE...`: names or paths, one at least."""
    return click.argument("names", metavar="CAPTURE...", nargs=-1, required=True)(function)


def capture_name(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    """The name as given, if a capture may be called so."""
    from wirelore.recorder.recording import is_name

    if name is not None and not is_name(name):
        expected = "give one without / and .., and the folder with --captures"
        raise CouldNotRun(f"{name or repr(name)}: not a name for a capture; {expected}")
    return name
