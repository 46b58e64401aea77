"""The books: what rules caught in an exchange, compared with what its exchange.json says was written there.

How an original is told from a pseudonym says `wirelore.redaction.audit.leak_scan`.
"""

import binascii
import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wirelore.model import codec
from wirelore.redaction.audit.random_strings import digest
from wirelore.redaction.audit.rescan import Hit, Rescan
from wirelore.redaction.redactor import Redactor
from wirelore.store.layout import EXCHANGE

_JWT = re.compile(rb"(eyJ[\w-]*)\.[\w-]*")
_ID = re.compile(rb"[a-z]+_01[A-Za-z0-9]{20,}")
_UUID4 = re.compile(rb"(?i)[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Leak:
    """A string that should not be there, or that nobody can explain."""

    place: str
    """The file, relative to the capture; with the number of the line in the index."""
    at: str
    """A JSON pointer, or the offset in bytes."""
    kind: str
    length: int
    reason: str
    level: str = "residue"
    """`residue`, or `unexplained`: no rule knows it."""

    def __str__(self) -> str:
        return f"{self.place} at {self.at}: {self.kind} ({self.length} bytes): {self.reason}"


@dataclass(slots=True)
class Account:
    """What was read, beside what is reported."""

    explained: int = 0
    """Strings with the look of secrets that the books explain."""
    hidden: int = 0
    """By how many they are fewer than what was replaced."""


@dataclass(slots=True)
class Known:
    """What is known of a whole capture."""

    listed: set[str] = field(default_factory=set)
    """The marks of all pseudonyms that exchanges list."""
    balanced: set[bytes] = field(default_factory=set)
    """Digests of strings in exchanges whose books balance."""
    seen: dict[bytes, "Leak | None"] = field(default_factory=dict)
    """Digests of all strings caught in exchanges; with the key, where each stood first."""
    made: dict[bytes, bytes] = field(default_factory=dict)
    """With the key: the digest of each one's pseudonym, and the digest of it itself."""
    proven: set[bytes] = field(default_factory=set)
    doubtful: list[tuple[list[Hit], int, str]] = field(default_factory=list)
    """Groups of which so many were not replaced, and why that is known."""
    strings: dict[bytes, Leak] = field(default_factory=dict)
    """By digest what no rule knows, where it stood first."""


def unlisted(reading: Rescan, known: Known, account: Account) -> Iterator[Leak]:
    """What in an exchange is none of the pseudonyms that its exchange.json lists."""
    for find in reading.finds:
        known.seen.setdefault(find.digest, None)
        if not find.listed:
            yield reported(find, f"{EXCHANGE} does not list it as a pseudonym")
    explained = {(find.kind, find.digest) for find in reading.finds if find.listed}
    account.explained += sum(reading.times[one] for one in explained)


def judged(
    reading: Rescan, books: Mapping[str, Any], redactor: Redactor, known: Known, key: bytes | None, account: Account
) -> Iterator[Leak]:
    """What is certainly an original in an exchange; the doubtful is kept for `doubtful`."""
    replaced = {str(kind): count for kind, count in books.items() if isinstance(count, int)}
    there: Counter[str] = Counter()
    for (kind, _), times in reading.times.items():
        there[kind] += times
    hidden = sum(max(0, count - there[kind]) for kind, count in replaced.items())
    account.hidden += hidden
    for kind in sorted(there):
        caught, beyond = [find for find in reading.finds if find.kind == kind], there[kind] - replaced.get(kind, 0)
        marks = {find.digest for find in caught if _original(find.secret, beyond > 0)}
        yield from (reported(find, "its form is that of an original") for find in caught if find.digest in marks)
        rest = [find for find in caught if find.digest not in marks]
        beyond -= sum(reading.times[kind, mark] for mark in marks)
        reason = f"{there[kind]} of its kind are there, {EXCHANGE} counts {replaced.get(kind, 0)} replaced"
        if beyond <= 0:
            known.balanced.update(find.digest for find in rest)
        elif beyond <= hidden:
            reason += f"; {hidden} of other kinds were not found again, and may be found as this kind"
            yield replace(reported(rest[0], reason), level="unexplained")
        else:
            known.doubtful.append((rest, beyond, reason))
        account.explained += there[kind] - sum(reading.times[kind, mark] for mark in marks) - max(0, beyond)
    for find in reading.finds:
        if find.digest not in known.seen:
            reason = "its pseudonym stands in the capture too, so it is an original"
            known.seen[find.digest] = reported(find, reason) if key else None
            if key:
                known.made[digest(redactor.pseudonyms.of(find.secret))] = find.digest


def proven(known: Known) -> Iterator[Leak]:
    """With the key: what was an original, as its pseudonym was found too."""
    known.proven = {original for pseudonym, original in known.made.items() if pseudonym in known.seen}
    yield from (first for mark, first in known.seen.items() if mark in known.proven and first is not None)


def doubtful(known: Known) -> Iterator[Leak]:
    """What may be what was not replaced, where more is there than the books say."""
    for finds, beyond, reason in known.doubtful:
        unproven = [find for find in finds if find.digest not in known.proven]
        left = beyond - len(finds) + len(unproven)
        unknown = [find for find in unproven if find.digest not in known.balanced]
        unknown = unknown if len(unknown) >= left else unproven
        among = "" if len(unknown) == left else f"; {left} of {len(unknown)} that may be it"
        yield from (reported(find, reason + among) for find in unknown if left > 0)


def reported(find: Hit, reason: str) -> Leak:
    """A find as it is reported: without the string."""
    return Leak(find.place, find.at, find.kind, find.length, reason)


def _original(secret: bytes, beyond: bool) -> bool:
    """Whether the form tells that no rule made it: pseudonyms keep a prefix, and nothing that means something.

    `beyond` says that something is there that was not replaced; then a UUID of version 4 is that.
    """
    if found := _JWT.match(secret):
        head = found[1].translate(bytes.maketrans(b"-_", b"+/"))
        with contextlib.suppress(ValueError):
            return isinstance(codec.loads(binascii.a2b_base64(head + b"=" * (-len(head) % 4))), dict)
    return bool(_ID.fullmatch(secret)) or (beyond and bool(_UUID4.fullmatch(secret)))
