"""The group that all commands belong to: what they may fail with is one line and an exit code."""

import sys
from typing import Any

import click

from commands.output import CouldNotRun, note


class Group(click.Group):
    """Turns the packages' own errors into one line on stderr, and Ctrl-C into 130: click's own 1 means findings."""

    def invoke(self, ctx: click.Context) -> Any:
        """As click's own group does; every other exception that is expected becomes CouldNotRun."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            note("stopped")
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
