"""Verification: checks captures for integrity and leaks, with the results as lines for people or programs."""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from wirelore.model import codec
from wirelore.model.terminal import printable
from wirelore.model.wording import quantity
from wirelore.redaction.audit.leak_scan import leaks
from wirelore.redaction.audit.redaction_counts import Account, Leak
from wirelore.redaction.keys import ONCE, SIZE, id_of
from wirelore.redaction.redactor import Redactor
from wirelore.store.integrity import problems
from wirelore.store.layout import Problem
from wirelore.store.reader import MANIFEST, Capture

LEVELS = ("broken", "residue", "unexplained", "note")
"""The levels from the worst; the first two are failures."""


@dataclass(slots=True)
class Verification:
    """The verification of several captures, with counts that are updated as lines are produced."""

    key: bytes | None = None
    """The key with which the captures were redacted, if known."""
    canaries: Collection[str] = ()
    """Strings that must not occur."""
    captures: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LEVELS, 0))
    account: Account = field(default_factory=Account)
    _redactor: Redactor = field(default_factory=lambda: Redactor(secrets.token_bytes(SIZE)))

    @property
    def failed(self) -> bool:
        """True if anything is broken or a secret remains."""
        return self.counts["broken"] + self.counts["residue"] > 0

    def lines(self, folder: Path, *, json: bool = False) -> Iterator[str]:
        """Yield a line for each result of a capture. Raises Unreadable if it has a later format."""
        self.captures += 1
        for result in self._results(folder):
            level = _level(result)
            self.counts[level] += 1
            members = {"capture": folder.name, "level": level, **asdict(result)}
            yield self._safe(codec.line(members).decode() if json else f"{level}\t{folder.name}/{result}")

    def closing(self, *, json: bool = False) -> str:
        """Return the last line, with the counts."""
        if json:
            return codec.line({"captures": self.captures, **self.counts, **asdict(self.account)}).decode()
        numbers = {**self.counts}
        notes = quantity(numbers.pop("note"), "note")
        counts = ", ".join([*(f"{number} {level}" for level, number in numbers.items()), notes])
        explained = f"{quantity(self.account.explained, 'string')} counted as replaced"
        hidden = f", {self.account.hidden} of the replaced not matched again" if self.account.hidden else ""
        return f"{quantity(self.captures, 'capture')}: {counts}; {explained}{hidden}"

    def _safe(self, line: str) -> str:
        """Return the line without secrets from a hostile file name or member."""
        for canary in sorted(filter(None, self.canaries), key=len, reverse=True):
            line = line.replace(canary, "*")
        return printable(self._redactor.exchange().text(line))

    def _results(self, folder: Path) -> Iterator[Problem | Leak]:
        yield from problems(folder)
        if self.key:
            yield from _another_key(folder, self.key)
        yield from leaks(folder, key=self.key, canaries=self.canaries, account=self.account)


def _another_key(folder: Path, key: bytes) -> Iterator[Problem]:
    """Yield a note if the capture was redacted with another key, according to its manifest."""
    redaction = Capture(folder).manifest.get("redaction")
    key_id = redaction.get("key") if isinstance(redaction, dict) else None
    if isinstance(key_id, str) and key_id != id_of(key):
        found = "a key that was not saved" if key_id == ONCE else "another key"
        remedy = "the capture was checked without the key"
        yield Problem(f"{MANIFEST}/redaction/key", found, "the given key", remedy, note=True)


def _level(result: Problem | Leak) -> str:
    if isinstance(result, Leak):
        return result.level
    return "note" if result.note else "broken"
