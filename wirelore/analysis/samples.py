"""Samples of one place: the number of occurrences of its values and members, and the first exchanges with each.

Memory is bounded: only the first few exchanges by name, and at most `KEPT` names and values, are stored.
"""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.learning.knowledge import (
    MEMBER_LIMIT,
    SEEN_LIMIT,
    SPARSE_LIMIT,
    TYPE_NAMES,
    form_of,
    is_free_key,
    is_tag,
    is_word,
)

FIRST = 3
"""Exchanges that are named for each item, the first in order."""
KEPT = 1000
"""Different values, names or tags that are counted separately."""


@dataclass
class Tally:
    """A count of occurrences and of exchanges, with the first exchanges by name."""

    count: int = 0
    exchanges: int = 0
    first: list[str] = field(default_factory=list)
    _last: str = ""

    def add(self, exchange: str) -> None:
        """Count an occurrence. Occurrences in one exchange must be added consecutively."""
        self.count += 1
        if exchange != self._last:
            self._last = exchange
            self.exchanges += 1
            insort(self.first, exchange)
            del self.first[FIRST:]


Tallies = dict[str, Tally]


def add(tallies: Tallies, key: str, exchange: str) -> None:
    """Count an occurrence of a key, unless it is new and `KEPT` keys are counted already."""
    tally = tallies.get(key)
    if tally is None:
        if len(tallies) >= KEPT:
            return
        tally = tallies[key] = Tally()
    tally.add(exchange)


class Source:
    """The client and exchange of an observation."""

    def __init__(self, witness: str, client: str | None, exchange: str) -> None:
        self.client, self.exchange = client, exchange
        self._witness = witness

    def mark(self) -> str:
        """Return the digest that identifies equal evidence."""
        return self._witness


@dataclass
class Presence:
    """The number of objects with a member, and of those without it."""

    present: Tally = field(default_factory=Tally)
    missing: Tally = field(default_factory=Tally)
    marks: set[str] = field(default_factory=set)
    """Digests of the distinct observations with such an object, at most SEEN_LIMIT."""

    @property
    def objects(self) -> int:
        """The number of all objects."""
        return self.present.count + self.missing.count

    def add(self, exchange: str, mark: Callable[[], str], *, is_missing: bool) -> None:
        """Count an object. `mark` returns the digest of its observation and is called only if needed."""
        (self.missing if is_missing else self.present).add(exchange)
        if len(self.marks) < SEEN_LIMIT:
            self.marks.add(mark())


@dataclass
class Samples:
    """The counts of one place within one branch."""

    observations: Tally = field(default_factory=Tally)
    presence: Presence = field(default_factory=Presence)
    by_tag: dict[str | None, Presence] = field(default_factory=dict)
    """Presence by the `type` of the parent object; None for objects without one."""
    by_client: dict[str | None, Presence] = field(default_factory=dict)
    """Presence by client; None if the source of the recording lacks the headers."""
    values: Tally = field(default_factory=Tally)
    types: Tallies = field(default_factory=dict)
    words: Tallies = field(default_factory=dict)
    texts: Tally = field(default_factory=Tally)
    """Strings that are not identifiers of the protocol."""
    forms: Tallies = field(default_factory=dict)
    tags: Tallies = field(default_factory=dict)
    untagged: Tally = field(default_factory=Tally)
    """Objects without `type`, or with one that cannot distinguish variants."""
    names: dict[str, set[str]] = field(default_factory=dict)
    """The members of the objects, by tag."""
    common: dict[str, set[str]] = field(default_factory=dict)
    """The members that all objects had, by tag."""
    sparse_names: Tally = field(default_factory=Tally)
    """Objects after which one kind of object had many members, none of them in every object."""
    many_names: Tally = field(default_factory=Tally)
    """Objects after which one kind of object had more members than a plain object may have."""
    free_names: Tally = field(default_factory=Tally)
    """Objects with an id as the name of a member."""
    members: Counter[str] = field(default_factory=Counter)
    """The members of the objects at the deepest place that exists."""
    depth: int = 0
    """The depth of the deepest place that exists."""

    def step(self, depth: int, value: Any) -> None:
        """Record a value on the path; keep the members of the objects at the deepest place."""
        if depth > self.depth:
            self.depth = depth
            self.members.clear()
        if depth == self.depth and isinstance(value, dict):
            self.members.update(name for name in value if name in self.members or len(self.members) < KEPT)

    def member(self, parent: Mapping[str, Any], source: Source, *, is_missing: bool) -> None:
        """Count a parent object that has, or lacks, the member."""
        tag = parent.get("type")
        known_tag = tag if isinstance(tag, str) and is_tag(tag) else None
        for presence in (
            self.presence,
            self.by_tag.setdefault(known_tag if len(self.by_tag) < KEPT else None, Presence()),
            self.by_client.setdefault(source.client if len(self.by_client) < KEPT else "", Presence()),
        ):
            presence.add(source.exchange, source.mark, is_missing=is_missing)

    def add_value(self, value: Any, exchange: str) -> None:
        """Count a value."""
        self.values.add(exchange)
        add(self.types, TYPE_NAMES[type(value)], exchange)
        if isinstance(value, str):
            if is_word(value):
                add(self.words, value, exchange)
            else:
                self.texts.add(exchange)
                add(self.forms, form_of(value), exchange)
        elif isinstance(value, dict):
            self._add_object(value, exchange)

    def _add_object(self, value: dict[str, Any], exchange: str) -> None:
        tag = value.get("type")
        known_tag = tag if isinstance(tag, str) and is_tag(tag) else ""
        if known_tag:
            add(self.tags, known_tag, exchange)
        else:
            self.untagged.add(exchange)
        known_tag = known_tag if len(self.names) < KEPT else ""
        member_names = set(value) - ({"type"} if known_tag else set())
        common = self.common[known_tag] = self.common.get(known_tag, member_names) & member_names
        names = self.names.setdefault(known_tag, set())
        earlier_count = len(names)
        if earlier_count <= MEMBER_LIMIT:
            names.update(value)
            if len(names) > MEMBER_LIMIT:
                self.many_names.add(exchange)
        if not common and len(names - {"type"}) > SPARSE_LIMIT:
            self.sparse_names.add(exchange)
        if any(map(is_free_key, value)):
            self.free_names.add(exchange)
