"""Commands that compare versions of a client."""

from pathlib import Path
from typing import Any

import click

from wirelore.cli.inputs import captures_named, library_in
from wirelore.cli.options import (
    FILE,
    FORMATS,
    captures_option,
    format_option,
    names_argument,
    output_option,
    schemas_option,
)
from wirelore.cli.output import end, write_result
from wirelore.model.version import VERSION


@click.command()
@captures_option
@schemas_option
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--noise", multiple=True, metavar="A2", help="Repeated captures of A, to recognize noise; repeatable.")
@format_option("differences", *FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(["breaking", "additive", "any"]),
    default="breaking",
    show_default=True,
    help="Lowest class that gives exit code 1; `any` also includes cosmetic differences and stale --accept entries.",
)
@click.option("--accept", type=FILE, help="File of accepted differences, with reasons.")
@click.option(
    "--accept-new",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an entry for each difference to this new file; add the reasons, then pass it to --accept.",
)
@click.option("--content", is_flag=True, help="Show system prompts and tool texts instead of sizes and hashes.")
@output_option
def diff(captures: Path, schemas: Path | None, before: str, after: str, noise: tuple[str, ...], **options: Any) -> None:
    """Compare A with B: captures, or folders of schemas.

    A and B are two captures, two folders of captures, or two folders of schemas. Prints the differences, the most
    severe first, and how many were ignored as noise. Exit codes: 0, 1 if a difference that is not accepted is at or
    above --fail-on, 2 if a capture could not be read completely.

    Example: wirelore diff claude-2.0.56 claude-2.1.112 --format markdown -o changes.md
    """
    from wirelore.compare.accepted import read, separate_accepted, write_new
    from wirelore.compare.comparison import compare_sides, render

    library, entries = library_in(schemas), read(options["accept"]) if options["accept"] else ()
    names = (before, after)
    result = compare_sides(
        names, lambda side: captures_named(side, captures, library), noise=noise, content=options["content"]
    )
    changes = separate_accepted(result, entries)
    if options["accept_new"]:
        write_new(options["accept_new"], changes.counted)
    write_result(render(changes, options["form"], VERSION, options["fail_on"]), options["output"])
    end(result.problems, failed=changes.reaches(options["fail_on"]))


@click.command()
@captures_option
@schemas_option
@names_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("changelog"),
    show_default=True,
    help="Folder to write the pages to.",
)
@format_option("pages", "markdown", "json", "both", default="both")
def changelog(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path, form: str) -> None:
    """Write a changelog of the client versions in captures.

    Writes an overview, and a page for each pair of consecutive versions. Prints the files written. The same captures
    give the same bytes. Exit codes: 0, or 2 if a capture could not be read completely.

    Example: wirelore changelog captures/local/matrix -o changelog
    """
    from wirelore.pages.changelog import write

    library = library_in(schemas)
    pages = write(captures_named(names, captures, library), library, output, form)
    for file in pages.files:
        click.echo(file)
    end(pages.problems)
