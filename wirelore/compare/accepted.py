"""The accept file: differences that somebody has looked at and lives with, each with the reason.

A JSON list of objects. `fingerprint`, `rule`, `operation` and `place` say which differences are meant: all that are
given must fit, `*` stands for any text. `reason` must be said. `until` is the last date of recording (`2026-12-31`) or
the last version of the client after the change (`2.1.400`) for which the entry holds. `message` is for the reader.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelore.compare.change import Comparison, Difference
from wirelore.compare.presentation import Accepted, Changes, Stale, ranked
from wirelore.model import codec
from wirelore.model.versions import version_key

_SELECTING = ("fingerprint", "rule", "operation", "place")
_MEMBERS = (*_SELECTING, "reason", "until", "message")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_VERSION = re.compile(r"\d+(\.\d+)+([.+-][\w.+-]+)?")


class BadAcceptFile(Exception):
    """An accept file cannot be used; the message names file, entry, what was expected, and the remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an accept file."""

    number: int
    """From 1."""
    wanted: tuple[tuple[str, str], ...]
    """Member and pattern of what is meant, in the order of the members above."""
    reason: str
    until: str = ""

    def fits(self, difference: Difference) -> bool:
        """Whether a difference is meant."""
        return all(_fits(pattern, getattr(difference, name)) for name, pattern in self.wanted)

    def expired(self, comparison: Comparison) -> bool:
        """Whether what was recorded after the change is later than the entry holds; not if that cannot be told."""
        after = comparison.after
        if _DATE.fullmatch(self.until):
            return after.ended[:10] > self.until
        version = after.clients[0].partition("/")[2] if after.clients else ""
        return bool(self.until and version) and version_key(version) > version_key(self.until)


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of an accept file. Raises BadAcceptFile."""
    try:
        document = codec.loads(path.read_bytes())
    except OSError as fault:
        raise BadAcceptFile(
            f"{path}: {fault.strerror or fault}; `wirelore diff A B --accept-new FILE` makes one"
        ) from None
    except ValueError as fault:
        raise BadAcceptFile(f"{path}: no JSON ({fault}); expected a list of entries") from None
    if not isinstance(document, list):
        raise BadAcceptFile(f"{path}: a JSON {type(document).__name__}, expected a list of entries; put it into [ ]")
    return tuple(_entry(path, number, one) for number, one in enumerate(document, 1))


def apart(comparison: Comparison, entries: Iterable[Entry] = ()) -> Changes:
    """The comparison with the accepted differences apart; the first entry that fits is the one that accepts."""
    every = list(entries)
    holding = [entry for entry in every if not entry.expired(comparison)]
    accepted, counted = [], []
    for one in ranked(comparison.differences):
        entry = next((entry for entry in holding if entry.fits(one)), None)
        if entry:
            accepted.append(Accepted(one, entry.number, entry.reason))
        else:
            counted.append(one)
    used = {entry.number for entry in holding if any(map(entry.fits, comparison.differences))}
    stale = [_stale(entry, holding) for entry in every if entry.number not in used]
    return Changes(comparison, tuple(counted), tuple(accepted), tuple(stale))


def keep(path: Path, differences: Iterable[Difference]) -> None:
    """Writes a new accept file; its empty reasons are refused until somebody fills them in. Raises BadAcceptFile."""
    entries = [{**{name: getattr(one, name) for name in (*_SELECTING, "message")}, "reason": ""} for one in differences]
    try:
        with path.open("xb") as stream:
            stream.write(codec.pretty(entries))
    except FileExistsError:
        raise BadAcceptFile(f"{path}: is there already, and may hold reasons; choose another name") from None


def _stale(entry: Entry, holding: list[Entry]) -> Stale:
    wanted = ", ".join(f"{name} {pattern}" for name, pattern in entry.wanted)
    why = "no difference fits; remove it" if entry in holding else f"it held until {entry.until}; look at it again"
    return Stale(entry.number, wanted, why)


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def _entry(path: Path, number: int, found: Any) -> Entry:
    where = f"{path}: entry {number}"
    if not isinstance(found, dict):
        raise BadAcceptFile(f"{where}: a JSON {type(found).__name__}, expected an object with {', '.join(_MEMBERS)}")
    for name, value in found.items():
        if name not in _MEMBERS:
            raise BadAcceptFile(
                f"{where}: unknown member {name!r}, expected {', '.join(_MEMBERS)}; rename or remove it"
            )
        if not isinstance(value, str):
            raise BadAcceptFile(f"{where}: {name} is {value!r}, expected a string; put it into quotes")
    if not {"fingerprint", "rule"} & found.keys():
        raise BadAcceptFile(f"{where}: names no difference, expected fingerprint or rule; `wirelore diff` prints both")
    if not found.get("reason", "").strip():
        raise BadAcceptFile(
            f"{where}: no reason, expected why the difference is acceptable; write it, or remove the entry"
        )
    until = found.get("until", "")
    if until and not _DATE.fullmatch(until) and not _VERSION.fullmatch(until):
        raise BadAcceptFile(f"{where}: until is {until!r}, expected a date like 2026-12-31 or a version like 2.1.400")
    wanted = tuple((name, found[name]) for name in _SELECTING if name in found)
    return Entry(number, wanted, found["reason"].strip(), until)
