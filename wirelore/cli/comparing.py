"""Commands that tell what one version says otherwise than another."""

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
from wirelore.cli.output import end, put
from wirelore.model.version import VERSION


@click.command()
@captures_option
@schemas_option
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--noise", multiple=True, metavar="A2", help="Captures of A once more, to learn noise from; repeatable.")
@format_option("differences", *FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(["breaking", "additive", "any"]),
    default="breaking",
    show_default=True,
    help="Lowest class that gives exit code 1; `any` is every difference that is not accepted, and stale entries.",
)
@click.option("--accept", type=FILE, help="File of accepted differences with their reasons.")
@click.option(
    "--accept-new",
    type=click.Path(dir_okay=False, path_type=Path),
    help="New file for an entry of each difference; fill in the reasons, then give it to --accept.",
)
@click.option("--content", is_flag=True, help="Show system prompts and tool texts; sizes and hashes otherwise.")
@output_option
def diff(captures: Path, schemas: Path | None, before: str, after: str, noise: tuple[str, ...], **options: Any) -> None:
    """Compare A with B: captures, folders of captures, or folders of schemas.

    Prints the differences, the gravest first, and what was set aside as noise. Exit code 1 if one is at or above
    --fail-on and not accepted, 2 if a part could not be read.

    Example: wirelore diff claude-2.0.56 claude-2.1.112 --format markdown -o changes.md
    """
    from wirelore.compare.accepted import apart, keep, read
    from wirelore.compare.comparison import compared, written

    library, entries = library_in(schemas), read(options["accept"]) if options["accept"] else ()
    names = (before, after)
    result = compared(
        names, lambda each: captures_named(each, captures, library), noise=noise, content=options["content"]
    )
    changes = apart(result, entries)
    if options["accept_new"]:
        keep(options["accept_new"], changes.counted)
    put(written(changes, options["form"], VERSION, options["fail_on"]), options["output"])
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
    help="Folder for the pages.",
)
@format_option("pages", "markdown", "json", "both", default="both")
def changelog(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path, form: str) -> None:
    """Write what changed from version to version of the clients in captures.

    Prints the files written: an overview, and a page for each version and the next. The same captures give the same
    bytes. Exit code 2 if a part could not be read.

    Example: wirelore changelog captures/local/matrix -o changelog
    """
    from wirelore.pages.changelog import write

    library = library_in(schemas)
    written = write(captures_named(names, captures, library), library, output, form)
    for file in written.files:
        click.echo(file)
    end(written.problems)
