"""Commands that hold captures against the schemas, and widen these."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from wirelore.cli.inputs import captures_named, library_in
from wirelore.cli.options import FORMATS, captures_option, format_option, names_argument, output_option, schemas_option
from wirelore.cli.output import CouldNotRun, end, note, put
from wirelore.model.version import VERSION

if TYPE_CHECKING:
    from wirelore.schema.library import Library

_LEVELS = click.Choice(["note", "warning", "error"])


def _known_analyzers(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as given, if there are analyzers of these names."""
    if names:
        from wirelore.analysis.registry import registry

        if unknown := next((name for name in names if name not in registry()), None):
            near = get_close_matches(unknown, registry(), 1, 0)
            raise click.BadParameter(
                f"no analyzer is called {unknown!r}; the nearest name is {near[0]!r}; there are {', '.join(registry())}"
            )
    return names


@click.command()
@captures_option
@schemas_option
@names_argument
@format_option("findings", *FORMATS)
@click.option(
    "--fail-on", type=_LEVELS, default="error", show_default=True, help="Lowest severity that gives exit code 1."
)
@output_option
def analyze(
    captures: Path, schemas: Path | None, names: tuple[str, ...], form: str, fail_on: str, output: Path | None
) -> None:
    """Check captures against the schemas and print where they depart.

    Prints the findings, each kind once with its count. Exit code 1 if one is at or above --fail-on, 2 if a part could
    not be read.

    Example: wirelore analyze captures/samples --format sarif -o findings.sarif
    """
    from wirelore.analysis.outcome import outcome, written

    library = library_in(schemas)
    result = outcome(captures_named(names, captures, library), library)
    put(written(result, library, form, VERSION, fail_on), output)
    end(result.problems, failed=result.reaches(fail_on))


@click.command()
@schemas_option
@click.argument("rule")
def explain(schemas: Path | None, rule: str) -> None:
    """Explain a RULE of findings or of differences: what it means, why it matters, what it says.

    Prints the explanation. Exit code 2 if there is no such rule.

    Example: wirelore explain event-sequence/impossible-step
    """
    from wirelore.analysis.analyzer_reference import rule_text
    from wirelore.analysis.registry import registry
    from wirelore.compare.change_rules import change_rules
    from wirelore.compare.change_rules import rule_text as change_text

    if rule in change_rules():
        click.echo(change_text(change_rules()[rule]), nl=False)
        return
    analyzer, _, name = rule.partition("/")
    known = library_in(schemas).rules(analyzer) if analyzer in registry() else {}
    if name not in known:
        choices = ", ".join(f"{analyzer}/{each}" for each in known) or ", ".join(registry())
        choices += "; `wirelore diff` prints the rules of differences"
        raise CouldNotRun(f"{rule}: no such rule; there are {choices}")
    click.echo(rule_text(known[name], registry()[analyzer].doc), nl=False)


@click.command()
@captures_option
@schemas_option
@names_argument
@click.option(
    "--only-host", "hosts", multiple=True, metavar="HOST", help="Learn only from exchanges with this host; repeatable."
)
@click.option(
    "--only",
    multiple=True,
    metavar="ANALYZER",
    callback=_known_analyzers,
    help="Learn only what this analyzer observes; repeatable.",
)
@click.option(
    "--include-stand-in",
    "stand_in",
    is_flag=True,
    help="Learn the answers of a stand-in too, and routes that only a stand-in answered.",
)
@click.option(
    "--explain",
    metavar="POINTER",
    help="Learn nothing; print which exchanges make a place of a schema what it is. ANALYZER#/json/pointer with * for "
    "elements and members, or what a finding prints.",
)
@click.option("--operation", metavar="OPERATION", help="With --explain: only exchanges of this operation.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Processes that share the work; they make no difference to the result.",
)
def learn(
    captures: Path,
    schemas: Path | None,
    names: tuple[str, ...],
    hosts: tuple[str, ...],
    only: tuple[str, ...],
    stand_in: bool,
    explain: str | None,
    operation: str | None,
    jobs: int,
) -> None:
    """Widen the schemas so that the captures pass; never narrow them.

    What a stand-in answered is skipped, as it shows nothing of the service; stderr says how much that is. Works on
    --schemas DIR (a copy of the packaged schemas is made there first), or on ./schemas of a checkout. Prints what
    changed, a line each; learning the same again changes nothing. With --explain nothing is written. Exit code 2 if a
    part could not be read, or if nothing is there to explain.

    Example: wirelore learn my-session --schemas my-schemas
    """
    from wirelore.analysis.learn import learn as widen
    from wirelore.schema.library import writable

    if explain or operation:
        _explain_place(
            names, captures, library_in(schemas), explain, operation=operation or "", hosts=hosts, stand_in=stand_in
        )
    folder = writable(schemas)
    problems: list[str] = []
    remarks: list[str] = []
    chosen = captures_named(names, captures, library_in(folder))
    changes = widen(
        chosen, folder, hosts=hosts, only=only, stand_in=stand_in, problems=problems, remarks=remarks, jobs=jobs
    )
    for change in changes:
        click.echo(change)
    for remark in remarks:
        note(remark)
    note(f"{len(changes)} changes in {folder}")
    end(problems)


def _explain_place(
    names: Iterable[str], captures: Path, library: "Library", place: str | None, **restriction: Any
) -> NoReturn:
    """Prints what made a place of a schema what it is, and ends the command."""
    from wirelore.analysis.explain import explain

    if place is None:
        raise click.UsageError("--operation restricts --explain, which is not given")
    problems: list[str] = []
    click.echo(
        explain(captures_named(names, captures, library), library, place, **restriction, problems=problems), nl=False
    )
    end(problems)
