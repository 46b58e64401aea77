"""Commands that write down what captures show: pages, the OpenAPI document, the ledger of claims."""

from importlib import import_module
from pathlib import Path

import click

from wirelore.cli.inputs import captures_named, library_in
from wirelore.cli.options import captures_option, format_option, names_argument, output_option, schemas_option
from wirelore.cli.output import end, put


@click.command()
@captures_option
@schemas_option
@names_argument
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the pages."
)
def report(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path) -> None:
    """Write the markdown report of captures, with the findings and the OpenAPI document.

    Prints the files written, then how many exchanges the document describes, and how much of it they touched.
    The same captures give the same bytes. Exit code 2 if a part could not be read.

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
    """Generate the OpenAPI document of captures: what was observed, and what is only claimed, marked as such.

    Prints YAML. The same captures give the same bytes. Exit code 2 if a part could not be read.

    Example: wirelore openapi captures/samples -o openapi.yaml
    """
    from wirelore.pages.bundle import openapi_text

    library = library_in(schemas)
    text, problems = openapi_text(captures_named(names, captures, library), library, version)
    put(text, output)
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
    help="Verdict on a claim that gives exit code 1; mixed includes contradicted.",
)
@output_option
def claims(
    captures: Path, schemas: Path | None, names: tuple[str, ...], form: str, fail_on: str, output: Path | None
) -> None:
    """Weigh the claims about the protocol by captures: which hold, which do not, which nothing shows yet.

    Prints a verdict on each claim with its evidence, how complete that is, and the recordings that would decide most;
    without CAPTURE what there is to decide. Exit code 1 if a claim fails --fail-on, 2 if a part could not be read.

    Example: wirelore claims captures/samples --format markdown -o claims.md
    """
    from wirelore.claims.ledger import ledger

    library = library_in(schemas)
    weighed = ledger(captures_named(names, captures, library), library)
    put(import_module(f"wirelore.claims.ledger_{form}").write(weighed), output)
    end(weighed.problems, failed=weighed.fails(fail_on))
