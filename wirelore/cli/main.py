"""The `wirelore` command, put together from the modules of this package.

Importing is quick: what is heavy (mitmproxy, pandas, jsonschema) is imported by the command that needs it.
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


for _command in _COMMANDS:
    loudness_options(_command)
read_environment({"": main, **main.commands})
