"""The click group of all commands: it turns expected exceptions into one line and an exit code."""

import io
import sys
from typing import Any

import click

from wirelore.cli.output import CouldNotRun, error, loudness


class Group(click.Group):
    """A click group whose commands exit with 2 and one line on stderr if they could not run.

    Ctrl-C exits with 130, not with 1 as in click, because 1 means findings.
    """

    def main(self, *arguments: Any, **keywords: Any) -> Any:
        """Run the program as click does; characters that stdout or stderr cannot encode are printed as escapes."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
                stream.reconfigure(errors="backslashreplace")
        return super().main(*arguments, **keywords)

    def make_context(self, *arguments: Any, **keywords: Any) -> click.Context:
        """Make the context as click does; --quiet and --verbose apply to this call only."""
        loudness.reset()
        context = super().make_context(*arguments, **keywords)
        context.call_on_close(loudness.reset)
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Invoke the command as click does; turn expected exceptions that click does not handle into CouldNotRun."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            error("stopped")
            sys.exit(130)
        except Exception as fault:
            if isinstance(fault, _expected_exceptions()):
                from wirelore.cli.system_errors import describe
                from wirelore.model.terminal import printable

                text = describe(fault) if isinstance(fault, OSError) else str(fault)
                raise CouldNotRun(printable(text)) from fault
            raise


def _expected_exceptions() -> tuple[type[Exception], ...]:
    from wirelore.analysis.contract import AnalyzerFailed
    from wirelore.analysis.places import NoPlace
    from wirelore.analysis.registry import BadAnalyzer
    from wirelore.compare.accepted import BadAcceptFile
    from wirelore.compare.comparison import NotComparable
    from wirelore.matrix.matrix import CannotRun
    from wirelore.matrix.sampling import UnexpectedResult
    from wirelore.recorder.proxy import ProxyError
    from wirelore.schema.claims import ClaimsError
    from wirelore.schema.library import BadSchema
    from wirelore.store.writer import Unreadable

    ours = (
        AnalyzerFailed,
        BadAcceptFile,
        BadAnalyzer,
        BadSchema,
        CannotRun,
        ClaimsError,
        NoPlace,
        NotComparable,
        ProxyError,
        UnexpectedResult,
        Unreadable,
    )
    return (*ours, OSError)
