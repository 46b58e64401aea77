"""Verification: captures judged whole and free of residue, as lines that a person or a program reads."""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from wirelore.model import codec
from wirelore.model.terminal import printable
from wirelore.redaction.audit.leak_scan import leaks
from wirelore.redaction.audit.redaction_counts import Account, Leak
from wirelore.redaction.keys import ONCE, SIZE, id_of
from wirelore.redaction.redactor import Redactor
from wirelore.store.integrity import problems
from wirelore.store.layout import Problem
from wirelore.store.reader import MANIFEST, Capture

LEVELS = ("broken", "residue", "unexplained", "note")
"""From the worst; the first two are failures."""


@dataclass(slots=True)
class Verification:
    """What was found in several captures, counted as its lines are made."""

    key: bytes | None = None
    """What the captures were redacted with, if it is known."""
    canaries: Collection[str] = ()
    """Texts that must not be there."""
    captures: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LEVELS, 0))
    account: Account = field(default_factory=Account)
    _redactor: Redactor = field(default_factory=lambda: Redactor(secrets.token_bytes(SIZE)))

    @property
    def failed(self) -> bool:
        """Whether something is broken or left."""
        return self.counts["broken"] + self.counts["residue"] > 0

    def lines(self, folder: Path, *, json: bool = False) -> Iterator[str]:
        """A line for each thing found in a capture. Raises Unreadable if it is of a later format."""
        self.captures += 1
        for one in self._found(folder):
            level = _level(one)
            self.counts[level] += 1
            members = {"capture": folder.name, "level": level, **asdict(one)}
            yield self._safe(codec.line(members).decode() if json else f"{level}\t{folder.name}/{one}")

    def closing(self, *, json: bool = False) -> str:
        """The last line: the counts."""
        if json:
            return codec.line({"captures": self.captures, **self.counts, **asdict(self.account)}).decode()
        counts = ", ".join(f"{count} {level}" for level, count in self.counts.items())
        explained = f"{self.account.explained} strings counted as replaced"
        hidden = f", {self.account.hidden} of the replaced not found again" if self.account.hidden else ""
        return f"{self.captures} captures: {counts}; {explained}{hidden}"

    def _safe(self, line: str) -> str:
        """The line without what a hostile file name or member may have brought into it."""
        for canary in sorted(filter(None, self.canaries), key=len, reverse=True):
            line = line.replace(canary, "*")
        return printable(self._redactor.exchange().text(line))

    def _found(self, folder: Path) -> Iterator[Problem | Leak]:
        yield from problems(folder)
        if self.key:
            yield from _another_key(folder, self.key)
        yield from leaks(folder, key=self.key, canaries=self.canaries, account=self.account)


def _another_key(folder: Path, key: bytes) -> Iterator[Problem]:
    """A note if the manifest says that the capture was not redacted with this key."""
    redaction = Capture(folder).manifest.get("redaction")
    said = redaction.get("key") if isinstance(redaction, dict) else None
    if isinstance(said, str) and said != id_of(key):
        found = "a key for once" if said == ONCE else "another key"
        remedy = "the capture was judged without it"
        yield Problem(f"{MANIFEST}/redaction/key", found, "the one that was given", remedy, note=True)


def _level(found: Problem | Leak) -> str:
    if isinstance(found, Leak):
        return found.level
    return "note" if found.note else "broken"
