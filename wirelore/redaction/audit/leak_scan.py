"""The leak scan: strings in a capture at rest that look like secrets and cannot be shown to be pseudonyms of ours.

A pseudonym has the look of what it stands for, so the rules find it again, and redacting again changes it again:
neither its shape nor the key proves it. What can be known:

- The marks. Each exchange.json lists a short digest of every pseudonym that was written there (`pseudonyms`): what the
  rules find and is not listed, is an original, and what is listed is none. All that follows is for captures made
  before there was such a list.
- The books. The redactor's rules, run over the redacted capture, find each pseudonym once more; each exchange.json
  says how many it put there, by kind (`redactions`). What is beyond that number was never replaced. If it cannot be
  told which of several it is, all are reported, but for those that stand in an exchange whose books balance. The
  manifest and the index have no books: what is found there must stand in an exchange too.
- The shape, now and then: no character of a secret stays in its place. A JWT whose first part is JSON, and an id whose
  prefix is followed by `01`, are originals. So is a UUID of version 4, unless its original was of another version.
- The key, if it is given: a string whose pseudonym stands in the capture too is an original.

What balances is no proof: where fewer are found again than were replaced (`hidden` counts them), so many may hide.
Reading is like writing: in windows, in bounded memory. Kept are a short digest of each distinct string that was found,
and what is reported. No value is ever part of a report.
"""

import bisect
import io
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from wirelore.model import codec
from wirelore.model.json_pointer import escape
from wirelore.redaction.audit.random_strings import RandomString, forms_of, named, random_looking
from wirelore.redaction.audit.redaction_counts import (
    Account,
    Known,
    Leak,
    doubtful,
    judged,
    proven,
    reported,
    unlisted,
)
from wirelore.redaction.audit.rescan import Hit, Rescan
from wirelore.redaction.redactor import Redactor
from wirelore.store import bounded
from wirelore.store.layout import EXCHANGE, files
from wirelore.store.reader import INDEX, MANIFEST

_HASHES = ("sha256", "index_sha256")
"""Members that `wirelore.store.integrity` compares with what they are the hash of."""


def leaks(
    folder: Path, *, key: bytes | None = None, canaries: Collection[str] = (), account: Account | None = None
) -> Iterator[Leak]:
    """What is left in a capture: first what the exchanges have, in the order of the files, then manifest and index.

    `key` is the one that the capture was redacted with; `canaries` are strings that must not be there. Of a string
    that nobody can explain only the first place is reported. `account` is filled as it goes.
    """
    account = account if account is not None else Account()
    known, redactor = Known(), Redactor(key or secrets.token_bytes(32))
    forms = forms_of(canaries)
    strays: list[Hit] = []
    for path in files(folder):
        if not path.is_file() or path.is_symlink():
            continue
        place = "/".join(map(Rescan(redactor).shown, path.relative_to(folder).parts))
        with path.open("rb") as stream:
            for found in named(stream, forms):
                yield Leak(place, str(found.start), "canary", found.size, found.form)
        if path.name == EXCHANGE and path.parent != folder:
            yield from _exchange(path, place, redactor, known, key, account)
        elif not _of_exchange(path) and place not in (MANIFEST, INDEX):
            strays += _stray(path, place, redactor, known)
    yield from proven(known)
    yield from doubtful(known)
    yield from _alone(iter(strays), known)
    yield from _alone(_manifest(folder, redactor, known), known)
    yield from _alone(_index(folder, redactor, known), known)
    yield from (one for mark, one in known.strings.items() if mark not in known.seen)


def _exchange(
    path: Path, place: str, redactor: Redactor, known: Known, key: bytes | None, account: Account
) -> Iterator[Leak]:
    """Reads an exchange in the order in which it was written, and compares what is found with its books."""
    document = codec.document(_content(path)).value
    document = document if isinstance(document, dict) else {}
    listed = document.get("pseudonyms")
    reading = Rescan(redactor, frozenset(map(str, listed)) if isinstance(listed, list) else ())
    reading.place = place
    for side in ("request", "response"):
        message, body = _mapping(document.get(side)), path.with_name(f"{side}.body")
        for name in ("headers", "trailers"):
            _lines(reading, message.get(name), f"/{side}/{name}", known)
        if isinstance(message.get("target"), str):
            _leaf(reading, "target", message["target"], f"/{side}/target", known)
        if body.is_file() and not body.is_symlink():
            _body(reading, body, f"{place.rpartition('/')[0]}/{body.name}", side, known)
            reading.place = place
        undecoded = _mapping(message.get("body")).get("undecoded")
        if undecoded:
            size = body.stat().st_size if body.is_file() else 0
            reason = "its encoding could not be undone; what is in it cannot be read"
            yield Leak(f"{place.rpartition('/')[0]}/{body.name}", "0", "encoded", size, reason, "unexplained")
    if document:
        _walk(
            reading,
            document,
            "",
            known,
            ("/request/headers", "/request/trailers", "/request/target", "/response/headers", "/response/trailers"),
        )
    else:
        reading.stream(path, "text")
    if isinstance(listed, list):
        known.listed.update(map(str, listed))
        yield from unlisted(reading, known, account)
    else:
        yield from judged(reading, _mapping(document.get("redactions")), redactor, known, key, account)


def _alone(finds: Iterator[Hit], known: Known) -> Iterator[Leak]:
    """What was found where no books are, and stands in no exchange."""
    for find in finds:
        if find.digest not in known.seen and not find.listed:
            yield reported(find, "it stands in no exchange, where its replacement would be counted")


def _stray(path: Path, place: str, redactor: Redactor, known: Known) -> Iterator[Hit]:
    reading = Rescan(redactor)
    _body(reading, path, place, "text", known)
    yield from reading.finds


def _manifest(folder: Path, redactor: Redactor, known: Known) -> Iterator[Hit]:
    path = folder / MANIFEST
    if path.is_file() and not path.is_symlink():
        yield from _json(_content(path), MANIFEST, redactor, known)


def _index(folder: Path, redactor: Redactor, known: Known) -> Iterator[Hit]:
    path = folder / INDEX
    if path.is_file() and not path.is_symlink():
        with suppress(bounded.Refused):  # told by wirelore.store.integrity
            for number, line in enumerate(bounded.lines(path), 1):
                yield from _json(line, f"{INDEX}:{number}", redactor, known)


def _content(path: Path) -> bytes:
    """What is in a JSON file; nothing if it is beyond reading, which `wirelore.store.integrity` tells."""
    try:
        return bounded.read(path)
    except bounded.Refused:
        return b""


def _json(data: bytes, place: str, redactor: Redactor, known: Known) -> Iterator[Hit]:
    value = codec.document(data).value
    own = _mapping(_mapping(value).get("redaction")).get("pseudonyms")
    reading = Rescan(redactor, known.listed | set(map(str, own if isinstance(own, list) else ())))
    reading.place = place
    if isinstance(value, dict):
        _walk(reading, value, "", known)
    else:
        reading.whole(data, "0")
    yield from reading.finds


def _walk(reading: Rescan, value: Any, pointer: str, known: Known, done: Collection[str] = ()) -> None:
    """Every text of a JSON value, with the name of its member, and the names of the other members."""
    members = enumerate(value) if isinstance(value, list) else sorted(value.items())
    for name, one in members:
        at = f"{pointer}/{escape(reading.shown(str(name)))}"
        if at in done:
            continue
        if isinstance(one, str):
            if name not in _HASHES:
                _leaf(reading, name, one, at, known)
            continue
        if isinstance(name, str):
            reading.whole(name, at)
        if isinstance(one, dict | list):
            _walk(reading, one, at, known, done)


def _leaf(reading: Rescan, name: str | int, text: str, pointer: str, known: Known) -> None:
    written = codec.line({name: text} if isinstance(name, str) else [text])
    reading.whole(written, pointer)
    _random_in(written, reading, pointer, known)


def _lines(reading: Rescan, lines: Any, pointer: str, known: Known) -> None:
    """Header lines or trailers."""
    for number, line in enumerate(lines if isinstance(lines, list) else []):
        if isinstance(line, list) and len(line) == 2 and all(isinstance(part, str) for part in line):
            at = f"{pointer}/{number}"
            reading.whole(line[0], at)
            reading.pointer = at
            reading.headers([(line[0], line[1])])
            if not reading.starts:
                _random_in(codec.line({line[0]: line[1]}), reading, at, known)


def _body(reading: Rescan, path: Path, place: str, side: str, known: Known) -> None:
    reading.place = place
    reading.stream(path, side)
    with path.open("rb") as stream:
        for found in _unexplained(stream, reading):
            known.strings.setdefault(found.digest, _string(place, str(found.start), found))


def _random_in(written: bytes, reading: Rescan, pointer: str, known: Known) -> None:
    for found in _unexplained(io.BytesIO(written), reading):
        known.strings.setdefault(found.digest, _string(reading.place, pointer, found))


def _unexplained(stream: BinaryIO, reading: Rescan) -> Iterator[RandomString]:
    """The strings of what was read last that look random and that no rule caught."""
    for found in random_looking(stream):
        index = bisect.bisect_left(reading.starts, found.start + found.size)
        if not (index and reading.ends[index - 1] > found.start):
            yield found


def _string(place: str, at: str, found: RandomString) -> Leak:
    return Leak(place, at, "string", found.size, "it looks random, and no rule knows it", "unexplained")


def _of_exchange(path: Path) -> bool:
    return path.name in ("request.body", "response.body") and path.with_name(EXCHANGE).is_file()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
