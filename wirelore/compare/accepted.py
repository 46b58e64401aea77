"""The accept file: differences that a user accepts, each with a reason.

A JSON list of objects. `fingerprint`, `rule`, `operation` and `place` select differences: all that are present must
match, and `*` matches any text. `reason` is required. `until` is the last recording date (`2026-12-31`) or the last
client version of the newer side (`2.1.400`) for which the entry applies. `message` is a comment.
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
    """An accept file is invalid. The message names the file, the entry, the expected content and the remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an accept file."""

    number: int
    """The position in the file, from 1."""
    patterns: tuple[tuple[str, str], ...]
    """Selecting members with their patterns, in the order of `_SELECTING`."""
    reason: str
    until: str = ""

    def fits(self, difference: Difference) -> bool:
        """Return True if the entry selects the difference."""
        return all(_fits(pattern, getattr(difference, name)) for name, pattern in self.patterns)

    def expired(self, comparison: Comparison) -> bool:
        """Return True if the newer side's recording date or version is later than `until`; False if unknown."""
        after = comparison.after
        if _DATE.fullmatch(self.until):
            return after.ended[:10] > self.until
        version = after.clients[0].partition("/")[2] if after.clients else ""
        return bool(self.until and version) and version_key(version) > version_key(self.until)


def read(path: Path) -> tuple[Entry, ...]:
    """Read the entries of an accept file. Raises BadAcceptFile."""
    try:
        document = codec.loads(path.read_bytes())
    except OSError as fault:
        raise BadAcceptFile(
            f"{path}: {fault.strerror or fault}; `wirelore diff A B --accept-new FILE` creates one"
        ) from None
    except ValueError as fault:
        raise BadAcceptFile(f"{path}: not JSON ({fault}); expected a list of entries") from None
    if not isinstance(document, list):
        raise BadAcceptFile(f"{path}: not a JSON list; expected a list of entries in [ ]")
    return tuple(_entry(path, number, value) for number, value in enumerate(document, 1))


def separate_accepted(comparison: Comparison, entries: Iterable[Entry] = ()) -> Changes:
    """Separate the accepted differences of a comparison; the first matching entry accepts a difference."""
    all_entries = list(entries)
    current = [entry for entry in all_entries if not entry.expired(comparison)]
    accepted, counted = [], []
    for difference in ranked(comparison.differences):
        entry = next((entry for entry in current if entry.fits(difference)), None)
        if entry:
            accepted.append(Accepted(difference, entry.number, entry.reason))
        else:
            counted.append(difference)
    used = {entry.number for entry in current if any(map(entry.fits, comparison.differences))}
    stale = [_stale(entry, current) for entry in all_entries if entry.number not in used]
    return Changes(comparison, tuple(counted), tuple(accepted), tuple(stale))


def write_new(path: Path, differences: Iterable[Difference]) -> None:
    """Write a new accept file with empty reasons, which must be filled in before use. Raises BadAcceptFile."""
    members = (*_SELECTING, "message")
    entries = [{**{name: getattr(difference, name) for name in members}, "reason": ""} for difference in differences]
    try:
        with path.open("xb") as stream:
            stream.write(codec.pretty(entries))
    except FileExistsError:
        raise BadAcceptFile(f"{path}: file exists and may contain reasons; choose another name") from None


def _stale(entry: Entry, current: list[Entry]) -> Stale:
    selection = ", ".join(f"{name} {pattern}" for name, pattern in entry.patterns)
    why = "matches no difference; remove it" if entry in current else f"expired after {entry.until}; review it"
    return Stale(entry.number, selection, why)


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def _entry(path: Path, number: int, entry: Any) -> Entry:
    location = f"{path}: entry {number}"
    if not isinstance(entry, dict):
        raise BadAcceptFile(f"{location}: a JSON {type(entry).__name__}, expected an object with {', '.join(_MEMBERS)}")
    for name, value in entry.items():
        if name not in _MEMBERS:
            raise BadAcceptFile(
                f"{location}: unknown member {name!r}, expected {', '.join(_MEMBERS)}; rename or remove it"
            )
        if not isinstance(value, str):
            raise BadAcceptFile(f"{location}: {name} is {value!r}, expected a string; put it into quotes")
    if not {"fingerprint", "rule"} & entry.keys():
        raise BadAcceptFile(
            f"{location}: no fingerprint and no rule, expected one of them; `wirelore diff` prints both"
        )
    if not entry.get("reason", "").strip():
        raise BadAcceptFile(
            f"{location}: reason missing, expected why the difference is acceptable; add it, or remove the entry"
        )
    until = entry.get("until", "")
    if until and not _DATE.fullmatch(until) and not _VERSION.fullmatch(until):
        raise BadAcceptFile(
            f"{location}: until is {until!r}, expected a date like 2026-12-31 or a version like 2.1.400"
        )
    patterns = tuple((name, entry[name]) for name in _SELECTING if name in entry)
    return Entry(number, patterns, entry["reason"].strip(), until)
