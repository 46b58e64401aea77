"""Commands that write reports: pages, the OpenAPI document, the ledger of claims."""

from importlib import import_module
from pathlib import Path

import click

from wirelore.cli.inputs import captures_named, library_in
from wirelore.cli.options import captures_option, format_option, names_argument, output_option, schemas_option
from wirelore.cli.output import end, write_result


@click.command()
@captures_option
@schemas_option
@names_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the report to.",
)
def report(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path) -> None:
    """Write a Markdown report of captures.

    The report includes the findings and the OpenAPI document. Prints the files written, how many exchanges the document
    describes, and how much of it the exchanges cover. The same captures give the same bytes. Exit codes: 0, or 2 if a
    capture could not be read completely.

    Example: wirelore report captures/samples -o reports/samples
    """
    from wirelore.pages.bundle import write
    from wirelore.spec.coverage import lines

    library = library_in(schemas)
    written = write(captures_named(names, captures, library), library, output)
    for line in (*written.files, *lines(written.coverage)):
        click.echo(line)
    end(written.problems)


@click.command()
@captures_option
@schemas_option
@names_argument
@output_option
@click.option(
    "--openapi", "version", type=click.Choice(["3.1", "3.2"]), default="3.1", show_default=True, help="OpenAPI version."
)
def openapi(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path | None, version: str) -> None:
    """Generate the OpenAPI document of captures.

    Prints YAML that marks what was observed and what is only claimed. The same captures give the same bytes. Exit
    codes: 0, or 2 if a capture could not be read completely.

    Example: wirelore openapi captures/samples -o openapi.yaml
    """
    from wirelore.pages.bundle import openapi_text

    library = library_in(schemas)
    text, problems = openapi_text(captures_named(names, captures, library), library, version)
    write_result(text, output)
    end(problems)


@click.command()
@captures_option
@schemas_option
@click.argument("names", metavar="CAPTURE...", nargs=-1)
@format_option("ledger", "text", "json", "markdown")
@click.option(
    "--fail-on",
    type=click.Choice(["none", "contradicted", "mixed"]),
    default="none",
    show_default=True,
    help="Verdict that gives exit code 1; `mixed` includes `contradicted`.",
)
@output_option
def claims(
    captures: Path, schemas: Path | None, names: tuple[str, ...], form: str, fail_on: str, output: Path | None
) -> None:
    """Check claims about the protocol against captures.

    Prints the verdict on each claim with its evidence, how complete the evidence is, and the recordings that would
    decide the most open claims; without CAPTURE, all claims are open. Exit codes: 0, 1 if a verdict is at or above
    --fail-on, 2 if a capture could not be read completely.

    Example: wirelore claims captures/samples --format markdown -o claims.md
    """
    from wirelore.claims.ledger import ledger

    library = library_in(schemas)
    weighed = ledger(captures_named(names, captures, library), library)
    write_result(import_module(f"wirelore.claims.ledger_{form}").write(weighed), output)
    end(weighed.problems, failed=weighed.fails(fail_on))
