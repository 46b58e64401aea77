"""Foreign files redacted in their own format: the same structure, with pseudonyms where secrets stood.

A file is read several times: for the plan (`foreign_plan`), once for what is secret in it, so that a secret is one
before the place that gives it away too, then to be written; what was written is read again, as `audit.leak_scan` reads
a capture. Memory does not grow with a text, except by the plan; flows are held one at a time, cassettes in YAML whole.
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
from wirelore.redaction.audit.random_strings import forms_of, named
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
_SIGNS = {b"\\/": b"/", b"\\n": b"", b"\\r": b""}
_ESCAPED = re.compile(rb"\\[/nr]")
"""What JSON may write inside of base64."""


class Refused(Exception):
    """A file that cannot be redacted; the message says why."""


@dataclass(slots=True)
class Account:
    """What was done to a file."""

    path: Path
    form: str
    """The format that it was read as: of `FORMATS`, or `YAML`, or `text`."""
    replaced: Counter[str] = field(default_factory=Counter)
    """Secrets by kind."""
    notes: list[str] = field(default_factory=list)
    """What could not be kept, and where."""
    left: list[str] = field(default_factory=list)
    """What still looks like a secret in the result: place, kind and size, never the value."""

    def lines(self) -> Iterator[str]:
        """The account, a line each."""
        counts = ", ".join(f"{kind} {count}" for kind, count in sorted(self.replaced.items())) or "nothing"
        yield f"{self.path}: {FORMATS.get(self.form, self.form)}, replaced: {counts}"
        yield from (f"note\t{self.path}: {one}" for one in self.notes)
        yield from (f"residue\t{self.path} {one}" for one in self.left)


class Writing:
    """Redacts; what was secret once in the file is secret everywhere in it."""

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
    """Reads what was written, and notes what is none of the pseudonyms."""

    def __init__(self, redactor: Redactor, written: Collection[bytes], canaries: Collection[str]) -> None:
        self.left: list[str] = []
        self._redactor, self._listed, self._forms = redactor, frozenset(digests(written)), forms_of(canaries)

    def text(self, again: Callable[[], BinaryIO], *, lines: bool) -> Iterator[bytes]:
        """See Texts."""
        with again() as stream:
            self.left += [
                f"at {one.start}: canary ({one.size} bytes): {one.form}" for one in named(stream, self._forms)
            ]
        reading = _Placed(self._redactor, self._listed)
        yield from _scrubbed(again, self._redactor, reading, lines=lines, at=reading.stands)
        self._judge(reading)

    def headers(self, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """See Texts."""
        reading = Rescan(self._redactor, self._listed)
        reading.pointer = "a header"
        done = list(reading.headers(lines))
        self._judge(reading)
        return done

    def _judge(self, reading: Rescan) -> None:
        self.left += [
            f"at {one.at}: {one.kind} ({one.length} bytes): it is no pseudonym that was written here"
            for one in reading.finds
            if not one.listed
        ]


class _Placed(Rescan):
    """A reading that is told where it is."""

    def stands(self, offset: int) -> None:
        """How far into the file the block lies that is read next."""
        self._at = offset


def outputs(files: Sequence[Path], output: Path) -> Iterator[tuple[Path, Path]]:
    """Each file with where it goes: the output itself for a single one, else into that folder under its own name.

    Raises FileExistsError if two would go to one place.
    """
    folder = len(files) > 1 or output.is_dir()
    taken: set[str] = set()
    for path in files:
        if path.name in taken:
            raise FileExistsError(f"{path}: another file of this name goes into {output} too; redact them apart")
        taken.add(path.name)
        yield path, output / path.name if folder else output


def redact(path: Path, output: Path, redactor: Redactor, *, canaries: Collection[str] = ()) -> Account:
    """Writes the file redacted to another place, and looks for what is left there.

    Raises Refused, OSError, and FileExistsError if both are one file.
    """
    if output.exists() and output.samefile(path):
        raise FileExistsError(f"{output}: the file itself; a file is not redacted in place, name another output")
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP
    try:
        form = _form(path)
        account, again = Account(output, form), partial(opened, path)
        for _ in _rewritten(form, again, Writing(redactor), []):
            pass
        writing = Writing(redactor)
        _put(output, _rewritten(form, again, writing, account.notes), packed=packed)
        checking = Checking(redactor, writing.scrub.written, canaries)
        for _ in _rewritten(form, partial(opened, output), checking, []):
            pass
    except (Undecodable, EntryError, ValueError, RecursionError) as fault:
        raise Refused(f"{path}: {fault or type(fault).__name__}") from None
    account.replaced, account.left = writing.scrub.counts, checking.left
    return account


def _form(path: Path) -> str:
    """How the file is read. Raises Refused if it is neither text nor of a format with bytes in it."""
    found = detect(path)
    with opened(path) as stream:
        head = stream.read(1 << 16)
    if found == "mitmproxy":
        return found
    if b"\0" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{path}: binary, in no format that can be redacted; expected text or mitmproxy flows")
    if found == "vcr" or path.suffix.lower() in (".yaml", ".yml"):
        return "json" if head.lstrip()[:1] == b"{" else "YAML"
    return found or "text"


def _rewritten(form: str, again: Callable[[], BinaryIO], texts: Texts, notes: list[str]) -> Iterator[bytes]:
    """The file as the texts have it."""
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
    at: Callable[[int], object] = lambda _: None,
) -> Iterator[bytes]:
    with again() as stream:
        plan = planned(stream, redactor.rules, lines=lines)
    done = 0
    with again() as stream:
        for begin, end in (*plan.coded, (None, None)):
            body = _body(redactor, scrub, plan, done, at)
            yield from _through(body, stream, None if begin is None else begin - done)
            if begin is not None and end is not None:
                at(begin)
                yield from _base64(_body(redactor, scrub, Plan(redactor.rules), 0, lambda _: None), stream, end - begin)
                done = end


def _body(redactor: Redactor, scrub: Scrub, plan: Plan, origin: int, at: Callable[[int], object]) -> BodyScrub:
    """What redacts a part of the file that begins at `origin`, with what the plan says of it."""

    def spans(block: bytes, start: int, final: bool, *, inside: Any) -> list[Span]:
        found = redactor.spans(block, start, final, inside=inside)
        return [*plan.spans(origin + body.given - start, start, len(block)), *found]

    def replaced(block: bytes, start: int, end: int, spans: Any) -> bytes:
        at(origin + body.given - start)
        return scrub.replaced(block, start, end, spans, "text")

    body = BodyScrub(spans, replaced)
    return body


def _through(body: BodyScrub, stream: BinaryIO, size: int | None) -> Iterator[bytes]:
    """So many bytes of a stream redacted, or all that are left."""
    while (size is None or size) and (data := stream.read(_BLOCK if size is None else min(_BLOCK, size))):
        yield body.feed(data)
        size = None if size is None else size - len(data)
    yield body.finish()


def _base64(body: BodyScrub, stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Base64 of that size redacted inside, and written again. Raises ValueError if it is none."""
    held, rest = b"", b""
    while size and (data := stream.read(min(_BLOCK, size))):
        size -= len(data)
        held += data
        kept = held[-1:] if size and held.endswith(b"\\") else b""
        signs = _ESCAPED.sub(lambda found: _SIGNS[found[0]], held[: len(held) - len(kept)])
        whole = len(signs) if not size else len(signs) // 4 * 4
        held = signs[whole:] + kept
        rest += body.feed(binascii.a2b_base64(signs[:whole], strict_mode=True))
        ready = len(rest) // 3 * 3
        yield binascii.b2a_base64(rest[:ready], newline=False)
        rest = rest[ready:]
    yield binascii.b2a_base64(rest + body.finish(), newline=False)


def _put(output: Path, pieces: Iterator[bytes], *, packed: bool) -> None:
    """Writes aside, and puts the whole in its place; nobody else can read it."""
    output.parent.mkdir(parents=True, exist_ok=True)
    aside = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            sink: Any = gzip.GzipFile("", "wb", 6, stream, mtime=0) if packed else stream
            for piece in pieces:
                sink.write(piece)
            if packed:
                sink.close()
        aside.replace(output)
    finally:
        aside.unlink(missing_ok=True)
