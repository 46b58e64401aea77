"""Importers: read the recordings of other tools as drafts of exchanges, complete and not yet redacted.

The format is detected by content. Parts that a file lacks are listed in the draft's `exchange.absent`. Content that
cannot be read becomes a Problem, and reading continues.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from wirelore.formats import bare, claude_trace, har, vcr
from wirelore.formats.detection import FORMATS, detect
from wirelore.formats.draft import Draft, Problem
from wirelore.formats.input_files import Skipped, files
from wirelore.formats.source import CUT, opened
from wirelore.model.routes import Routes, packaged

Reader = Callable[[BinaryIO, str], Iterator[Draft | Problem]]
"""A reader of one format; the text is the file's name in drafts and problems."""

PROBLEMS_LIMIT = 1000
"""The maximum number of problems of a file; the rest of the file is skipped."""

__all__ = ["FORMATS", "Draft", "Problem", "Reader", "Skipped", "detect", "files", "read"]


def read(
    path: Path,
    *,
    format: str | None = None,
    name: str | None = None,
    routes: Routes | None = None,
) -> Iterator[Draft | Problem]:
    """Yield the exchanges of a file one at a time, and its problems; never raises because of a file's content.

    `format` (a key of FORMATS) is detected by default. `name` is the file's name in drafts and problems. `routes` has
    the signs of bare bodies.
    """
    name = name or path.name
    table = routes or packaged()
    readers: dict[str, Reader] = {
        "har": har.read,
        "vcr": vcr.read,
        "claude-trace": claude_trace.read,
        "sse": lambda stream, name: bare.read_sse(stream, name, table),
        "json": lambda stream, name: bare.read_json(stream, name, table),
        "mitmproxy": _flows,
    }
    try:
        detected = format or detect(path)
        if detected is None:
            yield Problem(name, "", *_unknown_format(path))
        elif detected not in readers:
            choices = ", ".join(sorted(readers))
            yield Problem(name, "", f"unknown format {detected}", f"expected one of {choices}")
        else:
            with opened(path) as stream:
                yield from _bounded(readers[detected](stream, name), name)
    except FileNotFoundError:
        yield Problem(name, "", "no such file", "expected a recording")
    except (OSError, CUT, MemoryError) as fault:
        yield Problem(name, "", f"cannot be read ({fault or type(fault).__name__})", "earlier entries are kept")


def _flows(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    from wirelore.formats import mitmproxy_flows  # mitmproxy takes a quarter of a second to load

    return mitmproxy_flows.read(stream, name)


def _bounded(items: Iterator[Draft | Problem], name: str) -> Iterator[Draft | Problem]:
    """Yield the items of a reader up to PROBLEMS_LIMIT problems, since a file may have nothing else."""
    problems = 0
    for item in items:
        yield item
        problems += isinstance(item, Problem)
        if problems == PROBLEMS_LIMIT:
            expected = "only earlier entries are imported; repair the file or give its format"
            yield Problem(name, "", f"{PROBLEMS_LIMIT} problems", expected)
            return


def _unknown_format(path: Path) -> tuple[str, str]:
    expected = "expected " + ", ".join(FORMATS.values()) + "; give the format if it is one of them"
    return ("empty" if path.stat().st_size == 0 else "unknown format"), expected
