"""Importers: foreign recordings as drafts of exchanges, whole and not yet redacted.

A format is found by content. What a file does not tell is named in the draft's `exchange.absent`; what cannot be
read becomes a Problem, and the rest of the file goes on.
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
"""What reads a stream of one format; the text is what drafts and problems call the file."""

PROBLEMS_LIMIT = 1000
"""Problems of one file; after them the rest of it is left."""

__all__ = ["FORMATS", "Draft", "Problem", "Reader", "Skipped", "detect", "files", "read"]


def read(
    path: Path,
    *,
    format: str | None = None,
    name: str | None = None,
    routes: Routes | None = None,
) -> Iterator[Draft | Problem]:
    """The exchanges of a file, one at a time, and what could not be read of it; never raises on what a file holds.

    `format` (a key of FORMATS) is found by content if it is not given, `name` is what drafts and problems call the
    file, and `routes` has the recognisers of bare bodies.
    """
    name = name or path.name
    table = routes or packaged()
    known: dict[str, Reader] = {
        "har": har.read,
        "vcr": vcr.read,
        "claude-trace": claude_trace.read,
        "sse": lambda stream, name: bare.read_sse(stream, name, table),
        "json": lambda stream, name: bare.read_json(stream, name, table),
        "mitmproxy": _flows,
    }
    try:
        found = format or detect(path)
        if found is None:
            yield Problem(name, "", *_strange(path))
        elif found not in known:
            choices = ", ".join(sorted(known))
            yield Problem(name, "", f"format {found}, which nothing here reads", f"expected one of {choices}")
        else:
            with opened(path) as stream:
                yield from _bounded(known[found](stream, name), name)
    except (OSError, CUT, MemoryError) as fault:
        yield Problem(name, "", f"cannot be read ({fault or type(fault).__name__})", "what was read before is kept")


def _flows(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    from wirelore.formats import mitmproxy_flows  # mitmproxy takes a quarter of a second to load

    return mitmproxy_flows.read(stream, name)


def _bounded(found: Iterator[Draft | Problem], name: str) -> Iterator[Draft | Problem]:
    """What a reader gives, up to PROBLEMS_LIMIT problems: a file may be made of nothing else."""
    problems = 0
    for one in found:
        yield one
        problems += isinstance(one, Problem)
        if problems == PROBLEMS_LIMIT:
            expected = "what came before is imported, the rest is not; mend the file, or name its format"
            yield Problem(name, "", f"{PROBLEMS_LIMIT} problems", expected)
            return


def _strange(path: Path) -> tuple[str, str]:
    expected = "expected " + ", ".join(FORMATS.values()) + "; name the format if it is one of them"
    return ("empty" if path.stat().st_size == 0 else "no recording of a known format"), expected
