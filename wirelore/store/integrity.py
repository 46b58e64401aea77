"""Checks that a capture conforms to docs/capture-format.md and to its own counts and hashes.

`wirelore.store.layout` decides which modes and links are failures; every other problem is one.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.model.exchange import COMPLETE_CAUSES
from wirelore.store import bounded
from wirelore.store.completeness import missing
from wirelore.store.index import entry_of
from wirelore.store.layout import EXCHANGE, ID, Problem, modes, strays
from wirelore.store.reader import (
    CLOSED,
    FORMAT,
    INDEX,
    MANIFEST,
    RECORDING,
    REPAIRED,
    Unreadable,
    folders_of,
    is_capture,
)

_BLOCK = 1 << 20
_AGAIN = "record or import it again"


@dataclass(slots=True)
class _Sums:
    """Totals over the exchanges, for comparison with the manifest."""

    sequences: Counter[int]
    categories: Counter[str]
    ends: Counter[str]
    redactions: Counter[str]


def matching_folders(name: str, captures: Path) -> list[Path]:
    """Return the capture folders that match a name, like `wirelore.store.writer.find`, but including broken ones.

    Raises Unreadable if there is none.
    """
    return folders_of(name, captures, lambda folder: is_capture(folder) or (folder / INDEX).is_file())


def problems(folder: Path) -> Iterator[Problem]:
    """Yield the problems of a capture in this order: manifest, index and its exchanges, counts, strays, modes.

    Raises Unreadable if the capture has a later format.
    """
    manifest, faults = _document(folder / MANIFEST, MANIFEST)
    yield from faults
    if manifest is not None:
        yield from _manifest(manifest)
    sums = _Sums(Counter(), Counter(), Counter(), Counter())
    ids: set[str] = set()
    recording = manifest is not None and manifest.get("status") == RECORDING
    yield from _index(folder, manifest if not recording else None, ids, sums)
    if manifest is not None:
        yield from _counts(manifest, sums)
    yield from strays(folder, ids)
    yield from modes(folder)


def _manifest(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    found = manifest.get("format")
    if isinstance(found, int) and found > FORMAT:
        raise Unreadable(f"{MANIFEST}: capture format {found}, this version reads 1 to {FORMAT}; update wirelore")
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        yield Problem(
            f"{MANIFEST}/format", _displayed(found), f"a number from 1 to {FORMAT}", "it was changed; " + _AGAIN
        )
    if manifest.get("status") == REPAIRED:
        repair = _mapping(manifest.get("repair"))
        found = f"repaired; exchanges in progress when its recorder was killed: {_displayed(repair.get('saved'))}"
        remedy = "no action needed; later traffic is missing"
        yield Problem(f"{MANIFEST}/status", found, f"'{CLOSED}'", remedy, note=True)
    elif manifest.get("status") != CLOSED:
        remedy = "wait for the recorder; if it is gone, exchanges in progress are lost"
        yield Problem(f"{MANIFEST}/status", _displayed(manifest.get("status")), "'complete'", remedy)


def _index(folder: Path, manifest: Mapping[str, Any] | None, ids: set[str], sums: _Sums) -> Iterator[Problem]:
    path = folder / INDEX
    if path.is_symlink() or not path.is_file():
        yield Problem(INDEX, "missing", "a line per exchange", "restore it from a copy; " + _AGAIN)
        return
    digest, line = hashlib.sha256(), b""
    try:
        for number, line in enumerate(bounded.lines(path), 1):
            digest.update(line)
            yield from _line(folder, f"{INDEX}:{number}", line, ids, sums)
    except bounded.Refused as fault:
        yield Problem(INDEX, str(fault), "a line per exchange", _AGAIN)
    if line and not line.endswith(b"\n"):
        yield Problem(INDEX, "no newline at the end", "complete lines", "it was truncated; " + _AGAIN)
    expected_digest = manifest.get("index_sha256") if manifest else None
    if manifest and expected_digest != digest.hexdigest():
        remedy = "one of the two was changed; restore them from a copy"
        yield Problem(INDEX, "different SHA-256", f"the one in {MANIFEST}", remedy)


def _line(folder: Path, place: str, line: bytes, ids: set[str], sums: _Sums) -> Iterator[Problem]:
    entry = codec.document(line).value
    name = entry.get("id") if isinstance(entry, dict) else None
    parts = ID.fullmatch(name) if isinstance(name, str) else None
    if not isinstance(entry, dict) or parts is None or not isinstance(name, str):
        yield Problem(place, "not an index line with an exchange id", "a line as in docs/capture-format.md", _AGAIN)
        return
    if name in ids:
        yield Problem(place, f"duplicate line for {name}", "one line per exchange", "remove one of the lines")
        return
    ids.add(name)
    sequence = entry.get("sequence")
    if sequence != int(parts[2]) or entry.get("category") != parts[1]:
        found = f"sequence {_displayed(sequence)}, category {_displayed(entry.get('category'))}"
        yield Problem(place, found, f"those of {name}", "the line was changed; restore it from a copy")
    sums.sequences[int(parts[2])] += 1
    sums.categories[str(entry.get("category"))] += 1
    sums.ends[str(entry.get("end"))] += 1
    document, faults = _document(folder / name / EXCHANGE, f"{name}/{EXCHANGE}")
    yield from faults
    if document is not None:
        yield from _exchange(folder, name, document, place, entry, sums)


def _exchange(
    folder: Path, name: str, document: Mapping[str, Any], place: str, entry: Mapping[str, Any], sums: _Sums
) -> Iterator[Problem]:
    try:
        expected_line = entry_of(document)
        redactions = {str(kind): int(count) for kind, count in document["redactions"].items()}
        sides = [(side, (document[side] or {}).get("body")) for side in ("request", "response")]
        bodies = [fault for side, body in sides for fault in _body(folder, f"{name}/{side}.body", body)]
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        expected = "the members of docs/capture-format.md"
        yield Problem(f"{name}/{EXCHANGE}", f"not readable ({type(fault).__name__})", expected, _AGAIN)
        return
    sums.redactions.update(redactions)
    if document.get("format") != FORMAT:
        found = _displayed(document.get("format"))
        yield Problem(f"{name}/{EXCHANGE}/format", found, f"a number from 1 to {FORMAT}", "it was changed; " + _AGAIN)
    differing = sorted(key for key in expected_line if key not in entry or entry[key] != expected_line[key])
    if differing:
        found = f"{', '.join(differing)} differ from {name}/{EXCHANGE}"
        yield Problem(place, found, "the values of the exchange", "one of the two was changed")
    yield from bodies


def _body(folder: Path, place: str, body: Mapping[str, Any] | None) -> Iterator[Problem]:
    path = folder / place
    exists = path.is_file() and not path.is_symlink()
    if body is None:
        if exists:
            yield Problem(place, "a body", f"none according to {EXCHANGE}", "one of the two was changed")
        return
    yield from _chunks(f"{place.rpartition('/')[0]}/{EXCHANGE}", place, body)
    if not exists:
        yield Problem(place, "missing", f"{body['size']} bytes", "restore it from a copy; " + _AGAIN)
        return
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    if size != body["size"]:
        yield Problem(
            place, f"{size} bytes", f"{body['size']} according to {EXCHANGE}", "it was truncated or changed; " + _AGAIN
        )
    elif digest.hexdigest() != body["sha256"]:
        expected = f"the one in {EXCHANGE}"
        yield Problem(place, "different SHA-256", expected, "it was changed; restore it from a copy")


def _chunks(place: str, body_place: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield at most one problem of a chunk table: its first invalid chunk."""
    side, end, before_us = body_place.rpartition("/")[2].partition(".")[0], 0, 0
    for number, (offset, size, us) in enumerate(body["chunks"]):
        if offset < end or size < 0 or offset + size > body["size"] or us < before_us:
            found = f"[{offset}, {size}, {us}]"
            expected = f"a chunk within {body['size']} bytes, starting at {end} or later, {before_us} us or later"
            yield Problem(f"{place}/{side}/body/chunks/{number}", found, expected, "it was changed; " + _AGAIN)
            return
        end, before_us = offset + size, us


def _counts(manifest: Mapping[str, Any], sums: _Sums) -> Iterator[Problem]:
    completeness = _mapping(manifest.get("completeness"))
    expected = {
        "categories": dict(sums.categories),
        "completeness/aborted": sum(n for cause, n in sums.ends.items() if cause not in COMPLETE_CAUSES),
        "completeness/recorded": sums.categories.total(),
        "ends": dict(sums.ends),
        "redaction/replaced": {kind: count for kind, count in sums.redactions.items() if count},
    }
    for pointer, actual in expected.items():
        stated: Any = manifest
        for key in pointer.split("/"):
            stated = _mapping(stated).get(key)
        if stated != actual:
            remedy = "exchanges are lost, or one of the two was changed"
            yield Problem(
                f"{MANIFEST}/{pointer}", _displayed(stated), f"{_displayed(actual)} according to the exchanges", remedy
            )
    for sequence, times in sorted(sums.sequences.items()):
        if times > 1:
            yield Problem(
                INDEX, f"sequence {sequence} occurs {times} times", "each number once", "the index was changed"
            )
    lost = sum(missing(completeness, sums.ends).values())
    gaps = sorted(set(range(1, max(sums.sequences, default=0) + 1)) - set(sums.sequences))
    if len(gaps) > lost:
        found = f"missing sequence {', '.join(map(str, gaps[:10]))}{', ...' if len(gaps) > 10 else ''}"
        yield Problem(INDEX, found, f"numbers without a gap, or losses in {MANIFEST}", _AGAIN)


def _document(path: Path, place: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    expected, found = "a JSON object as in docs/capture-format.md", "missing"
    if path.is_file() and not path.is_symlink():
        try:
            document = codec.document(bounded.read(path))
        except bounded.Refused as fault:
            return None, [Problem(place, str(fault), expected, _AGAIN)]
        if isinstance(document.value, dict):
            return document.value, []
        found = f"not JSON ({document.problem})" if document.problem else f"a JSON {type(document.value).__name__}"
    return None, [Problem(place, found, expected, "restore it from a copy; " + _AGAIN)]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _displayed(value: Any) -> str:
    """Format a value for a message. Strings are shown only if they are short and plain, so never a secret."""
    is_plain: Callable[[str], object] = re.compile(r"[a-z-]{0,16}").fullmatch
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_displayed(key)}: {_displayed(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, str):
        return repr(value) if is_plain(value) else f"a string of {len(value)} characters"
    return repr(value) if value is None or isinstance(value, int | float) else f"a JSON {type(value).__name__}"
