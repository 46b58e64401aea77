"""Commands that import, list, show, verify and redact recordings."""

import sys
from pathlib import Path

import click

from wirelore.cli.inputs import chosen_key, recorded_captures, repair
from wirelore.cli.options import FILE, capture_name, captures_option, format_option, key_options, names_argument
from wirelore.cli.output import CouldNotRun, end, error, note
from wirelore.model.version import VERSION
from wirelore.model.wording import quantity

_SOURCES = click.Choice(["har", "vcr", "mitmproxy", "claude-trace", "sse", "json"])


@click.command(name="import")
@captures_option
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", required=True, metavar="NAME", callback=capture_name, help="Name of the new capture.")
@click.option("--format", "form", type=_SOURCES, help="Read every file in this format.")
@key_options
def import_(captures: Path, paths: tuple[Path, ...], into: str, form: str | None, key: Path | None, once: bool) -> None:
    """Import recordings of other tools into a new capture, redacted.

    Prints the number of exchanges imported, and a line with file, place and reason for each part that was not. Exit
    codes: 0, or 2 if anything could not be imported.

    Example: wirelore import session.har cassettes/ --into old-sessions
    """
    from wirelore.formats.importing import import_recordings
    from wirelore.redaction.machine_names import machine_names
    from wirelore.redaction.redactor import Redactor

    chosen = chosen_key(key, once)
    account = import_recordings(
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
    """List the captures.

    Prints one line per capture, separated by tabs: name, start, recorded exchanges, aborted exchanges, clients. Exit
    codes: 0, or 2 if a capture could not be read or repaired.

    Example: wirelore list --captures captures/samples
    """
    from wirelore.model.terminal import printable
    from wirelore.store.writer import capture_folders, captures_in

    if not captures.is_dir():
        raise CouldNotRun(
            f"{captures}: no such folder; `wirelore record` creates captures, --captures names another folder"
        )
    folders = list(capture_folders(captures))
    problems = repair(folders)
    if not folders:
        note(f"{captures} contains no capture; `wirelore record` creates captures")
    for capture in captures_in(captures, lambda fault: problems.append(str(fault))):
        manifest = capture.manifest
        completeness = manifest["completeness"]
        counts = (quantity(completeness["recorded"], "exchange"), f"{completeness['aborted']} aborted")
        clients = ", ".join(manifest["clients"])
        columns = (capture.folder.relative_to(captures), manifest["started"] or "-", *counts, clients)
        click.echo("\t".join(printable(str(column), line=True) or "-" for column in columns))
    end(problems)


@click.command()
@captures_option
@click.argument("name", metavar="CAPTURE")
@click.argument("exchange", required=False)
def show(captures: Path, name: str, exchange: str | None) -> None:
    """Show the exchanges of CAPTURE, or one EXCHANGE in full.

    Prints one line per exchange, or the headers and bodies of the EXCHANGE with this sequence number or id. Exit codes:
    0, or 2 if the capture could not be read or repaired.

    Example: wirelore show messages 3
    """
    from wirelore.cli.exchange_text import full_text, lines

    chosen, problems = recorded_captures(name, captures)
    for capture in chosen:
        click.echo(full_text(capture, exchange) if exchange else lines(capture), nl=False)
    end(problems)


@click.command()
@captures_option
@names_argument
@click.option("--key", type=FILE, help="Key file that the captures were redacted with, for further checks.")
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="Text that must not occur; repeatable.")
@format_option("lines", "text", "json")
def verify(captures: Path, names: tuple[str, ...], key: Path | None, canaries: tuple[str, ...], form: str) -> None:
    """Check that captures are intact and contain no secret.

    Prints a line for each problem: `broken`, `residue` (a secret), `unexplained` (looks random, but no rule matches
    it) or `note`, without the value itself; then the counts. Exit codes: 0, 1 if a capture is broken or contains a
    secret, 2 if a capture could not be checked.

    Example: wirelore verify messages --captures captures/samples --canary "Ada Lovelace"
    """
    from wirelore.redaction.audit.verification import Verification
    from wirelore.redaction.keys import load
    from wirelore.store.integrity import matching_folders

    try:
        verification = Verification(load(key) if key else None, canaries)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    chosen = [folder for name in names for folder in matching_folders(name, captures)]
    problems = repair(chosen)
    for folder in chosen:
        for line in verification.lines(folder, json=form == "json"):
            click.echo(line)
    click.echo(verification.closing(json=form == "json"))
    end(problems, failed=verification.failed)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="File to write, or a folder if there are several FILEs.",
)
@key_options
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="Text that must not remain; repeatable.")
def redact(files: tuple[Path, ...], output: Path, key: Path | None, once: bool, canaries: tuple[str, ...]) -> None:
    """Redact recordings of other tools in their own format.

    FILE is a HAR file, a VCR cassette, mitmproxy flows, JSON, a log or other text. Prints the number of replacements in
    each file, and a line for each place where a secret remains, never the value itself. Exit codes: 0, 1 if a secret
    remains, 2 if a file could not be redacted.

    Example: wirelore redact session.har -o session.redacted.har
    """
    from wirelore.redaction.foreign.rewriting import Refused, outputs
    from wirelore.redaction.foreign.rewriting import redact as rewrite
    from wirelore.redaction.machine_names import machine_names
    from wirelore.redaction.redactor import Redactor

    redactor, remaining, refused = Redactor(chosen_key(key, once).secret, words=machine_names()), 0, 0
    for path, place in outputs(files, output):
        try:
            account = rewrite(path, place, redactor, canaries=canaries)
        except (Refused, OSError) as fault:
            error(f"not redacted: {fault}")
            refused += 1
            continue
        for line in account.lines():
            click.echo(line)
        remaining += len(account.left)
    sys.exit(2 if refused else int(remaining > 0))


@click.command()
@captures_option
@click.argument("name", metavar="CAPTURE")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the copy to.",
)
@key_options
def receipt(captures: Path, name: str, output: Path, key: Path | None, once: bool) -> None:
    """Write a copy of CAPTURE without its content.

    The copy can be attached to a public bug report. Keeps names, sizes, flags, steps and times, and replaces everything
    else with keyed hashes; `analyze` gives the same findings. Prints the number of exchanges. Exit codes: 0,
    or 2 if the capture could not be read completely.

    Example: wirelore receipt my-session -o my-session.receipt
    """
    from wirelore.skeleton.skeleton_copy import write

    chosen = chosen_key(key, once)
    sources, problems = recorded_captures(name, captures)
    for capture in sources:
        folder = output if len(sources) == 1 else output / capture.name
        count = write(capture, folder, chosen.secret, chosen.id)
        click.echo(f"{folder}: receipt of {quantity(count, 'exchange')}")
    end(problems)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> None:
    """Create a redaction key for a team to share.

    Leaves FILE unchanged if it exists. Prints the key's id, which appears in captures; it does not reveal the key. Exit
    codes: 0, or 2 if FILE exists and is not a key.

    Example: wirelore key team.key
    """
    from wirelore.redaction.keys import id_of, load

    try:
        click.echo(id_of(load(file)))
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def _tool() -> dict[str, str]:
    return {"wirelore": VERSION}
