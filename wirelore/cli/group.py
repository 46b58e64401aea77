"""The group that all commands belong to: what they may fail with is one line and an exit code."""

import sys
from typing import Any

import click

from wirelore.cli.output import CouldNotRun, error, loudness


class Group(click.Group):
    """Turns the packages' own errors into one line on stderr, and Ctrl-C into 130: click's own 1 means findings."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """As click's own group does; --quiet and --verbose hold for this call of the command alone."""
        loudness.reset()
        context = super().make_context(*arguments, **more)
        context.call_on_close(loudness.reset)
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """As click's own group does; every other exception that is expected becomes CouldNotRun."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            error("stopped")
            sys.exit(130)
        except Exception as fault:
            if isinstance(fault, _expected_faults()):
                from wirelore.model.terminal import printable

                raise CouldNotRun(printable(str(fault))) from fault
            raise


def _expected_faults() -> tuple[type[Exception], ...]:
    from wirelore.analysis.contract import AnalyzerFailed
    from wirelore.analysis.places import NoPlace
    from wirelore.analysis.registry import BadAnalyzer
    from wirelore.compare.accepted import BadAcceptFile
    from wirelore.compare.comparison import NotComparable
    from wirelore.matrix.matrix import CannotRun
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
        Unreadable,
    )
    return (*ours, OSError)
