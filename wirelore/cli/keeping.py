"""Commands on recordings themselves: bring in, look at, verify, redact, pass on."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirelore.cli.inputs import chosen_key, mend, named
from wirelore.cli.options import FILE, capture_name, captures_option, format_option, key_options, names_argument
from wirelore.cli.output import CouldNotRun, end, error, note
from wirelore.model.version import VERSION

if TYPE_CHECKING:
    pass

_SOURCES = click.Choice(["har", "vcr", "mitmproxy", "claude-trace", "sse", "json"])


@click.command(name="import")
@captures_option
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", required=True, metavar="NAME", callback=capture_name, help="Name of the new capture.")
@click.option("--format", "form", type=_SOURCES, help="Read every file as this format.")
@key_options
def import_(captures: Path, paths: tuple[Path, ...], into: str, form: str | None, key: Path | None, once: bool) -> None:
    """Import foreign recordings into a new capture, redacted.

    Prints what was imported and, for what was not, the file, the place and the reason. Exit code 2 if anything was not.

    Example: wirelore import session.har cassettes/ --into old-sessions
    """
    from wirelore.formats.importing import bring
    from wirelore.redaction.machine_names import machine_names
    from wirelore.redaction.redactor import Redactor

    chosen = chosen_key(key, once)
    account = bring(
        paths,
        captures / into,
        Redactor(chosen.secret, words=machine_names()),
        form=form,
        tool=_tool(),
        key_id=chosen.id,
        progress=note,
    )
    click.echo(str(account), nl=False)
    sys.exit(2 if account.problems else 0)


@click.command(name="list")
@captures_option
def list_(captures: Path) -> None:
    """List the captures with their exchanges, ends and clients.

    Prints one line a capture. Exit code 2 if one could not be read, or was not closed and cannot be repaired.

    Example: wirelore list --captures captures/samples
    """
    from wirelore.model.terminal import printable
    from wirelore.store.writer import below, listed

    problems = mend(below(captures))
    for capture in listed(captures, lambda fault: problems.append(str(fault))):
        found = capture.manifest
        done = found["completeness"]
        counts = (f"{done['recorded']} exchanges", f"{done['aborted']} aborted")
        told = (capture.folder.relative_to(captures), found["started"] or "-", *counts, ", ".join(found["clients"]))
        click.echo("\t".join(printable(str(one), line=True) or "-" for one in told))
    end(problems)


@click.command()
@captures_option
@click.argument("name", metavar="CAPTURE")
@click.argument("exchange", required=False)
def show(captures: Path, name: str, exchange: str | None) -> None:
    """Show the exchanges of a capture, or one EXCHANGE (its sequence number or id) with heads and bodies.

    Prints lines, or the head and bodies as recorded. Exit code 2 if it was not closed and cannot be repaired.

    Example: wirelore show messages 3
    """
    from wirelore.cli.exchange_text import lines, whole

    shown, problems = named(name, captures)
    for capture in shown:
        click.echo(whole(capture, exchange) if exchange else lines(capture), nl=False)
    end(problems)


@click.command()
@captures_option
@names_argument
@click.option("--key", type=FILE, help="File of the key that they were redacted with: it tells more.")
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="Text that must not be there; repeatable.")
@format_option("lines", "text", "json")
def verify(captures: Path, names: tuple[str, ...], key: Path | None, canaries: tuple[str, ...], form: str) -> None:
    """Check that captures are whole and that no secret is left in them.

    Prints a line for each place: `broken`, `residue`, `unexplained` (random-looking, no rule knows it) or `note`, never
    with the value; then the counts. Exit code 1 if something is broken or left, 2 if a capture could not be checked.

    Example: wirelore verify messages --captures captures/samples --canary "Ada Lovelace"
    """
    from wirelore.redaction.audit.verification import Verification
    from wirelore.redaction.keys import load
    from wirelore.store.integrity import folders

    try:
        verification = Verification(load(key) if key else None, canaries)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    chosen = [folder for name in names for folder in folders(name, captures)]
    problems = mend(chosen)
    for folder in chosen:
        for line in verification.lines(folder, json=form == "json"):
            click.echo(line)
    click.echo(verification.closing(json=form == "json"))
    end(problems, failed=verification.failed)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="File to write, or folder for several."
)
@key_options
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="Text that must not be left; repeatable.")
def redact(files: tuple[Path, ...], output: Path, key: Path | None, once: bool, canaries: tuple[str, ...]) -> None:
    """Redact foreign recordings in their own format: HAR, cassettes, mitmproxy flows, JSON, logs and other text.

    Prints what was replaced in each file, and a line for each place where something is left, never with the value.
    Exit code 1 if something is left, 2 if a file could not be redacted.

    Example: wirelore redact session.har -o session.redacted.har
    """
    from wirelore.redaction.foreign.rewriting import Refused, outputs
    from wirelore.redaction.foreign.rewriting import redact as rewrite
    from wirelore.redaction.machine_names import machine_names
    from wirelore.redaction.redactor import Redactor

    redactor, left, refused = Redactor(chosen_key(key, once).secret, words=machine_names()), 0, 0
    for path, place in outputs(files, output):
        try:
            account = rewrite(path, place, redactor, canaries=canaries)
        except (Refused, OSError) as fault:
            error(f"not redacted: {fault}")
            refused += 1
            continue
        for line in account.lines():
            click.echo(line)
        left += len(account.left)
    sys.exit(2 if refused else int(left > 0))


@click.command()
@captures_option
@click.argument("name", metavar="CAPTURE")
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the receipt."
)
@key_options
def receipt(captures: Path, name: str, output: Path, key: Path | None, once: bool) -> None:
    """Write a copy of CAPTURE without any content, fit for a public bug report.

    Names, sizes, flags, steps and times stay, all else is a hash under your key; `analyze` finds the same in it. Prints
    the number of exchanges. Exit code 2 if a part could not be read.

    Example: wirelore receipt my-session -o my-session.receipt
    """
    from wirelore.skeleton.skeleton_copy import write

    chosen = chosen_key(key, once)
    sources, problems = named(name, captures)
    for capture in sources:
        folder = output if len(sources) == 1 else output / capture.name
        count = write(capture, folder, chosen.secret, chosen.id)
        click.echo(f"{folder}: a receipt of {count} exchanges")
    end(problems)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> None:
    """Make a redaction key in FILE for a team to share, if there is none yet.

    Prints the key's id, which manifests name and which tells nothing about the key. Exit code 2 if FILE is no key.

    Example: wirelore key team.key
    """
    from wirelore.redaction.keys import id_of, load

    try:
        click.echo(id_of(load(file)))
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def _tool() -> dict[str, str]:
    return {"wirelore": VERSION}
