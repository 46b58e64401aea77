"""The `wirelore` command with its subcommands.

Importing this module is fast: each command imports the slow packages that it needs (mitmproxy, pandas, jsonschema).
"""

import click

from wirelore.cli import checking, comparing, keeping, recording, reporting, serving
from wirelore.cli.environment import read_environment
from wirelore.cli.group import Group
from wirelore.cli.options import loudness_options
from wirelore.model.version import VERSION

_COMMANDS = (
    recording.record,
    recording.matrix,
    recording.demo,
    recording.addon,
    keeping.import_,
    keeping.list_,
    keeping.show,
    keeping.verify,
    keeping.redact,
    keeping.receipt,
    keeping.key,
    checking.analyze,
    checking.explain,
    checking.learn,
    comparing.diff,
    comparing.changelog,
    reporting.report,
    reporting.openapi,
    reporting.claims,
    serving.serve,
)


@click.group(cls=Group, commands=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="wirelore")
@loudness_options
def main() -> None:
    """Record the HTTP traffic of the Claude CLI, check it against JSON Schemas, and document the protocol.

    \b
    record / import  ->  captures/   redacted, otherwise lossless exchanges
    matrix           ->  captures/   versions of a client, scenario by scenario, against a stand-in
    analyze          ->  findings    places where a capture differs from schemas/
    diff, changelog  ->  changes     differences between versions
    claims           ->  verdicts    statements about the protocol, supported or contradicted
    learn            ->  schemas/    widened to accept what is new
    report, openapi  ->  reports/    Markdown and OpenAPI, with the evidence

    Exit codes: 0 success, 1 findings at or above --fail-on, 2 could not run.
    """


for _command in _COMMANDS:
    loudness_options(_command)
read_environment({"": main, **main.commands})
