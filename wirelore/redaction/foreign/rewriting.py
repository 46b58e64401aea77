"""Redaction of foreign files in their own format: the same structure, with pseudonyms instead of secrets.

A file is read several times: for the plan (`plan`); to collect its secrets, so that a secret is also recognized before
the place that reveals it; and to write the output. The output is scanned like a capture by `audit.leak_scan`. Memory is
bounded, except for the plan; flows are held one at a time, YAML cassettes as a whole.
"""

import binascii
import gzip
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from wirelore.formats import FORMATS, detect
from wirelore.formats.draft import EntryError
from wirelore.formats.source import content as bounded_content
from wirelore.formats.source import opened
from wirelore.model.encodings import Undecodable
from wirelore.redaction.audit.random_strings import forms_of, occurrences
from wirelore.redaction.audit.rescan import Rescan
from wirelore.redaction.foreign import flow_files
from wirelore.redaction.foreign.plan import Plan, planned
from wirelore.redaction.foreign.texts import Texts
from wirelore.redaction.foreign.yaml_rewriting import as_json, as_yaml
from wirelore.redaction.pseudonym_digests import digests
from wirelore.redaction.redactor import Redactor, Scrub
from wirelore.redaction.secret_scan import Span
from wirelore.redaction.windows import BodyScrub

_BLOCK = 1 << 18
_GZIP = b"\x1f\x8b"
_UNESCAPED = {b"\\/": b"/", b"\\n": b"", b"\\r": b""}
_ESCAPED = re.compile(rb"\\[/nr]")
"""Escapes that JSON may add to base64."""


class Refused(Exception):
    """A file cannot be redacted; the message gives the reason."""


@dataclass(slots=True)
class Account:
    """The result for a file."""

    path: Path
    form: str
    """The format that the file was read as: one of `FORMATS`, `YAML` or `text`."""
    replaced: Counter[str] = field(default_factory=Counter)
    """Replaced secrets by kind."""
    notes: list[str] = field(default_factory=list)
    """Parts that were left out, with their places."""
    left: list[str] = field(default_factory=list)
    """Possible secrets in the output: place, kind and size, never the value."""

    def lines(self) -> Iterator[str]:
        """Yield the lines of a report."""
        counts = ", ".join(f"{kind} {count}" for kind, count in sorted(self.replaced.items())) or "nothing"
        yield f"{self.path}: {FORMATS.get(self.form, self.form)}, replaced: {counts}"
        yield from (f"note\t{self.path}: {note}" for note in self.notes)
        yield from (f"residue\t{self.path} {note}" for note in self.left)


class Writing:
    """A redactor of texts; a secret that is found once is replaced everywhere in the file."""

    def __init__(self, redactor: Redactor) -> None:
        self.scrub = Scrub(redactor)
        self._redactor = redactor

    def text(self, again: Callable[[], BinaryIO], *, lines: bool) -> Iterator[bytes]:
        """See Texts."""
        return _scrubbed(again, self._redactor, self.scrub, lines=lines)

    def headers(self, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """See Texts."""
        return list(self.scrub.headers(lines))


class Checking:
    """A scanner of the output that records secrets, except for the pseudonyms that were written."""

    def __init__(self, redactor: Redactor, written: Collection[bytes], canaries: Collection[str]) -> None:
        self.left: list[str] = []
        self._redactor, self._listed, self._forms = redactor, frozenset(digests(written)), forms_of(canaries)

    def text(self, again: Callable[[], BinaryIO], *, lines: bool) -> Iterator[bytes]:
        """See Texts."""
        with again() as stream:
            self.left += [
                f"at {occurrence.start}: canary ({occurrence.size} bytes): {occurrence.form}"
                for occurrence in occurrences(stream, self._forms)
            ]
        reading = _PlacedRescan(self._redactor, self._listed)
        yield from _scrubbed(again, self._redactor, reading, lines=lines, report_offset=reading.set_offset)
        self._judge(reading)

    def headers(self, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """See Texts."""
        reading = Rescan(self._redactor, self._listed)
        reading.pointer = "a header"
        redacted = list(reading.headers(lines))
        self._judge(reading)
        return redacted

    def _judge(self, reading: Rescan) -> None:
        self.left += [
            f"at {hit.at}: {hit.kind} ({hit.length} bytes): not a pseudonym of this file"
            for hit in reading.hits
            if not hit.listed
        ]


class _PlacedRescan(Rescan):
    """A Rescan that starts at a given offset in the file."""

    def set_offset(self, offset: int) -> None:
        """Set the offset of the next block in the file."""
        self._offset = offset


def outputs(files: Sequence[Path], output: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each file with its output path.

    For a single file this is the output itself, otherwise a file of the same name in the output folder. Raises
    FileExistsError if two files have the same output path.
    """
    folder = len(files) > 1 or output.is_dir()
    used_names: set[str] = set()
    for path in files:
        if path.name in used_names:
            raise FileExistsError(f"{path}: two files of this name for {output}; redact them separately")
        used_names.add(path.name)
        yield path, output / path.name if folder else output


def redact(path: Path, output: Path, redactor: Redactor, *, canaries: Collection[str] = ()) -> Account:
    """Write the redacted file to another path, and scan the output for remaining secrets.

    Raises Refused, OSError, and FileExistsError if both paths are the same file.
    """
    if output.exists() and output.samefile(path):
        raise FileExistsError(f"{output}: same file as the input; files are not redacted in place; name another output")
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == _GZIP
    try:
        form = _form(path)
        account, again = Account(output, form), partial(opened, path)
        for _ in _processed(form, again, Writing(redactor), []):
            pass
        writing = Writing(redactor)
        _write(output, _processed(form, again, writing, account.notes), is_gzip=is_gzip)
        checking = Checking(redactor, writing.scrub.written, canaries)
        for _ in _processed(form, partial(opened, output), checking, []):
            pass
    except (Undecodable, EntryError, ValueError, RecursionError) as fault:
        raise Refused(f"{path}: {fault or type(fault).__name__}") from None
    account.replaced, account.left = writing.scrub.counts, checking.left
    return account


def _form(path: Path) -> str:
    """Return the format to read the file as. Raises Refused for binary files in an unknown format."""
    form = detect(path)
    with opened(path) as stream:
        head = stream.read(1 << 16)
    if form == "mitmproxy":
        return form
    if b"\0" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{path}: binary file of unknown format; expected text or mitmproxy flows")
    if form == "vcr" or path.suffix.lower() in (".yaml", ".yml"):
        return "json" if head.lstrip()[:1] == b"{" else "YAML"
    return form or "text"


def _processed(form: str, again: Callable[[], BinaryIO], texts: Texts, notes: list[str]) -> Iterator[bytes]:
    """Yield the file, processed by the texts object."""
    if form == "mitmproxy":
        with again() as stream:
            yield from flow_files.rewritten(stream, texts, notes)
    elif form == "YAML":
        with again() as stream:
            content = as_json(bounded_content(stream), notes)
        yield as_yaml(b"".join(texts.text(partial(io.BytesIO, content), lines=True)))
    else:
        yield from texts.text(again, lines=form in ("text", "sse"))


def _scrubbed(
    again: Callable[[], BinaryIO],
    redactor: Redactor,
    scrub: Scrub,
    *,
    lines: bool,
    report_offset: Callable[[int], object] = lambda _: None,
) -> Iterator[bytes]:
    with again() as stream:
        plan = planned(stream, redactor.rules, lines=lines)
    offset = 0
    with again() as stream:
        for begin, end in (*plan.coded, (None, None)):
            body = _body(redactor, scrub, plan, offset, report_offset)
            yield from _redacted_stream(body, stream, None if begin is None else begin - offset)
            if begin is not None and end is not None:
                report_offset(begin)
                yield from _base64(_body(redactor, scrub, Plan(redactor.rules), 0, lambda _: None), stream, end - begin)
                offset = end


def _body(
    redactor: Redactor, scrub: Scrub, plan: Plan, origin: int, report_offset: Callable[[int], object]
) -> BodyScrub:
    """Return the redaction of a part of the file that begins at `origin`, with the secrets of the plan."""

    def spans(block: bytes, start: int, final: bool, *, inside: Any) -> list[Span]:
        rule_spans = redactor.spans(block, start, final, inside=inside)
        return [*plan.spans(origin + body.returned_bytes - start, start, len(block)), *rule_spans]

    def replaced(block: bytes, start: int, end: int, spans: Any) -> bytes:
        report_offset(origin + body.returned_bytes - start)
        return scrub.replaced(block, start, end, spans, "text")

    body = BodyScrub(spans, replaced)
    return body


def _redacted_stream(body: BodyScrub, stream: BinaryIO, size: int | None) -> Iterator[bytes]:
    """Redact `size` bytes of a stream, or the rest."""
    while (size is None or size) and (data := stream.read(_BLOCK if size is None else min(_BLOCK, size))):
        yield body.feed(data)
        size = None if size is None else size - len(data)
    yield body.finish()


def _base64(body: BodyScrub, stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Redact the content of base64 of this size and encode it again. Raises ValueError if it is invalid."""
    pending, rest = b"", b""
    while size and (data := stream.read(min(_BLOCK, size))):
        size -= len(data)
        pending += data
        incomplete = pending[-1:] if size and pending.endswith(b"\\") else b""
        characters = _ESCAPED.sub(lambda match: _UNESCAPED[match[0]], pending[: len(pending) - len(incomplete)])
        complete = len(characters) if not size else len(characters) // 4 * 4
        pending = characters[complete:] + incomplete
        rest += body.feed(binascii.a2b_base64(characters[:complete], strict_mode=True))
        ready = len(rest) // 3 * 3
        yield binascii.b2a_base64(rest[:ready], newline=False)
        rest = rest[ready:]
    yield binascii.b2a_base64(rest + body.finish(), newline=False)


def _write(output: Path, pieces: Iterator[bytes], *, is_gzip: bool) -> None:
    """Write to a private temporary file and move it into place."""
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            output_stream: Any = gzip.GzipFile("", "wb", 6, stream, mtime=0) if is_gzip else stream
            for piece in pieces:
                output_stream.write(piece)
            if is_gzip:
                output_stream.close()
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
