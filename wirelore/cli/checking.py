"""Commands that check captures against the schemas, explain rules, and learn schemas from captures."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from wirelore.cli.inputs import captures_named, library_in
from wirelore.cli.options import FORMATS, captures_option, format_option, names_argument, output_option, schemas_option
from wirelore.cli.output import CouldNotRun, end, note, write_result
from wirelore.model.version import VERSION
from wirelore.model.wording import did_you_mean, quantity

if TYPE_CHECKING:
    from wirelore.schema.library import Library

_LEVELS = click.Choice(["note", "warning", "error"])


def _known_analyzers(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names. Raise BadParameter at the first that does not name an analyzer."""
    if names:
        from wirelore.analysis.registry import registry

        if unknown := next((name for name in names if name not in registry()), None):
            advice = did_you_mean(unknown, registry())
            raise click.BadParameter(f"unknown analyzer {unknown!r}; {advice}expected one of {', '.join(registry())}")
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
    """Check captures against the schemas.

    Prints each distinct finding once, with its number of occurrences. Exit codes: 0, 1 if a finding is at or
    above --fail-on, 2 if a capture could not be read completely.

    Example: wirelore analyze captures/samples --format sarif -o findings.sarif
    """
    from wirelore.analysis.outcome import outcome, render

    library = library_in(schemas)
    result = outcome(captures_named(names, captures, library), library)
    write_result(render(result, library, form, VERSION, fail_on), output)
    end(result.problems, failed=result.reaches(fail_on))


@click.command()
@schemas_option
@click.argument("rule")
def explain(schemas: Path | None, rule: str) -> None:
    """Explain a RULE that `analyze` or `diff` printed.

    Prints the rule's meaning, why it matters, and its message. Exit codes: 0, or 2 if the rule is unknown.

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
    rules = library_in(schemas).rules(analyzer) if analyzer in registry() else {}
    if name not in rules:
        library = library_in(schemas)
        every_rule = [f"{each}/{rule_name}" for each in registry() for rule_name in library.rules(each)]
        choices = [f"{analyzer}/{rule_name}" for rule_name in rules] or [f"{each}/RULE" for each in registry()]
        advice = did_you_mean(rule, [*every_rule, *change_rules()]) or f"expected one of {', '.join(choices)}; "
        raise CouldNotRun(f"{rule}: unknown rule; {advice}`wirelore analyze` and `wirelore diff` print the rules")
    click.echo(rule_text(rules[name], registry()[analyzer].doc), nl=False)


@click.command()
@captures_option
@schemas_option
@names_argument
@click.option(
    "--only-host", "hosts", multiple=True, metavar="HOST", help="Learn only from exchanges with HOST; repeatable."
)
@click.option(
    "--only",
    multiple=True,
    metavar="ANALYZER",
    callback=_known_analyzers,
    help="Widen only the schema of ANALYZER; repeatable.",
)
@click.option(
    "--include-stand-in",
    "stand_in",
    is_flag=True,
    help="Learn also from responses of a stand-in, and routes that only a stand-in answered.",
)
@click.option(
    "--explain",
    metavar="POINTER",
    help="Change nothing; print the exchanges from which a part of a schema was learned. POINTER is "
    "ANALYZER#/json/pointer with `*` for any element or member, or the place that a finding prints.",
)
@click.option("--operation", metavar="OPERATION", help="With --explain: only exchanges of OPERATION.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of processes; the result does not depend on it.",
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
    """Widen the schemas until the captures pass; never narrow them.

    Changes the schemas in --schemas DIR, which starts as a copy of the packaged schemas, or in ./schemas of a checkout.
    Skips responses of a stand-in, because they say nothing about the service; stderr says how many. Prints one line
    for each change; a second run changes nothing. Exit codes: 0, or 2 if a capture could not be read completely or if
    --explain matches nothing.

    Example: wirelore learn my-session --schemas my-schemas
    """
    from wirelore.analysis.learn import learn as widen
    from wirelore.schema.library import writable_folder

    if explain or operation:
        _explain_place(
            names, captures, library_in(schemas), explain, operation=operation or "", hosts=hosts, stand_in=stand_in
        )
    folder = writable_folder(schemas)
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
    note(f"{quantity(len(changes), 'change')} in {folder}")
    end(problems)


def _explain_place(
    names: Iterable[str], captures: Path, library: "Library", place: str | None, **restriction: Any
) -> NoReturn:
    """Print the exchanges from which a part of a schema was learned, and end the command."""
    from wirelore.analysis.explain import explain

    if place is None:
        raise click.UsageError("--operation: --explain is missing; give both")
    problems: list[str] = []
    click.echo(
        explain(captures_named(names, captures, library), library, place, **restriction, problems=problems), nl=False
    )
    end(problems)
