"""Comparison of the matches in an exchange with the replacements that its exchange.json lists or counts.

`wirelore.redaction.audit.leak_scan` explains how originals are told from pseudonyms.
"""

import binascii
import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wirelore.model import codec
from wirelore.model.wording import quantity
from wirelore.redaction.audit.random_strings import digest
from wirelore.redaction.audit.rescan import Hit, Rescan
from wirelore.redaction.redactor import Redactor
from wirelore.store.layout import EXCHANGE

_JWT = re.compile(rb"(eyJ[\w-]*)\.[\w-]*")
_ID = re.compile(rb"[a-z]+_01[A-Za-z0-9]{20,}")
_UUID4 = re.compile(rb"(?i)[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Leak:
    """A string that may be a secret, or that is unexplained."""

    place: str
    """The file's path relative to the capture, with the line number in the index."""
    at: str
    """A JSON pointer, or the offset in bytes."""
    kind: str
    length: int
    reason: str
    level: str = "residue"
    """`residue`, or `unexplained` if no rule matches."""

    def __str__(self) -> str:
        return f"{self.place} at {self.at}: {self.kind} ({self.length} bytes): {self.reason}"


@dataclass(slots=True)
class Account:
    """Totals of a scan, besides the reports."""

    explained: int = 0
    """Matches that the lists or counts explain."""
    hidden: int = 0
    """The number of replacements that were not matched again."""


@dataclass(slots=True)
class ScanState:
    """The state of the scan of one capture."""

    listed: set[str] = field(default_factory=set)
    """The digests of all pseudonyms that exchanges list."""
    balanced: set[bytes] = field(default_factory=set)
    """Digests of matches in exchanges whose counts agree."""
    first_leaks: dict[bytes, "Leak | None"] = field(default_factory=dict)
    """All matches in exchanges, by digest; with the key, the leak at their first place."""
    originals: dict[bytes, bytes] = field(default_factory=dict)
    """With the key: the digest of each match by the digest of its pseudonym."""
    proven: set[bytes] = field(default_factory=set)
    doubtful: list[tuple[list[Hit], int, str]] = field(default_factory=list)
    """Groups of matches, the number of originals among them, and the reason."""
    strings: dict[bytes, Leak] = field(default_factory=dict)
    """Unexplained strings by digest, at their first place."""


def unlisted_leaks(reading: Rescan, state: ScanState, account: Account) -> Iterator[Leak]:
    """Yield the matches in an exchange that its exchange.json does not list as pseudonyms."""
    for hit in reading.hits:
        state.first_leaks.setdefault(hit.digest, None)
        if not hit.listed:
            yield leak_of(hit, f"{EXCHANGE} does not list it as a pseudonym")
    explained = {(hit.kind, hit.digest) for hit in reading.hits if hit.listed}
    account.explained += sum(reading.hit_counts[key] for key in explained)


def unbalanced_leaks(
    reading: Rescan,
    redaction_counts: Mapping[str, Any],
    redactor: Redactor,
    state: ScanState,
    key: bytes | None,
    account: Account,
) -> Iterator[Leak]:
    """Yield the certain originals in an exchange; record the doubtful ones for `doubtful_leaks`."""
    replaced = {str(kind): count for kind, count in redaction_counts.items() if isinstance(count, int)}
    found_counts: Counter[str] = Counter()
    for (kind, _), times in reading.hit_counts.items():
        found_counts[kind] += times
    hidden = sum(max(0, count - found_counts[kind]) for kind, count in replaced.items())
    account.hidden += hidden
    for kind in sorted(found_counts):
        hits, excess = [hit for hit in reading.hits if hit.kind == kind], found_counts[kind] - replaced.get(kind, 0)
        original_digests = {hit.digest for hit in hits if _original(hit.secret, excess > 0)}
        yield from (leak_of(hit, "its form is that of an original") for hit in hits if hit.digest in original_digests)
        rest = [hit for hit in hits if hit.digest not in original_digests]
        originals = sum(reading.hit_counts[kind, value_digest] for value_digest in original_digests)
        excess -= originals
        reason = (
            f"{quantity(found_counts[kind], 'match', 'matches')}, {EXCHANGE} counts {replaced.get(kind, 0)} replaced"
        )
        if excess <= 0:
            state.balanced.update(hit.digest for hit in rest)
        elif excess <= hidden:
            reason += f"; {hidden} replaced of other kinds were not matched again and may match as this kind"
            yield replace(leak_of(rest[0], reason), level="unexplained")
        else:
            state.doubtful.append((rest, excess, reason))
        account.explained += (
            found_counts[kind]
            - sum(reading.hit_counts[kind, value_digest] for value_digest in original_digests)
            - max(0, excess)
        )
    for hit in reading.hits:
        if hit.digest not in state.first_leaks:
            reason = "its pseudonym occurs in the capture too, so it is an original"
            state.first_leaks[hit.digest] = leak_of(hit, reason) if key else None
            if key:
                state.originals[digest(redactor.pseudonyms.pseudonym(hit.secret))] = hit.digest


def proven_leaks(state: ScanState) -> Iterator[Leak]:
    """Yield, with the key, the originals whose pseudonyms were matched too."""
    state.proven = {original for pseudonym, original in state.originals.items() if pseudonym in state.first_leaks}
    yield from (
        first for value_digest, first in state.first_leaks.items() if value_digest in state.proven and first is not None
    )


def doubtful_leaks(state: ScanState) -> Iterator[Leak]:
    """Yield the possible originals where there are more matches than counted replacements."""
    for hits, excess, reason in state.doubtful:
        unproven = [hit for hit in hits if hit.digest not in state.proven]
        remaining = excess - len(hits) + len(unproven)
        candidates = [hit for hit in unproven if hit.digest not in state.balanced]
        candidates = candidates if len(candidates) >= remaining else unproven
        among = "" if len(candidates) == remaining else f"; {remaining} of {len(candidates)} that may be it"
        yield from (leak_of(hit, reason + among) for hit in candidates if remaining > 0)


def leak_of(hit: Hit, reason: str) -> Leak:
    """Return the report of a match, without its value."""
    return Leak(hit.place, hit.at, hit.kind, hit.length, reason)


def _original(secret: bytes, has_excess: bool) -> bool:
    """Return True if the form shows that no rule made the string: pseudonyms keep a prefix, but nothing with a meaning.

    `has_excess` is True if there are more matches than replacements; then a UUID of version 4 is an original.
    """
    if match := _JWT.match(secret):
        head = match[1].translate(bytes.maketrans(b"-_", b"+/"))
        with contextlib.suppress(ValueError):
            return isinstance(codec.loads(binascii.a2b_base64(head + b"=" * (-len(head) % 4))), dict)
    return bool(_ID.fullmatch(secret)) or (has_excess and bool(_UUID4.fullmatch(secret)))
