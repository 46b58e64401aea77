"""The front door: the `wirelore` command. Parses, calls, prints; everything else is in the packages.

Importing is quick: what is heavy (mitmproxy, pandas, jsonschema) is imported by the command that needs it.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import click

from captures import VERSION

if TYPE_CHECKING:
    from captures.importers import Draft, Problem
    from captures.keys import Key
    from captures.standin_conversation import Seen
    from captures.store import Capture
    from clients.agent_client import Client
    from clients.certificates import Authority
    from clients.matrix_cells import Task
    from schemas.library import Library

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FORMATS = click.Choice(["text", "json", "markdown", "sarif", "junit"])
_LEVELS = click.Choice(["note", "warning", "error"])
_SOURCES = click.Choice(["har", "vcr", "mitmproxy", "claude-trace", "sse", "json"])


class CouldNotRun(click.ClickException):
    """Usage or input that does not allow to run: exit code 2, where click's own class has 1."""

    exit_code = 2


class _Group(click.Group):
    """Turns the packages' own errors into one line on stderr, and Ctrl-C into 130: click's own 1 means findings."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            _note("stopped")
            sys.exit(130)
        except Exception as fault:
            if isinstance(fault, _expected_faults()):
                from captures.terminal import printable

                raise CouldNotRun(printable(str(fault))) from fault
            raise


def _expected_faults() -> tuple[type[Exception], ...]:
    from analyzers._places import NoPlace
    from captures.store import Unreadable
    from clients.matrix import CannotRun
    from clients.proxy import ProxyError
    from reports.accepted import BadAcceptFile
    from reports.comparison import NotComparable
    from schemas.claims import ClaimsError
    from schemas.library import BadSchema

    return (Unreadable, BadSchema, ClaimsError, NoPlace, ProxyError, CannotRun, OSError, BadAcceptFile, NotComparable)


def _captures_option(function: Any) -> Any:
    return click.option(
        "--captures",
        envvar="WIRELORE_CAPTURES",
        default=Path("captures/local"),
        show_default=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder where captures live.",
    )(function)


def _schemas_option(function: Any) -> Any:
    return click.option(
        "--schemas",
        envvar="WIRELORE_SCHEMAS",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of your own schemas; the packaged ones otherwise.",
    )(function)


def _output_option(function: Any) -> Any:
    return click.option(
        "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write to instead of stdout."
    )(function)


def _key_options(function: Any) -> Any:
    function = click.option("--once", is_flag=True, help="Use a new redaction key that is kept nowhere.")(function)
    return click.option("--key", type=_FILE, help="File of the redaction key; your own otherwise.")(function)


def _chosen_key(key: Path | None, once: bool) -> "Key":
    """The redaction key that was asked for."""
    from captures.keys import chosen

    if key and once:
        raise click.UsageError("--key and --once: a key is either kept in a file or kept nowhere; give one of both")
    try:
        return chosen(key, once=once)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def _capture_name(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    """The name as given, if a capture may be called so."""
    from clients.recording import is_name

    if name is not None and not is_name(name):
        expected = "give one without / and .., and the folder with --captures"
        raise CouldNotRun(f"{name or repr(name)}: not a name for a capture; {expected}")
    return name


def _known_analyzers(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as given, if there are analyzers of these names."""
    if names:
        from analyzers._contract import registry

        if unknown := [name for name in names if name not in registry()]:
            raise click.BadParameter(f"{unknown[0]!r} is no analyzer; there are {', '.join(registry())}")
    return names


def _names_argument(function: Any) -> Any:
    return click.argument("names", metavar="CAPTURE...", nargs=-1, required=True)(function)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="wirelore")
def main() -> None:
    """Record what the Claude CLI says on the wire, check it against what is known, write down what is true.

    \b
    record / import  ->  captures/   exchanges, redacted, lossless otherwise
    matrix           ->  captures/   versions of a client through scenarios, before a stand-in
    analyze          ->  findings    where a capture departs from schemas/
    diff, changelog  ->  changes     what one version says otherwise than another
    claims           ->  verdicts    which statements about the protocol hold
    learn            ->  schemas/    accept what is new
    report, openapi  ->  reports/    markdown and OpenAPI, with the evidence

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 could not run.
    """


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@_captures_option
@click.option("--name", callback=_capture_name, help="Name of the capture; the time of its start otherwise.")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Decrypt and record this host too; repeatable.")
@click.option("--route", metavar="HOST:PORT", help="Send every recorded host to this loopback stand-in instead.")
@click.option("--upstream-ca", type=_FILE, help="CA file that vouches for the stand-in.")
@_key_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def record(captures: Path, name: str | None, command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND and record what it says on the wire into a capture.

    Prints progress and a summary to stderr; COMMAND keeps stdin, stdout and its exit code. Exit code 2 if COMMAND
    succeeded but the capture is incomplete.

    Example: wirelore record -- claude -p hello
    """
    from clients.recording import check_start
    from clients.recording import record as run
    from clients.summary import summary

    folder = captures / (name or f"{datetime.now(UTC):%Y%m%d_%H%M%S}")
    check_start(command, folder)
    _chosen_key(options["key"], options["once"])
    _note(f"recording into {folder}")
    outcome = run(command, capture_folder=folder, progress=_noted, **options)
    with suppress(OSError):  # the terminal may be gone (SIGHUP): the exit code is the command's all the same
        _note(summary(outcome))
    sys.exit(outcome.code)


@main.command()
@_captures_option
@click.option(
    "--client",
    "clients",
    multiple=True,
    required=True,
    metavar="CLIENT",
    help="claude@VERSION, or NAME[@VERSION]=COMMAND with {prompt}, {arguments}, {model}, {session}; repeatable.",
)
@click.option("--scenario", "scenarios", multiple=True, metavar="NAME|FILE", help="All otherwise; repeatable.")
@click.option("--repeat", type=click.IntRange(1), default=2, show_default=True, help="Runs of each scenario.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Folder; else `matrix` in --captures.")
@click.option("--jobs", type=click.IntRange(1), help="Runs at a time; as many as there are cores otherwise.")
def matrix(
    captures: Path,
    clients: tuple[str, ...],
    scenarios: tuple[str, ...],
    repeat: int,
    into: Path | None,
    jobs: int | None,
) -> None:
    """Run versions of a client through scenarios, recorded, against a stand-in on loopback: no account, no key.

    Versions of the CLI are installed from npm. Prints a table; each run is a capture, and runs that are done are not
    repeated. Exit code 0 if all were recorded or are not supported by the client, 1 if one failed, 2 if none could run.

    Example: wirelore matrix --client claude@2.0.56 --client claude@2.1.112 --scenario plain
    """
    from clients.matrix import Matrix
    from clients.matrix_table import table

    chosen, tasks = _matrix_columns(clients), _matrix_rows(scenarios)
    with Matrix(into or captures / "matrix", jobs=jobs, say=_note) as runs:
        cells = runs.run(chosen, tasks, repeat)
    click.echo(table(cells), nl=False)
    sys.exit(int(any(cell.status == "failed" for cell in cells)))


@main.command(name="import")
@_captures_option
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", required=True, metavar="NAME", callback=_capture_name, help="Name of the new capture.")
@click.option("--format", "form", type=_SOURCES, help="Read every file as this format.")
@_key_options
def import_(captures: Path, paths: tuple[Path, ...], into: str, form: str | None, key: Path | None, once: bool) -> None:
    """Import foreign recordings into a new capture, redacted.

    Prints what was imported and, for what was not, the file, the place and the reason. Exit code 2 if anything was not.

    Example: wirelore import session.har cassettes/ --into old-sessions
    """
    from captures.importing import bring
    from captures.recorder import words
    from captures.redact import Redactor

    chosen = _chosen_key(key, once)
    account = bring(
        paths,
        captures / into,
        Redactor(chosen.secret, words=words()),
        form=form,
        readers={"mitmproxy": _flow_file},
        tool=_tool(),
        key_id=chosen.id,
        progress=_note,
    )
    click.echo(str(account), nl=False)
    sys.exit(2 if account.problems else 0)


@main.command(name="list")
@_captures_option
def list_(captures: Path) -> None:
    """List the captures with their exchanges, ends and clients.

    Prints one line a capture. Exit code 2 if one could not be read.

    Example: wirelore list --captures captures/samples
    """
    from captures.repair import repairs
    from captures.store import below, listed
    from captures.terminal import printable

    problems: list[str] = []
    for line in repairs(list(below(captures))):
        _note(line)
    for capture in listed(captures, lambda fault: problems.append(str(fault))):
        found = capture.manifest
        done = found["completeness"]
        counts = (f"{done['recorded']} exchanges", f"{done['aborted']} aborted")
        told = (capture.folder.relative_to(captures), found["started"] or "-", *counts, ", ".join(found["clients"]))
        click.echo("\t".join(printable(str(one), line=True) or "-" for one in told))
    _complain(problems)
    sys.exit(2 if problems else 0)


@main.command()
@_captures_option
@click.argument("name", metavar="CAPTURE")
@click.argument("exchange", required=False)
def show(captures: Path, name: str, exchange: str | None) -> None:
    """Show the exchanges of a capture, or one EXCHANGE (its sequence number or id) with heads and bodies.

    Prints lines, or the head and bodies as recorded. Exit code 0.

    Example: wirelore show messages 3
    """
    from reports.exchange_text import lines, whole

    for capture in _named(name, captures):
        click.echo(whole(capture, exchange) if exchange else lines(capture), nl=False)


@main.command()
@_captures_option
@_names_argument
@click.option("--key", type=_FILE, help="File of the key that they were redacted with: it tells more.")
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="Text that must not be there; repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the lines.",
)
def verify(captures: Path, names: tuple[str, ...], key: Path | None, canaries: tuple[str, ...], form: str) -> None:
    """Check that captures are whole and that no secret is left in them.

    Prints a line for each place: `broken`, `residue`, `unexplained` (random-looking, no rule knows it) or `note`, never
    with the value; then the counts. Exit code 1 if something is broken or left, 2 if a capture could not be checked.

    Example: wirelore verify messages --captures captures/samples --canary "Ada Lovelace"
    """
    from captures.integrity import folders
    from captures.keys import load
    from captures.verification import Verification

    try:
        verification = Verification(load(key) if key else None, canaries)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    _mend(names, captures)
    for folder in [folder for name in names for folder in folders(name, captures)]:
        for line in verification.lines(folder, json=form == "json"):
            click.echo(line)
    click.echo(verification.closing(json=form == "json"))
    sys.exit(int(verification.failed))


@main.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="File to write, or folder for several."
)
@_key_options
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="Text that must not be left; repeatable.")
def redact(files: tuple[Path, ...], output: Path, key: Path | None, once: bool, canaries: tuple[str, ...]) -> None:
    """Redact foreign recordings in their own format: HAR, cassettes, mitmproxy flows, JSON, logs and other text.

    Prints what was replaced in each file, and a line for each place where something is left, never with the value.
    Exit code 1 if something is left, 2 if a file could not be redacted.

    Example: wirelore redact session.har -o session.redacted.har
    """
    from captures.foreign import Refused, outputs
    from captures.foreign import redact as rewrite
    from captures.recorder import words
    from captures.redact import Redactor

    redactor, left, refused = Redactor(_chosen_key(key, once).secret, words=words()), 0, 0
    for path, place in outputs(files, output):
        try:
            account = rewrite(path, place, redactor, canaries=canaries)
        except (Refused, OSError) as fault:
            _note(f"not redacted: {fault}")
            refused += 1
            continue
        for line in account.lines():
            click.echo(line)
        left += len(account.left)
    sys.exit(2 if refused else int(left > 0))


@main.command()
@_captures_option
@click.argument("name", metavar="CAPTURE")
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the receipt."
)
@_key_options
def receipt(captures: Path, name: str, output: Path, key: Path | None, once: bool) -> None:
    """Write a copy of CAPTURE without any content, fit for a public bug report.

    Names, sizes, flags, steps and times stay, all else is a hash under your key; `analyze` finds the same in it. Prints
    the number of exchanges. Exit code 2 if a part could not be read.

    Example: wirelore receipt my-session -o my-session.receipt
    """
    from reports.receipt import write

    chosen, found = _chosen_key(key, once), _named(name, captures)
    for capture in found:
        folder = output if len(found) == 1 else output / capture.name
        count = write(capture, folder, chosen.secret, chosen.id)
        click.echo(f"{folder}: a receipt of {count} exchanges")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> None:
    """Make a redaction key in FILE for a team to share, if there is none yet.

    Prints the key's id, which manifests name and which tells nothing about the key. Exit code 2 if FILE is no key.

    Example: wirelore key team.key
    """
    from captures.keys import id_of, load

    try:
        click.echo(id_of(load(file)))
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


@main.command()
@_captures_option
@_schemas_option
@_names_argument
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True, help="Form of the findings.")
@click.option(
    "--fail-on", type=_LEVELS, default="error", show_default=True, help="Lowest severity that gives exit code 1."
)
@_output_option
def analyze(
    captures: Path, schemas: Path | None, names: tuple[str, ...], form: str, fail_on: str, output: Path | None
) -> None:
    """Check captures against the schemas and print where they depart.

    Prints the findings, each kind once with its count. Exit code 1 if one is at or above --fail-on, 2 if a part could
    not be read.

    Example: wirelore analyze captures/samples --format sarif -o findings.sarif
    """
    from reports.outcome import outcome, written

    library = _library(schemas)
    result = outcome(_found(names, captures, library), library)
    _put(written(result, library, form, VERSION, fail_on), output)
    _complain(result.problems)
    sys.exit(2 if result.problems else int(result.reaches(fail_on)))


@main.command()
@_captures_option
@_schemas_option
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--noise", multiple=True, metavar="A2", help="Captures of A once more, to learn noise from; repeatable.")
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True, help="Form of the differences.")
@click.option(
    "--fail-on",
    type=click.Choice(["breaking", "additive", "any"]),
    default="breaking",
    show_default=True,
    help="Lowest class that gives exit code 1; `any` is every difference that is not accepted, and stale entries.",
)
@click.option("--accept", type=_FILE, help="File of accepted differences with their reasons.")
@click.option(
    "--accept-new",
    type=click.Path(dir_okay=False, path_type=Path),
    help="New file for an entry of each difference; fill in the reasons, then give it to --accept.",
)
@click.option("--content", is_flag=True, help="Show system prompts and tool texts; sizes and hashes otherwise.")
@_output_option
def diff(captures: Path, schemas: Path | None, before: str, after: str, noise: tuple[str, ...], **options: Any) -> None:
    """Compare A with B: captures, folders of captures, or folders of schemas.

    Prints the differences, the gravest first, and what was set aside as noise. Exit code 1 if one is at or above
    --fail-on and not accepted, 2 if a part could not be read.

    Example: wirelore diff claude-2.0.56 claude-2.1.112 --format markdown -o changes.md
    """
    from reports.accepted import apart, keep, read
    from reports.comparison import compared, written

    library, entries = _library(schemas), read(options["accept"]) if options["accept"] else ()
    names = (before, after)
    result = compared(names, lambda each: _found(each, captures, library), noise=noise, content=options["content"])
    changes = apart(result, entries)
    if options["accept_new"]:
        keep(options["accept_new"], changes.counted)
    _put(written(changes, options["form"], VERSION, options["fail_on"]), options["output"])
    _complain(result.problems)
    sys.exit(2 if result.problems else int(changes.reaches(options["fail_on"])))


@main.command()
@_captures_option
@_schemas_option
@_names_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("changelog"),
    show_default=True,
    help="Folder for the pages.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json", "both"]),
    default="both",
    show_default=True,
    help="Form of the pages.",
)
def changelog(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path, form: str) -> None:
    """Write what changed from version to version of the clients in captures.

    Prints the files written: an overview, and a page for each version and the next. The same captures give the same
    bytes. Exit code 2 if a part could not be read.

    Example: wirelore changelog captures/local/matrix -o changelog
    """
    from reports.changelog import write

    library = _library(schemas)
    written = write(_found(names, captures, library), library, output, form)
    for file in written.files:
        click.echo(file)
    _complain(written.problems)
    sys.exit(2 if written.problems else 0)


@main.command()
@_schemas_option
@click.argument("rule")
def explain(schemas: Path | None, rule: str) -> None:
    """Explain a RULE of findings or of differences: what it means, why it matters, what it says.

    Prints the explanation. Exit code 2 if there is no such rule.

    Example: wirelore explain event-sequence/impossible-step
    """
    from analyzers._contract import registry
    from reports.analyzer_reference import rule_text
    from reports.change_rules import change_rules
    from reports.change_rules import rule_text as change_text

    if rule in change_rules():
        click.echo(change_text(change_rules()[rule]), nl=False)
        return
    analyzer, _, name = rule.partition("/")
    known = _library(schemas).rules(analyzer) if analyzer in registry() else {}
    if name not in known:
        choices = ", ".join(f"{analyzer}/{each}" for each in known) or ", ".join(registry())
        choices += "; `wirelore diff` prints the rules of differences"
        raise CouldNotRun(f"{rule}: no such rule; there are {choices}")
    click.echo(rule_text(known[name], registry()[analyzer].doc), nl=False)


@main.command()
@_captures_option
@_schemas_option
@_names_argument
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
    explain: str | None,
    operation: str | None,
    jobs: int,
) -> None:
    """Widen the schemas so that the captures pass; never narrow them.

    Works on --schemas DIR (a copy of the packaged schemas is made there first), or on ./schemas of a checkout. Prints
    what changed, a line each; learning the same again changes nothing. With --explain nothing is written. Exit code 2
    if a part could not be read, or if nothing is there to explain.

    Example: wirelore learn my-session --schemas my-schemas
    """
    from analyzers._learn import learn as widen
    from schemas.library import writable

    if explain or operation:
        _explain_place(names, captures, _library(schemas), explain, operation=operation or "", hosts=hosts)
    folder = writable(schemas)
    problems: list[str] = []
    chosen = _found(names, captures, _library(folder))
    changes = widen(chosen, folder, hosts=hosts, only=only, problems=problems, jobs=jobs)
    for change in changes:
        click.echo(change)
    _note(f"{len(changes)} changes in {folder}")
    _complain(problems)
    sys.exit(2 if problems else 0)


@main.command()
@_captures_option
@_schemas_option
@_names_argument
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the pages."
)
def report(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path) -> None:
    """Write the markdown report of captures, with the findings and the OpenAPI document.

    Prints the files written, then how many exchanges the document describes, and how much of it they touched.
    The same captures give the same bytes. Exit code 2 if a part could not be read.

    Example: wirelore report captures/samples -o reports/samples
    """
    from reports.bundle import write
    from reports.coverage import lines

    library = _library(schemas)
    written = write(_found(names, captures, library), library, output)
    for line in (*written.files, *lines(written.coverage)):
        click.echo(line)
    _complain(written.problems)
    sys.exit(2 if written.problems else 0)


@main.command()
@_captures_option
@_schemas_option
@_names_argument
@_output_option
@click.option(
    "--openapi", "version", type=click.Choice(["3.1", "3.2"]), default="3.1", show_default=True, help="OpenAPI version."
)
def openapi(captures: Path, schemas: Path | None, names: tuple[str, ...], output: Path | None, version: str) -> None:
    """Generate the OpenAPI document of captures: what was observed, and what is only claimed, marked as such.

    Prints YAML. The same captures give the same bytes. Exit code 2 if a part could not be read.

    Example: wirelore openapi captures/samples -o openapi.yaml
    """
    from reports.bundle import openapi_text

    library = _library(schemas)
    text, problems = openapi_text(_found(names, captures, library), library, version)
    _put(text, output)
    _complain(problems)
    sys.exit(2 if problems else 0)


@main.command()
@_captures_option
@_schemas_option
@click.argument("names", metavar="CAPTURE...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Form of the ledger.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["none", "contradicted", "mixed"]),
    default="none",
    show_default=True,
    help="Verdict on a claim that gives exit code 1; mixed includes contradicted.",
)
@_output_option
def claims(
    captures: Path, schemas: Path | None, names: tuple[str, ...], form: str, fail_on: str, output: Path | None
) -> None:
    """Weigh the claims about the protocol by captures: which hold, which do not, which nothing shows yet.

    Prints a verdict on each claim with its evidence, how complete that is, and the recordings that would decide most;
    without CAPTURE what there is to decide. Exit code 1 if a claim fails --fail-on, 2 if a part could not be read.

    Example: wirelore claims captures/samples --format markdown -o claims.md
    """
    ledger = import_module("reports.ledger")
    library = _library(schemas)
    weighed = ledger.ledger(_found(names, captures, library), library)
    _put(import_module(f"reports.ledger_{form}").write(weighed), output)
    _complain(weighed.problems)
    sys.exit(2 if weighed.problems else int(weighed.fails(fail_on)))


@main.command()
@_captures_option
@click.argument("name", metavar="CAPTURE")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Loopback port; a free one otherwise.")
@click.option(
    "--pace", default="recorded", show_default=True, help="`recorded`, `none`, or a factor of the recorded time."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="FAULT", help="What goes wrong, e.g. 'POST /v1/messages=529*2'."
)
@click.option(
    "--certificates", type=click.Path(file_okay=False, path_type=Path), help="Folder (0700) for the TLS files."
)
def serve(captures: Path, name: str, port: int, pace: str, faults: tuple[str, ...], certificates: Path | None) -> None:
    """Answer from a capture on loopback, plain and TLS on one port, until Ctrl-C.

    Prints the address and the CA file, then what was asked. FAULT is [METHOD /PATH=]PART,PART...: a status,
    retry-after=SECONDS, type=ERROR, cut-bytes=N, cut-events=N, error-after=N, delay=SECONDS; *N befalls N requests.

    Example: wirelore serve messages --captures captures/samples --fault 'POST /v1/messages=529*2,retry-after=1'
    """
    from captures.standin import serve as answer
    from captures.standin_faults import fault

    exchanges = [exchange for capture in _named(name, captures) for exchange in capture.exchanges()]
    made = _certificates(certificates, {exchange.request.host for exchange in exchanges})
    try:
        planned, factor = [fault(text) for text in faults], pace if pace in ("recorded", "none") else _factor(pace)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    seen = answer(
        exchanges,
        tls=made.context(),
        pace=factor,  # type: ignore[arg-type]  # the two words were told apart from a number just above
        faults=planned,
        port=port,
        ready=lambda standin: click.echo(f"http://{standin.address} and https://{standin.address}\nCA file: {made.ca}"),
        told=_told,
    ).seen
    _note(f"{len(seen)} requests answered")


@main.command()
@_captures_option
def demo(captures: Path) -> None:
    """Record, analyze and report a session of our own small client: no account, no key, no Node.js.

    Records through a real mitmdump against a stand-in on loopback. Prints what was found and where to look.

    Example: wirelore demo
    """
    from clients.demo import record_demo
    from reports.bundle import write
    from reports.digest import write as digest
    from reports.outcome import outcome

    folder = captures / f"demo-{datetime.now(UTC):%Y%m%d_%H%M%S}"
    _note("recording our own client through mitmdump, against a stand-in on loopback ...")
    with _bar() as advance:
        name = record_demo(folder, progress=advance)
    library = _library(None)
    result = outcome(_found([str(name)], captures, library), library)
    pages = write(_found([str(name)], captures, library), library, folder / "report").files
    click.echo(digest(result))
    click.echo(
        f"capture   {name}\nreport    {pages[0].parent / 'README.md'}\nOpenAPI   {pages[0].parent / 'openapi.yaml'}"
    )


def _matrix_columns(texts: Iterable[str]) -> "list[Client]":
    """The clients of a matrix; each can be named once."""
    from clients.agent_client import parsed

    try:
        found = [parsed(text) for text in texts]
    except ValueError as error:
        raise CouldNotRun(str(error)) from error
    if twice := {client.folder for client in found if sum(client.folder == one.folder for one in found) > 1}:
        raise CouldNotRun(f"{min(twice)}: two clients of this name and version; give each its own")
    return found


def _matrix_rows(names: Iterable[str]) -> "list[Task]":
    """The scenarios of a matrix."""
    from clients.agent_scenario import packaged
    from clients.matrix import tasks

    try:
        return tasks(list(dict.fromkeys(names)) or packaged())
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def _found(names: Iterable[str], captures: Path, library: "Library") -> "list[Capture]":
    from captures.routes import Routes
    from captures.store import find
    from schemas.routing import TABLE

    _mend(names, captures)
    routes = Routes.load(library.folder / TABLE)
    return [capture for name in names for capture in find(name, captures, routes)]


def _named(name: str, captures: Path) -> "list[Capture]":
    from captures.store import find

    _mend([name], captures)
    return find(name, captures)


def _mend(names: Iterable[str], captures: Path) -> None:
    """Repairs those of the captures whose recorder was killed, and says so."""
    from captures.integrity import folders
    from captures.repair import repairs

    for line in repairs([folder for name in names for folder in folders(name, captures)]):
        _note(line)


def _explain_place(
    names: Iterable[str], captures: Path, library: "Library", place: str | None, **restriction: Any
) -> NoReturn:
    """Prints what made a place of a schema what it is, and ends the command."""
    from analyzers._explain import explain

    if place is None:
        raise click.UsageError("--operation restricts --explain, which is not given")
    problems: list[str] = []
    click.echo(explain(_found(names, captures, library), library, place, **restriction, problems=problems), nl=False)
    _complain(problems)
    sys.exit(2 if problems else 0)


def _library(folder: Path | None) -> "Library":
    from schemas.library import PACKAGED, Library

    if folder and not (folder / "rules.json").is_file():
        raise CouldNotRun(f"{folder}: no folder of schemas; `wirelore learn CAPTURE --schemas {folder}` makes one")
    return Library(folder or PACKAGED)


def _flow_file(stream: BinaryIO, name: str) -> "Iterator[Draft | Problem]":
    """Reads a mitmproxy flow file; the addons, and with them mitmproxy, are loaded when one is met."""
    found: Iterator[Draft | Problem] = import_module("addons.flows").read(stream, name)
    return found


def _tool() -> dict[str, str]:
    return {"wirelore": VERSION}


def _certificates(folder: Path | None, hosts: set[str]) -> "Authority":
    """The stand-in's certificate and its CA, in the given folder, or in one that goes when the command ends."""
    from clients.certificates import authority

    context = click.get_current_context()
    chosen = folder or Path(context.with_resource(tempfile.TemporaryDirectory(prefix="wirelore-")))
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    return authority(chosen, hosts)


@contextmanager
def _bar() -> "Iterator[Callable[[int, int], None]]":
    """A progress bar on a terminal's stderr; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("exchanges")
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _note(text: str) -> None:
    from captures.terminal import printable

    click.echo(printable(text), err=True)


def _noted(ended: Mapping[str, Any]) -> None:
    """One line for each exchange that the recorder has written, or could not write."""
    if "failed" in ended:
        _note(f"  exchange {ended['failed']}  could not be written")
    else:
        line = f"{ended['status'] or '---'} {ended['method']} {ended['host']}{ended['path']}  {ended['cause']}"
        _note(f"  {line if line.isprintable() else ascii(line)[1:-1]}")


def _told(asked: "Seen") -> None:
    """Prints what the stand-in was asked, on a line."""
    from captures.terminal import printable

    click.echo(printable(f"{asked.method} {asked.headers.first('host') or ''} {asked.target}", line=True))


def _factor(pace: str) -> float:
    """A factor of the recorded time. Raises ValueError."""
    with suppress(ValueError):
        if 0 <= (factor := float(pace)) < float("inf"):
            return factor
    raise ValueError(f"pace {pace!r}: expected `recorded`, `none`, or a factor of the recorded time such as 0.5")


def _complain(problems: Iterable[str]) -> None:
    for problem in problems:
        _note(f"not read: {problem}")


def _put(text: str, output: Path | None) -> None:
    if output is None:
        from captures.terminal import printable

        click.echo(printable(text) if sys.stdout.isatty() else text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, "utf-8")
        _note(f"wrote {output}")


if __name__ == "__main__":
    main()
