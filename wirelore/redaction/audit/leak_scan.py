"""The leak scan: finds strings in a capture that look like secrets and are not known pseudonyms.

A pseudonym has the form of its secret, so the rules match it again, and redacting it again changes it again: neither
its form nor the key proves that it is one. The scan uses the following evidence:

- Digests. Each exchange.json lists a short digest of every pseudonym in the exchange (`pseudonyms`). A match that is
  not listed is an original; a listed one is not. The other evidence is for captures older than these lists.
- Counts. The redactor's rules match each pseudonym in the redacted capture once more; each exchange.json has the number
  of replacements by kind (`redactions`). Matches in excess of that number were never replaced. If it is unclear which
  of several matches they are, all are reported, except those that also occur in an exchange whose counts agree. The
  manifest and the index have no counts: a match there must also occur in an exchange.
- Form, in some cases: no character of a secret stays in its place. A JWT whose first part is JSON, and an id whose
  prefix is followed by `01`, are originals. So is a UUID of version 4, unless its original had another version.
- The key, if it is given: a string whose pseudonym also occurs in the capture is an original.

Equal counts do not prove it: where fewer matches are found than were replaced (`hidden` counts them), as many originals
may be hidden. Files are scanned as they were redacted: in windows, in bounded memory. Only a short digest of each
distinct match, and the reports, are kept in memory. A report never contains a value.
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
from wirelore.redaction.audit.random_strings import RandomString, forms_of, occurrences, random_looking
from wirelore.redaction.audit.redaction_counts import (
    Account,
    Leak,
    ScanState,
    doubtful_leaks,
    leak_of,
    proven_leaks,
    unbalanced_leaks,
    unlisted_leaks,
)
from wirelore.redaction.audit.rescan import Hit, Rescan
from wirelore.redaction.redactor import Redactor
from wirelore.store import bounded
from wirelore.store.layout import EXCHANGE, walk
from wirelore.store.reader import INDEX, MANIFEST

_HASHES = ("sha256", "index_sha256")
"""Members with hashes, which `wirelore.store.integrity` checks."""


def leaks(
    folder: Path, *, key: bytes | None = None, canaries: Collection[str] = (), account: Account | None = None
) -> Iterator[Leak]:
    """Yield the leaks of a capture: first those of the exchanges in the order of the files, then manifest and index.

    `key` is the key with which the capture was redacted. `canaries` are strings that must not occur. An unexplained
    string is reported only at its first place. `account` is updated during the iteration.
    """
    account = account if account is not None else Account()
    state, redactor = ScanState(), Redactor(key or secrets.token_bytes(32))
    forms = forms_of(canaries)
    strays: list[Hit] = []
    for path in walk(folder):
        if not path.is_file() or path.is_symlink():
            continue
        place = "/".join(map(Rescan(redactor).displayed, path.relative_to(folder).parts))
        with path.open("rb") as stream:
            for match in occurrences(stream, forms):
                yield Leak(place, str(match.start), "canary", match.size, match.form)
        if path.name == EXCHANGE and path.parent != folder:
            yield from _exchange(path, place, redactor, state, key, account)
        elif not _of_exchange(path) and place not in (MANIFEST, INDEX):
            strays += _stray(path, place, redactor, state)
    yield from proven_leaks(state)
    yield from doubtful_leaks(state)
    yield from _without_exchange(iter(strays), state)
    yield from _without_exchange(_manifest(folder, redactor, state), state)
    yield from _without_exchange(_index(folder, redactor, state), state)
    yield from (leak for digest, leak in state.strings.items() if digest not in state.first_leaks)


def _exchange(
    path: Path, place: str, redactor: Redactor, state: ScanState, key: bytes | None, account: Account
) -> Iterator[Leak]:
    """Scan an exchange in the order in which it was written, and compare the matches with its list or counts."""
    document = codec.document(_content(path)).value
    document = document if isinstance(document, dict) else {}
    listed = document.get("pseudonyms")
    reading = Rescan(redactor, frozenset(map(str, listed)) if isinstance(listed, list) else ())
    reading.place = place
    for side in ("request", "response"):
        message, body = _mapping(document.get(side)), path.with_name(f"{side}.body")
        for name in ("headers", "trailers"):
            _lines(reading, message.get(name), f"/{side}/{name}", state)
        if isinstance(message.get("target"), str):
            _leaf(reading, "target", message["target"], f"/{side}/target", state)
        if body.is_file() and not body.is_symlink():
            _body(reading, body, f"{place.rpartition('/')[0]}/{body.name}", side, state)
            reading.place = place
        undecoded = _mapping(message.get("body")).get("undecoded")
        if undecoded:
            size = body.stat().st_size if body.is_file() else 0
            reason = "content-encoding could not be decoded; not scanned"
            yield Leak(f"{place.rpartition('/')[0]}/{body.name}", "0", "encoded", size, reason, "unexplained")
    if document:
        _walk(
            reading,
            document,
            "",
            state,
            ("/request/headers", "/request/trailers", "/request/target", "/response/headers", "/response/trailers"),
        )
    else:
        reading.scan_file(path, "text")
    if isinstance(listed, list):
        state.listed.update(map(str, listed))
        yield from unlisted_leaks(reading, state, account)
    else:
        yield from unbalanced_leaks(reading, _mapping(document.get("redactions")), redactor, state, key, account)


def _without_exchange(hits: Iterator[Hit], state: ScanState) -> Iterator[Leak]:
    """Yield leaks for matches outside exchanges that do not occur in any exchange."""
    for hit in hits:
        if hit.digest not in state.first_leaks and not hit.listed:
            yield leak_of(hit, "it occurs in no exchange, so its replacement is not counted")


def _stray(path: Path, place: str, redactor: Redactor, state: ScanState) -> Iterator[Hit]:
    reading = Rescan(redactor)
    _body(reading, path, place, "text", state)
    yield from reading.hits


def _manifest(folder: Path, redactor: Redactor, state: ScanState) -> Iterator[Hit]:
    path = folder / MANIFEST
    if path.is_file() and not path.is_symlink():
        yield from _json(_content(path), MANIFEST, redactor, state)


def _index(folder: Path, redactor: Redactor, state: ScanState) -> Iterator[Hit]:
    path = folder / INDEX
    if path.is_file() and not path.is_symlink():
        with suppress(bounded.Refused):  # reported by wirelore.store.integrity
            for number, line in enumerate(bounded.lines(path), 1):
                yield from _json(line, f"{INDEX}:{number}", redactor, state)


def _content(path: Path) -> bytes:
    """Return the content of a JSON file, empty if it is too large, which `wirelore.store.integrity` reports."""
    try:
        return bounded.read(path)
    except bounded.Refused:
        return b""


def _json(data: bytes, place: str, redactor: Redactor, state: ScanState) -> Iterator[Hit]:
    value = codec.document(data).value
    own_digests = _mapping(_mapping(value).get("redaction")).get("pseudonyms")
    reading = Rescan(redactor, state.listed | set(map(str, own_digests if isinstance(own_digests, list) else ())))
    reading.place = place
    if isinstance(value, dict):
        _walk(reading, value, "", state)
    else:
        reading.scan_text(data, "0")
    yield from reading.hits


def _walk(reading: Rescan, value: Any, pointer: str, state: ScanState, skipped: Collection[str] = ()) -> None:
    """Scan every string of a JSON value with the name of its member, and the names of the other members."""
    members = enumerate(value) if isinstance(value, list) else sorted(value.items())
    for name, item in members:
        item_pointer = f"{pointer}/{escape(reading.displayed(str(name)))}"
        if item_pointer in skipped:
            continue
        if isinstance(item, str):
            if name not in _HASHES:
                _leaf(reading, name, item, item_pointer, state)
            continue
        if isinstance(name, str):
            reading.scan_text(name, item_pointer)
        if isinstance(item, dict | list):
            _walk(reading, item, item_pointer, state, skipped)


def _leaf(reading: Rescan, name: str | int, text: str, pointer: str, state: ScanState) -> None:
    document = codec.line({name: text} if isinstance(name, str) else [text])
    reading.scan_text(document, pointer)
    _random_in(document, reading, pointer, state)


def _lines(reading: Rescan, lines: Any, pointer: str, state: ScanState) -> None:
    """Scan header lines or trailers."""
    for number, line in enumerate(lines if isinstance(lines, list) else []):
        if isinstance(line, list) and len(line) == 2 and all(isinstance(part, str) for part in line):
            line_pointer = f"{pointer}/{number}"
            reading.scan_text(line[0], line_pointer)
            reading.pointer = line_pointer
            reading.headers([(line[0], line[1])])
            if not reading.starts:
                _random_in(codec.line({line[0]: line[1]}), reading, line_pointer, state)


def _body(reading: Rescan, path: Path, place: str, side: str, state: ScanState) -> None:
    reading.place = place
    reading.scan_file(path, side)
    with path.open("rb") as stream:
        for string in _unexplained(stream, reading):
            state.strings.setdefault(string.digest, _unexplained_leak(place, str(string.start), string))


def _random_in(content: bytes, reading: Rescan, pointer: str, state: ScanState) -> None:
    for string in _unexplained(io.BytesIO(content), reading):
        state.strings.setdefault(string.digest, _unexplained_leak(reading.place, pointer, string))


def _unexplained(stream: BinaryIO, reading: Rescan) -> Iterator[RandomString]:
    """Yield the random-looking strings of the text scanned last that no rule matched."""
    for string in random_looking(stream):
        index = bisect.bisect_left(reading.starts, string.start + string.size)
        if not (index and reading.ends[index - 1] > string.start):
            yield string


def _unexplained_leak(place: str, position: str, string: RandomString) -> Leak:
    return Leak(place, position, "string", string.size, "looks random, matches no rule", "unexplained")


def _of_exchange(path: Path) -> bool:
    return path.name in ("request.body", "response.body") and path.with_name(EXCHANGE).is_file()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
