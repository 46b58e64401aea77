"""Shared parts of the targets: a temporary folder, imports of a file, and captures with one replaced file."""

import atexit
import gzip
import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.exchanges import exchange
from wirelore.formats import Draft, Problem, read
from wirelore.model.exchange import Exchange, Message
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter

KEY = b"k" * 32
OUTSIDE = b"nobody may read what lies outside"
_OUTSIDE = b"@outside@"
"""A placeholder for the path of an exchange outside the capture, which differs between runs."""
EVENTS = b'event: message_start\ndata: {"type":"message_start"}\n\nevent: ping\ndata: {"type":"ping"}\n\n'


@cache
def scratch() -> Path:
    """Return a temporary folder of this process."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def file_of(data: bytes) -> Path:
    """Write the data to a file, and return its path."""
    path = scratch() / "input"
    path.write_bytes(data)
    return path


def check_import(data: bytes, format: str) -> None:
    """Check that any bytes give only valid drafts and printable problems."""
    for draft in read(file_of(data), format=format):
        if isinstance(draft, Problem):
            assert str(draft).isprintable(), draft
            assert len(str(draft)) < 1000, draft
        else:
            check_draft(draft)


def check_draft(draft: Draft) -> None:
    """Check the invariants of drafts that the store relies on."""
    found = draft.exchange
    datetime.fromtimestamp((found.started_us + found.end.us) // 1_000_000, UTC)
    reason = found.response.reason if found.response else ""
    "".join([found.request.method, found.request.host, found.request.target, reason, found.end.message]).encode()
    for message in filter(None, (found.request, found.response)):
        for line in (*message.headers.lines, *message.trailers.lines):
            "".join(line).encode("latin-1")
    for body in (draft.request_body, draft.response_body):
        assert all(isinstance(us, int) and us >= 0 and isinstance(data, bytes) for us, data in body), body


@cache
def _base() -> Path:
    """Create a small valid capture, and an exchange outside it."""
    folder = scratch() / "base"
    write(folder, exchange({"model": "m"}, {"type": "message"}), exchange({}, events=[("ping", {"type": "ping"})]))
    write(scratch() / "out", exchange({}, {"text": OUTSIDE.decode()}))
    return folder


def write(folder: Path, *exchanges: Exchange) -> None:
    """Write exchanges as a capture, each body in one piece."""
    writer = CaptureWriter(folder, Redactor(KEY), tool={"name": "fuzz"})
    for each in exchanges:
        sent, received = (_pieces(message) for message in (each.request, each.response))
        writer.write(each, request_body=sent, response_body=received)
    writer.close()


def _pieces(message: Message | None) -> list[tuple[int, bytes]]:
    content = message.body.read() if message else b""
    return [(10, content)] if content else []


@cache
def files_of_a_capture() -> list[str]:
    """Return the paths of the files that may be replaced, relative to the capture."""
    return sorted(path.relative_to(_base()).as_posix() for path in _base().rglob("*") if path.is_file())


@cache
def _place() -> Path:
    folder = scratch() / "capture"
    shutil.copytree(_base(), folder)
    return folder


@cache
def _outside() -> Path:
    """Return the exchange outside the capture."""
    return next((scratch() / "out").glob("*/*"))


def capture_of(data: bytes) -> Path:
    """Return the capture with one replaced file: the first byte selects it, the others are its content."""
    folder = _place()
    for name in files_of_a_capture():
        (folder / name).write_bytes((_base() / name).read_bytes())
    if data:
        names = files_of_a_capture()
        content = data[1:].replace(_OUTSIDE, str(_outside()).encode())
        (folder / names[data[0] % len(names)]).write_bytes(content)
    return folder


def seeds_of_a_capture() -> Iterator[bytes]:
    """Yield each file unchanged, and some that point outside the capture."""
    for number, name in enumerate(files_of_a_capture()):
        content = (_base() / name).read_bytes()
        yield bytes([number]) + content
        if name == "index.jsonl":
            line = json.loads(content.splitlines()[0])
            outside = _outside()
            for name in (f"../out/{outside.parent.name}/{outside.name}", _OUTSIDE.decode(), "../..", "a/b"):
                yield bytes([number]) + json.dumps({**line, "id": name}).encode() + b"\n"
    yield b""


def packed(*contents: bytes) -> Iterator[bytes]:
    """Yield the contents, and the first one in gzip, complete and truncated."""
    yield from contents
    yield gzip.compress(contents[0], mtime=0)
    yield gzip.compress(contents[0], mtime=0)[:-5]
