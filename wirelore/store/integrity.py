"""Integrity: whether a capture at rest is what docs/capture-format.md says, and what its own counts and hashes say.

What of a mode or a link is a failure says `wirelore.store.layout`; everything else is one.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.model.exchange import WHOLE
from wirelore.store import bounded
from wirelore.store.completeness import missing
from wirelore.store.index import entry_of
from wirelore.store.layout import EXCHANGE, ID, Problem, modes, strays
from wirelore.store.reader import CLOSED, FORMAT, INDEX, MANIFEST, RECORDING, REPAIRED, Unreadable, below, is_capture

_BLOCK = 1 << 20
_AGAIN = "record or import it again"


@dataclass(slots=True)
class _Sums:
    """What is there, to be compared with what the manifest says."""

    sequences: Counter[int]
    categories: Counter[str]
    ends: Counter[str]
    redactions: Counter[str]


def folders(name: str, captures: Path) -> list[Path]:
    """The folders of the captures that a user names, as `wirelore.store.writer.find` has it, broken ones too.

    Raises Unreadable if there is none.
    """
    for folder in (Path(name), captures / name):
        if is_capture(folder) or (folder / INDEX).is_file():
            return [folder]
        if inside := list(below(folder)):
            return inside
    raise Unreadable(f"{name}: no capture of this name in {captures}, and no capture at this path; see `wirelore list`")


def problems(folder: Path) -> Iterator[Problem]:
    """What is wrong with a capture, in this order: manifest, index and its exchanges, counts, strays, modes.

    Raises Unreadable if the capture is of a later format, which this version cannot judge.
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
        yield Problem(f"{MANIFEST}/format", _shown(found), f"a number from 1 to {FORMAT}", "it was changed; " + _AGAIN)
    if manifest.get("status") == REPAIRED:
        done = _mapping(manifest.get("repair"))
        found = f"repaired: {_shown(done.get('saved'))} exchanges were under way when its recorder was killed"
        remedy = "nothing needs to be done; what came after that is not there"
        yield Problem(f"{MANIFEST}/status", found, f"'{CLOSED}'", remedy, note=True)
    elif manifest.get("status") != CLOSED:
        remedy = "wait for the recorder; if it is gone, what it had not ended is lost"
        yield Problem(f"{MANIFEST}/status", _shown(manifest.get("status")), "'complete'", remedy)


def _index(folder: Path, manifest: Mapping[str, Any] | None, ids: set[str], sums: _Sums) -> Iterator[Problem]:
    path = folder / INDEX
    if path.is_symlink() or not path.is_file():
        yield Problem(INDEX, "missing", "a line per exchange", "take it from a copy; " + _AGAIN)
        return
    digest, line = hashlib.sha256(), b""
    try:
        for number, line in enumerate(bounded.lines(path), 1):
            digest.update(line)
            yield from _line(folder, f"{INDEX}:{number}", line, ids, sums)
    except bounded.Refused as fault:
        yield Problem(INDEX, str(fault), "a line per exchange", _AGAIN)
    if line and not line.endswith(b"\n"):
        yield Problem(INDEX, "no line end at its end", "whole lines", "it was cut; " + _AGAIN)
    said = manifest.get("index_sha256") if manifest else None
    if manifest and said != digest.hexdigest():
        remedy = "one of both was changed; take them from a copy"
        yield Problem(INDEX, "another sha256", f"the one that {MANIFEST} says", remedy)


def _line(folder: Path, place: str, line: bytes, ids: set[str], sums: _Sums) -> Iterator[Problem]:
    entry = codec.document(line).value
    name = entry.get("id") if isinstance(entry, dict) else None
    parts = ID.fullmatch(name) if isinstance(name, str) else None
    if not isinstance(entry, dict) or parts is None or not isinstance(name, str):
        yield Problem(place, "no index line with an exchange's id", "one as docs/capture-format.md has it", _AGAIN)
        return
    if name in ids:
        yield Problem(place, f"{name} a second time", "a line per exchange", "remove one of the lines")
        return
    ids.add(name)
    sequence = entry.get("sequence")
    if sequence != int(parts[2]) or entry.get("category") != parts[1]:
        found = f"sequence {_shown(sequence)}, category {_shown(entry.get('category'))}"
        yield Problem(place, found, f"those of {name}", "the line was changed; take it from a copy")
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
        said = entry_of(document)
        redactions = {str(kind): int(count) for kind, count in document["redactions"].items()}
        sides = [(side, (document[side] or {}).get("body")) for side in ("request", "response")]
        bodies = [fault for side, body in sides for fault in _body(folder, f"{name}/{side}.body", body)]
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        expected = "the members of docs/capture-format.md"
        yield Problem(f"{name}/{EXCHANGE}", f"not readable ({type(fault).__name__})", expected, _AGAIN)
        return
    sums.redactions.update(redactions)
    if document.get("format") != FORMAT:
        found = _shown(document.get("format"))
        yield Problem(f"{name}/{EXCHANGE}/format", found, f"a number from 1 to {FORMAT}", "it was changed; " + _AGAIN)
    differing = sorted(key for key in said if key not in entry or entry[key] != said[key])
    if differing:
        found = f"{', '.join(differing)} unlike {name}/{EXCHANGE}"
        yield Problem(place, found, "a line that agrees with its exchange", "one of both was changed")
    yield from bodies


def _body(folder: Path, place: str, body: Mapping[str, Any] | None) -> Iterator[Problem]:
    path = folder / place
    there = path.is_file() and not path.is_symlink()
    if body is None:
        if there:
            yield Problem(place, "a body", f"none, as {EXCHANGE} says", "one of both was changed")
        return
    yield from _chunks(f"{place.rpartition('/')[0]}/{EXCHANGE}", place, body)
    if not there:
        yield Problem(place, "missing", f"{body['size']} bytes", "take it from a copy; " + _AGAIN)
        return
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    if size != body["size"]:
        yield Problem(place, f"{size} bytes", f"{body['size']} as {EXCHANGE} says", "it was cut or changed; " + _AGAIN)
    elif digest.hexdigest() != body["sha256"]:
        expected = f"the one that {EXCHANGE} says"
        yield Problem(place, "another sha256", expected, "it was changed; take it from a copy")


def _chunks(place: str, body_place: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    """At most one problem of a chunk table: the first chunk that is not one."""
    side, end, before_us = body_place.rpartition("/")[2].partition(".")[0], 0, 0
    for number, (offset, size, us) in enumerate(body["chunks"]):
        if offset < end or size < 0 or offset + size > body["size"] or us < before_us:
            found = f"[{offset}, {size}, {us}]"
            expected = f"a chunk within {body['size']} bytes, from {end} and {before_us} us on"
            yield Problem(f"{place}/{side}/body/chunks/{number}", found, expected, "it was changed; " + _AGAIN)
            return
        end, before_us = offset + size, us


def _counts(manifest: Mapping[str, Any], sums: _Sums) -> Iterator[Problem]:
    completeness = _mapping(manifest.get("completeness"))
    expected = {
        "categories": dict(sums.categories),
        "completeness/aborted": sum(n for cause, n in sums.ends.items() if cause not in WHOLE),
        "completeness/recorded": sums.categories.total(),
        "ends": dict(sums.ends),
        "redaction/replaced": {kind: count for kind, count in sums.redactions.items() if count},
    }
    for pointer, there in expected.items():
        said: Any = manifest
        for key in pointer.split("/"):
            said = _mapping(said).get(key)
        if said != there:
            remedy = "something is lost, or one of both was changed"
            yield Problem(f"{MANIFEST}/{pointer}", _shown(said), f"{_shown(there)} as is there", remedy)
    for sequence, times in sorted(sums.sequences.items()):
        if times > 1:
            yield Problem(INDEX, f"sequence {sequence} {times} times", "each number once", "the index was changed")
    lost = sum(missing(completeness, sums.ends).values())
    gaps = sorted(set(range(1, max(sums.sequences, default=0) + 1)) - set(sums.sequences))
    if len(gaps) > lost:
        found = f"no sequence {', '.join(map(str, gaps[:10]))}{', ...' if len(gaps) > 10 else ''}"
        yield Problem(INDEX, found, f"numbers without a gap, or {MANIFEST} telling what is lost", _AGAIN)


def _document(path: Path, place: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    expected, found = "a JSON object as docs/capture-format.md has it", "missing"
    if path.is_file() and not path.is_symlink():
        try:
            document = codec.document(bounded.read(path))
        except bounded.Refused as fault:
            return None, [Problem(place, str(fault), expected, _AGAIN)]
        if isinstance(document.value, dict):
            return document.value, []
        found = f"no JSON ({document.problem})" if document.problem else f"a JSON {type(document.value).__name__}"
    return None, [Problem(place, found, expected, "take it from a copy; " + _AGAIN)]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _shown(value: Any) -> str:
    """A value for a message: a text only if it is short, and plain, and thus no secret."""
    shows: Callable[[str], object] = re.compile(r"[a-z-]{0,16}").fullmatch
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_shown(key)}: {_shown(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, str):
        return repr(value) if shows(value) else f"a string of {len(value)} characters"
    return repr(value) if value is None or isinstance(value, int | float) else f"a JSON {type(value).__name__}"
